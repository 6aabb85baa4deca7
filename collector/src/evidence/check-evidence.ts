/** Checks the signature of an acknowledgement against an enrolled key, with nothing but Node's own cryptography. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { EnrolmentRequest } from '../../../shared/wire/collector-api.ts';
import type { AcknowledgedData } from '../../../shared/wire/events.ts';
import {
  type EvidenceProblem,
  type EvidenceTools,
  enrolmentProofText,
  keyThumbprintText,
  readEvidence,
} from '../../../shared/wire/evidence.ts';

/** `unchecked` is for what had arrived before this collector looked at evidence. */
export type EvidenceVerdict = 'valid' | 'unchecked' | EvidenceProblem;

export interface CheckedEvidence {
  readonly verdict: EvidenceVerdict;
  /** The key that the evidence names; empty where it names none. */
  readonly keyId: string;
}

const evidenceTools: EvidenceTools = {
  encodeText: (text) => Buffer.from(text, 'utf8').toString('base64url'),
  decodeText: (base64url) => Buffer.from(base64url, 'base64url').toString('utf8'),
  decodeBytes: (base64url) => Buffer.from(base64url, 'base64url'),
};

/** RFC 7638 thumbprint of an Ed25519 key, given the `x` of its JSON Web Key. */
export function keyIdOf(x: string): string {
  return createHash('sha256').update(keyThumbprintText(x), 'utf8').digest('base64url');
}

/** Undefined for an `x` that is no key. */
export function publicKeyOf(x: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/**
 * `findKey` answers the key of that name if the agent may sign with it. Evidence that is not good is a verdict and no
 * refusal: the acknowledgement is kept all the same, and the school sees what is wrong with it.
 */
export function checkEvidence(
  data: AcknowledgedData,
  findKey: (keyId: string) => KeyObject | undefined,
): CheckedEvidence {
  const read = readEvidence(data, evidenceTools);
  if (!read.ok) return { verdict: read.error, keyId: '' };
  const { keyId, signingInput, signature } = read.value;
  const key = findKey(keyId);
  if (key === undefined) return { verdict: 'unknown-key', keyId };
  const matches = verify(null, Buffer.from(signingInput, 'latin1'), key, signature);
  return { verdict: matches ? 'valid' : 'wrong-signature', keyId };
}

/** The same beside the event loop, on a thread of Node's own: for the many of a verification. */
export async function checkEvidenceAside(
  data: AcknowledgedData,
  findKey: (keyId: string) => KeyObject | undefined,
): Promise<CheckedEvidence> {
  const read = readEvidence(data, evidenceTools);
  if (!read.ok) return { verdict: read.error, keyId: '' };
  const { keyId, signingInput, signature } = read.value;
  const key = findKey(keyId);
  if (key === undefined) return { verdict: 'unknown-key', keyId };
  const matches = await new Promise<boolean>((resolve) => {
    // An error means bytes that cannot be a signature, which is no match.
    verify(null, Buffer.from(signingInput, 'latin1'), key, signature, (error, result) =>
      resolve(error === null && result),
    );
  });
  return { verdict: matches ? 'valid' : 'wrong-signature', keyId };
}

/** The keys that a batch of acknowledgements names, so that they can be looked up together. */
export function namedKeys(acknowledgements: readonly AcknowledgedData[]): ReadonlySet<string> {
  const keyIds = new Set<string>();
  for (const data of acknowledgements) {
    const read = readEvidence(data, evidenceTools);
    if (read.ok) keyIds.add(read.value.keyId);
  }
  return keyIds;
}

/** Whether the sender of an enrolment holds the key that it names. */
export function holdsKey(request: EnrolmentRequest): boolean {
  const key = publicKeyOf(request.publicKey.x);
  if (key === undefined || request.proof === undefined) return false;
  return verify(
    null,
    Buffer.from(enrolmentProofText(request), 'utf8'),
    key,
    Buffer.from(request.proof, 'base64url'),
  );
}
