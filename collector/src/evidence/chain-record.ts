/** One link of the chain of acknowledgements, and the hash that binds it to the one before. */
import { hash } from 'node:crypto';
import type { EvidenceVerdict } from './check-evidence.ts';

/**
 * What the hash covers. Of the event it covers only the event's own hash, so that the text can be erased later on a
 * person's request without breaking the chain.
 */
export interface ChainRecord {
  /** From 1, without gaps. */
  readonly place: number;
  readonly eventId: string;
  /** SHA-256 of the event exactly as the agent wrote it, in hex. */
  readonly eventSha256: string;
  readonly agentId: string;
  /** ISO UTC. */
  readonly receivedAt: string;
  /** ISO UTC; later than `receivedAt` for an event that arrived before the chain existed. */
  readonly chainedAt: string;
  readonly evidence: EvidenceVerdict;
  /** Thumbprint of the key that the evidence names; empty where it names none. */
  readonly keyId: string;
  /** `recordSha256` of the record before; for the first, `firstPreviousSha256`. */
  readonly previousSha256: string;
}

export const firstPreviousSha256 = '0'.repeat(64);

export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** SHA-256, in hex, of a JSON array in the order below. This is version 1 of the form and never changes. */
export function chainRecordSha256(record: ChainRecord): string {
  return sha256Hex(
    JSON.stringify([
      'porthor-chain-v1',
      record.place,
      record.eventId,
      record.eventSha256,
      record.agentId,
      record.receivedAt,
      record.chainedAt,
      record.evidence,
      record.keyId,
      record.previousSha256,
    ]),
  );
}
