/** The leaf of a day: a Merkle tree over all events of one school that have no leaf of their own. */
import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { leafHash } from './merkle.ts';
import { edgeRoot, growTree } from './tiles.ts';

export interface DayEvent {
  readonly eventId: string;
  readonly position: number;
  /** ISO UTC. */
  readonly receivedAt: string;
  /** In hex. An event of a database from before the log may have none. */
  readonly salt: string | null;
  readonly raw: string;
}

/** No event is this large: 64 KiB of them a day for 100 years would be. */
const longestMembers = 1024 * 1024 * 1024;

/**
 * One line of the tree: id, position, time of arrival, and the SHA-256 of salt and event. The salt keeps the hash from
 * confirming a guess at an event that was erased.
 */
export function memberLine({ eventId, position, receivedAt, salt, raw }: DayEvent): string {
  const covered = Buffer.concat([Buffer.from(salt ?? '', 'hex'), Buffer.from(raw, 'utf8')]);
  return `${eventId} ${position} ${receivedAt} ${hash('sha256', covered, 'hex')}`;
}

export function packMembers(lines: readonly string[]): Buffer {
  return deflateRawSync(Buffer.from(lines.join('\n')));
}

/** Undefined for bytes that were not packed here. */
export function unpackMembers(packed: Uint8Array): readonly string[] | undefined {
  try {
    const text = inflateRawSync(packed, { maxOutputLength: longestMembers }).toString('utf8');
    return text === '' ? [] : text.split('\n');
  } catch {
    return undefined;
  }
}

/** The root of RFC 9162 over the lines, in hex. */
export function membersRoot(lines: readonly string[]): string {
  const hashes = lines.map((line) => leafHash(Buffer.from(line)));
  return hashes.length === 0
    ? edgeRoot({ size: 0, partial: new Map() }).toString('hex')
    : growTree({ size: 0, partial: new Map() }, hashes).root.toString('hex');
}
