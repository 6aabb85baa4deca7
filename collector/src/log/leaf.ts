/** What the log holds of a record: its kind, and a salted hash of its text. */
import { hash, randomBytes } from 'node:crypto';

const saltBytes = 32;

/**
 * Which part of the evidence a leaf is for. `day`: all events of one school and day that have no leaf of their own.
 * `countersignature`: the school's signature under an acknowledgement, or its withdrawal.
 */
export type RecordKind =
  | 'policy-published'
  | 'policy-withdrawn'
  | 'key-enrolled'
  | 'key-ended'
  | 'approval'
  | 'act'
  | 'countersignature'
  | 'erasure'
  | 'log-key'
  | 'day';

export function makeSalt(): Buffer {
  return randomBytes(saltBytes);
}

/**
 * One line of text. The hash covers the 32 bytes of the salt and then the UTF-8 bytes of the record. Without the salt the
 * hash confirms no guess at a name, so erasing text and salt erases the person. Version 1 never changes.
 */
export function leafEntry(kind: string, salt: Uint8Array, raw: string): string {
  const covered = Buffer.concat([salt, Buffer.from(raw, 'utf8')]);
  return `porthor-leaf-v1 ${kind} ${hash('sha256', covered, 'hex')}`;
}

/** How an acknowledgement arrived: what the collector adds to it. */
export interface Arrival {
  readonly agentId: string;
  readonly schoolId: string;
  /** ISO UTC. */
  readonly receivedAt: string;
  /** The verdict on its signature, and the key that it names. */
  readonly evidence: string;
  readonly keyId: string;
  /** Its position among the events, and in the list of acknowledgements; null where it was not listed. */
  readonly position: number;
  readonly listPosition: number | null;
}

/** One line of JSON. */
export function arrivalText(arrival: Arrival): string {
  const { agentId, schoolId, receivedAt, evidence, keyId, position, listPosition } = arrival;
  return JSON.stringify([agentId, schoolId, receivedAt, evidence, keyId, position, listPosition]);
}

/** Undefined for a text that the collector does not write. */
export function readArrival(text: string): Arrival | undefined {
  try {
    const parts = JSON.parse(text) as readonly unknown[];
    const [agentId, schoolId, receivedAt, evidence, keyId, position, listPosition] = parts;
    // Written again it is the same text only where every part is of its type.
    const arrival = {
      agentId: String(agentId),
      schoolId: String(schoolId),
      receivedAt: String(receivedAt),
      evidence: String(evidence),
      keyId: String(keyId),
      position: Number(position),
      listPosition: listPosition === null ? null : Number(listPosition),
    };
    return arrivalText(arrival) === text ? arrival : undefined;
  } catch {
    return undefined;
  }
}

/** The leaf of an acknowledgement: the hash covers the salt, the line about its arrival, a line feed and the event. */
export function acknowledgementEntry(salt: Uint8Array, arrival: string, raw: string): string {
  const covered = Buffer.concat([salt, Buffer.from(`${arrival}\n${raw}`, 'utf8')]);
  return `porthor-leaf-v2 acknowledgement ${hash('sha256', covered, 'hex')}`;
}

/** `arrival` is null for a leaf of version 1. */
export function expectedEntry(record: {
  readonly kind: string;
  readonly salt: string;
  readonly arrival: string | null;
  readonly raw: string;
}): string {
  const salt = Buffer.from(record.salt, 'hex');
  return record.arrival === null
    ? leafEntry(record.kind, salt, record.raw)
    : acknowledgementEntry(salt, record.arrival, record.raw);
}

/** The text of a record that is no event. `facts` are plain data. */
export function recordText(kind: RecordKind, schoolId: string, at: string, facts: object): string {
  return JSON.stringify({ form: 'porthor-record-v1', kind, school: schoolId, at, ...facts });
}
