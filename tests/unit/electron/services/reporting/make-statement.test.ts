/** What the agent signs when it sends an acknowledgement, and what it refuses to sign. */
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { withEvidence } from '../../../../../electron/services/gate/evidence.ts';
import { makeStatement } from '../../../../../electron/services/reporting/make-statement.ts';
import { openIdentity } from '../../../../../electron/storage/identity/identity.ts';
import { noProtection } from '../../../../../electron/storage/identity/secret-protection.ts';
import {
  acceptanceEvent,
  allPending,
  opened,
  problemEvent,
  withDirectory,
} from '../../../../support/storage-fixtures.ts';

const enrolment = {
  agentId: 'agent-1',
  agentToken: 'x'.repeat(20),
  collectorUrl: 'https://collector.example',
  collector: 'collector-1',
  school: 'school-1',
};

async function withParts(
  work: (parts: {
    readonly identity: Extract<Awaited<ReturnType<typeof openIdentity>>, { ok: true }>['value'];
    readonly outbox: Awaited<ReturnType<typeof opened>>;
  }) => Promise<void>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const outbox = await opened(directory);
    const identity = await openIdentity({
      directory,
      protection: noProtection,
      nowUtc: () => new Date('2026-09-01T07:45:00Z'),
      onFault: () => undefined,
    });
    if (!identity.ok) throw new Error(identity.error.kind);
    await work({ identity: identity.value, outbox });
    await outbox.close();
  });
}

const never = (reason: string): never => {
  throw new Error(reason);
};

describe('a statement', () => {
  it('says where the acknowledgement belongs, and is the same for every delivery', async () => {
    await withParts(async ({ identity, outbox }) => {
      await outbox.append(problemEvent('before'));
      await outbox.append(await withEvidence(acceptanceEvent(), identity, never));
      const event = (await allPending(outbox))[1];
      if (event === undefined) throw new Error('not there');
      const stated = makeStatement(event, enrolment, identity);
      expect(makeStatement(event, enrolment, identity)).toEqual(stated);
      const [header = '', payload = '', signature = ''] = String(stated.data['evidence']).split('.');
      const { evidence: _evidence, ...facts } = event.data;
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
        collector: 'collector-1',
        school: 'school-1',
        agent: 'agent-1',
        event: event.id,
        sequence: 2,
        previous: event.previous,
        facts,
      });
      expect(event.previous).toMatch(/^[0-9a-f]{64}$/u);
      const signed = Buffer.from(`${header}.${payload}`);
      const key = createPublicKey(identity.privateKey);
      expect(verify(null, signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    });
  });

  it('is never made for facts that this key has not signed, nor for another type', async () => {
    await withParts(async ({ identity, outbox }) => {
      const signed = await withEvidence(acceptanceEvent(), identity, never);
      const forged = { ...signed, data: { ...signed.data, fullName: 'Somebody Else' } };
      for (const event of [forged, acceptanceEvent(), problemEvent('x')]) await outbox.append(event);
      for (const event of await allPending(outbox)) {
        expect(makeStatement(event, enrolment, identity)).toBe(event);
      }
    });
  });

  it('is left out for a collector that gave no name', async () => {
    await withParts(async ({ identity, outbox }) => {
      await outbox.append(await withEvidence(acceptanceEvent(), identity, never));
      const { collector: _collector, school: _school, ...unnamed } = enrolment;
      for (const event of await allPending(outbox)) {
        expect(makeStatement(event, unnamed, identity)).toBe(event);
      }
    });
  });
});
