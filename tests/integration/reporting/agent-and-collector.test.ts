/** The sender against the real collector over HTTP: once each, in order, through an outage and a wiped PC. */
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type RunningCollector, startCollector } from '../../../collector/src/server.ts';
import { createSystemClock } from '../../../electron/platform/time/clock.ts';
import { withEvidence } from '../../../electron/services/gate/evidence.ts';
import { createCollectorClient } from '../../../electron/services/reporting/collector-client.ts';
import { createCollectorSession } from '../../../electron/services/reporting/collector-session.ts';
import { createSender } from '../../../electron/services/reporting/sender.ts';
import { openIdentity } from '../../../electron/storage/identity/identity.ts';
import { noProtection } from '../../../electron/storage/identity/secret-protection.ts';
import { openReceipts } from '../../../electron/storage/receipts/receipts.ts';
import { recordAcceptance } from '../../../electron/storage/receipts/record-acceptance.ts';
import { openSettings } from '../../../electron/storage/settings/settings.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { publishTexts, withStorage } from '../../support/collector/collector.ts';
import { verifyReader } from '../../support/collector/evidence-database.ts';
import {
  acceptanceEvent,
  account,
  machine,
  opened,
  problemEvent,
  testProof,
  withDirectory,
} from '../../support/storage-fixtures.ts';

const nowUtc = (): Date => new Date();
const onFault = (): void => undefined;
const title = { 'en-GB': 'Staff', 'cy-GB': 'Staff' };
const until = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });

function startOn(directory: string, port = 0): Promise<RunningCollector> {
  return startCollector({ dataDirectory: join(directory, 'collector'), port, log: () => undefined });
}

async function agent(directory: string, collectorUrl: string, enrolmentToken: string) {
  const clock = createSystemClock();
  const receipts = await openReceipts({ directory, nowUtc, onFault, proof: testProof });
  const settings = await openSettings({ directory, nowUtc, onFault });
  if (!receipts.ok || !settings.ok) throw new Error('the state did not open');
  const outbox = await opened(directory, { nowUtc, canForget: (event) => receipts.value.covers(event) });
  const identity = await openIdentity({ directory, protection: noProtection, nowUtc, onFault });
  if (!identity.ok) throw new Error(identity.error.kind);
  const client = createCollectorClient({ collectorUrl, fetch, clock });
  const session = createCollectorSession({
    client,
    identity: identity.value,
    enrolmentToken,
    machine,
    agentVersion: '0.1.0',
    clock,
    onFault,
  });
  const sender = createSender({
    outbox,
    receipts: receipts.value,
    settings: settings.value,
    collector: { client, session },
    clock,
    random: Math.random,
    agentVersion: '0.1.0',
    heartbeatSeconds: 3600,
    describeHeartbeat: (queueLength) => ({
      type: 'porthor.agent.heartbeat.v1',
      subject: machine.id,
      data: { agentVersion: '0.1.0', machine, capabilities: [], queueLength },
    }),
    onFault,
  });
  return { receipts: receipts.value, outbox, session, sender, identity: identity.value };
}

describe('agent and collector', () => {
  it('deliver everything once, through a collector that goes away and comes back', async () => {
    await withDirectory(async (directory) => {
      const first = await startOn(directory);
      const port = Number(new URL(first.address).port);
      const pc = await agent(join(directory, 'pc'), first.address, await first.createEnrolmentToken());
      pc.sender.start();
      const signed = await withEvidence(acceptanceEvent(), pc.identity, (reason) => {
        throw new Error(reason);
      });
      const recorded = await recordAcceptance(pc, signed, title);
      await until(() => expect(pc.sender.status()).toMatchObject({ collector: 'reached', queueLength: 0 }));
      await first.close();

      await pc.outbox.append(problemEvent('while it is away'));
      const second = await recordAcceptance(
        pc,
        acceptanceEvent({ policyId: 'visitor', language: 'en-GB' }),
        title,
      );
      await until(() => expect(pc.sender.status().collector).toBe('not-reached'));
      expect(pc.outbox.pendingCount()).toBe(2);

      const again = await startOn(directory, port);
      pc.sender.wake();
      await until(() => expect(pc.sender.status()).toMatchObject({ collector: 'reached', queueLength: 0 }));
      const held = await again.acknowledgements();
      expect(held.map(({ eventId }) => eventId)).toEqual(
        [recorded, second].map((each) => each.ok && each.value.eventId),
      );
      // The first was signed for this collector. The second was never signed at the gate, so it is sent as it is.
      expect(held.map(({ evidence }) => evidence)).toEqual(['valid', 'missing']);
      expect(await again.sequenceGaps()).toEqual([]);
      const verified = await withStorage(join(directory, 'collector'), ({ reader }) => verifyReader(reader));
      expect(verified.findings).toEqual([]);
      expect(pc.receipts.forAccount(accountKey(account)).every(({ delivered }) => delivered)).toBe(true);
      await pc.sender.stop();
      await pc.outbox.close();
      await again.close();
    });
  });

  it('know a person again on a PC that was wiped, within the time a login has', async () => {
    await withDirectory(async (directory) => {
      const collector = await startOn(directory);
      // Only an acceptance of a published text spares the question.
      const { policyVersion, textSha256 } = acceptanceEvent().data;
      await publishTexts(join(directory, 'collector'), [{ policyVersion, textSha256 }]);
      const token = await collector.createEnrolmentToken();
      const before = await agent(join(directory, 'before'), collector.address, token);
      before.sender.start();
      const recorded = await recordAcceptance(before, acceptanceEvent(), title);
      await until(() => expect(before.outbox.pendingCount()).toBe(0));
      await before.sender.stop();
      await before.outbox.close();

      const wiped = await agent(join(directory, 'wiped'), collector.address, token);
      const known = await wiped.session.knownAcknowledgements(accountKey(account), 1500);
      expect(known).toMatchObject({
        ok: true,
        value: [{ eventId: recorded.ok && recorded.value.eventId, policyId: 'staff', language: 'cy-GB' }],
      });
      expect(await wiped.session.knownAcknowledgements('S-1-5-21-9', 1500)).toMatchObject({
        ok: false,
        error: { kind: 'not-reached' },
      });
      await wiped.outbox.close();
      await collector.close();
    });
  });

  it('send a thousand events in batches, in order and without a gap', async () => {
    await withDirectory(async (directory) => {
      const collector = await startOn(directory);
      const pc = await agent(
        join(directory, 'pc'),
        collector.address,
        await collector.createEnrolmentToken(),
      );
      await Promise.all(
        Array.from({ length: 1000 }, (_, index) => pc.outbox.append(problemEvent(`text ${index}`))),
      );
      await recordAcceptance(pc, acceptanceEvent(), title);
      pc.sender.start();
      await until(() => expect(pc.sender.status()).toMatchObject({ collector: 'reached', queueLength: 0 }));
      expect(await collector.sequenceGaps()).toEqual([]);
      expect(await collector.acknowledgements()).toHaveLength(1);
      await pc.sender.stop();
      await pc.outbox.close();
      await collector.close();
    });
  });
});
