/** The agent's signature over the user's answers. */

import { createHash, createPublicKey, verify } from 'node:crypto';
import { compactVerify, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { withEvidence } from '../../../../../electron/services/gate/evidence.ts';
import { openIdentity } from '../../../../../electron/storage/identity/identity.ts';
import { noProtection } from '../../../../../electron/storage/identity/secret-protection.ts';
import { enrolmentProofText, keyThumbprintText } from '../../../../../shared/wire/evidence.ts';
import { acceptanceEvent, machine, withDirectory } from '../../../../support/storage-fixtures.ts';

async function withIdentity<Value>(
  work: (
    identity: Extract<Awaited<ReturnType<typeof openIdentity>>, { ok: true }>['value'],
  ) => Promise<Value>,
): Promise<Value> {
  return withDirectory(async (directory) => {
    const nowUtc = () => new Date('2026-09-01T07:45:00Z');
    const opened = await openIdentity({
      directory,
      protection: noProtection,
      nowUtc,
      onFault: () => undefined,
    });
    if (!opened.ok) throw new Error(opened.error.kind);
    return work(opened.value);
  });
}
const never = (reason: string): never => {
  throw new Error(reason);
};

describe('evidence', () => {
  it('is a compact JWS over exactly the facts of the event, with the key’s thumbprint', async () => {
    await withIdentity(async (identity) => {
      const event = acceptanceEvent();
      const signed = await withEvidence(event, identity, never);
      const { evidence, ...facts } = signed.data;
      expect(facts).toEqual(event.data);
      const verified = await compactVerify(evidence ?? '', await importJWK(identity.publicKey, 'EdDSA'));
      expect(JSON.parse(new TextDecoder().decode(verified.payload))).toEqual(event.data);
      expect(verified.protectedHeader).toEqual({
        alg: 'EdDSA',
        typ: 'porthor-acknowledgement+jws',
        kid: createHash('sha256').update(keyThumbprintText(identity.publicKey.x)).digest('base64url'),
      });
      expect(identity.hasSigned(signed.data)).toBe(true);
    });
  });

  it('verifies for no other facts, and for no other key', async () => {
    await withIdentity(async (identity) => {
      const { data } = await withEvidence(acceptanceEvent(), identity, never);
      expect(identity.hasSigned({ ...data, fullName: 'Somebody Else' })).toBe(false);
      expect(identity.hasSigned({ ...data, evidence: `${data.evidence?.slice(0, -4) ?? ''}AAAA` })).toBe(
        false,
      );
      expect(identity.hasSigned(acceptanceEvent().data)).toBe(false);
      await withIdentity((other) => {
        expect(other.hasSigned(data)).toBe(false);
        return Promise.resolve();
      });
    });
  });

  it('is left out and reported without a key or room for it; the answer is still recorded', async () => {
    const told: string[] = [];
    const event = acceptanceEvent();
    expect(await withEvidence(event, undefined, (reason) => told.push(reason))).toBe(event);
    await withIdentity(async (identity) => {
      const long = acceptanceEvent({
        statements: Array.from({ length: 12 }, (_, index) => ({
          id: `s-${index}`,
          text: 'x'.repeat(3000),
          ticked: true,
        })),
      });
      expect(await withEvidence(long, identity, (reason) => told.push(reason))).toBe(long);
    });
    expect(told).toHaveLength(2);
  });

  it('comes with a key whose possession the agent can prove at enrolment', async () => {
    await withIdentity((identity) => {
      const text = enrolmentProofText({ enrolmentToken: 't', machine, publicKey: identity.publicKey });
      const signature = Buffer.from(identity.signText(text), 'base64url');
      expect(verify(null, Buffer.from(text), createPublicKey(identity.privateKey), signature)).toBe(true);
      return Promise.resolve();
    });
  });
});
