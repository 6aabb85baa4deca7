/** Checks the signature of an acknowledgement against an enrolled key with Node's own cryptography. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { EnrolmentRequest } from '../../../shared/wire/collector-api.ts';
import type { AcknowledgedData } from '../../../shared/wire/events.ts';
import {
  type EvidenceProblem,
  type EvidenceTools,
  enrolmentProofText,
  keyThumbprintText,
  readEvidence,
  type StatementPlace,
} from '../../../shared/wire/evidence.ts';

/**
 * `unbound`: a good signature over the facts alone, which does not say where they belong. `unchecked`: it arrived before
 * the collector checked evidence. `unreadable`: the collector could not read the event when it arrived.
 */
export type EvidenceVerdict = 'valid' | 'unbound' | 'unchecked' | 'unreadable' | EvidenceProblem;

export interface CheckedEvidence {
  readonly verdict: EvidenceVerdict;
  /** The key that the evidence names; empty where it names none. */
  readonly keyId: string;
}

export const evidenceTools: EvidenceTools = {
  encodeText: (text) => Buffer.from(text, 'utf8').toString('base64url'),
  decodeText: (base64url) => Buffer.from(base64url, 'base64url').toString('utf8'),
  decodeBytes: (base64url) => Buffer.from(base64url, 'base64url'),
};

/** RFC 7638 thumbprint of an Ed25519 key, given the `x` of its JSON Web Key. */
export function keyIdOf(x: string): string {
  return createHash('sha256').update(keyThumbprintText(x), 'utf8').digest('base64url');
}

/** Undefined for an `x` that is not a valid key. */
export function publicKeyOf(x: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Runs in Node's thread pool, so that signatures never block the event loop. */
function verifyAside(key: KeyObject, message: Buffer, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    // An error means bytes that cannot be a signature, which is no match.
    verify(null, message, key, signature, (error, result) => resolve(error === null && result));
  });
}

/**
 * `findKey` answers the key of that name if the agent may sign with it. Bad evidence is a verdict and not a refusal: the
 * collector keeps the acknowledgement, and the school sees what is wrong with it.
 */
export async function checkEvidence(
  data: AcknowledgedData,
  place: StatementPlace,
  findKey: (keyId: string) => KeyObject | undefined | Promise<KeyObject | undefined>,
): Promise<CheckedEvidence> {
  const read = readEvidence(data, evidenceTools, place);
  if (!read.ok) return { verdict: read.error, keyId: '' };
  const { form, keyId, signingInput, signature } = read.value;
  const key = await findKey(keyId);
  if (key === undefined) return { verdict: 'unknown-key', keyId };
  const matches = await verifyAside(key, Buffer.from(signingInput, 'latin1'), signature);
  if (!matches) return { verdict: 'wrong-signature', keyId };
  return { verdict: form === 'statement' ? 'valid' : 'unbound', keyId };
}

/** Whether the sender of an enrolment holds the key that it names. */
export async function holdsKey(request: EnrolmentRequest): Promise<boolean> {
  const key = publicKeyOf(request.publicKey.x);
  if (key === undefined || request.proof === undefined) return false;
  const message = Buffer.from(enrolmentProofText(request), 'utf8');
  return verifyAside(key, message, Buffer.from(request.proof, 'base64url'));
}
