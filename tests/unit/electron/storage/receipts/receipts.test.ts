/** Receipts: recorded means on disk, and the outbox forgets no receipt that is not saved here. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFromCollector } from '../../../../../electron/storage/receipts/receipt.ts';
import { openReceipts } from '../../../../../electron/storage/receipts/receipts.ts';
import {
  reconcileReceipts,
  recordAcceptance,
  saveKnownAcknowledgements,
} from '../../../../../electron/storage/receipts/record-acceptance.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { accountKey } from '../../../../../shared/wire/account.ts';
import {
  acceptanceEvent,
  account,
  allPending,
  opened,
  testProof,
  withDirectory,
} from '../../../../support/storage-fixtures.ts';

const key = accountKey(account);
const title = { 'en-GB': 'Acceptable use', 'cy-GB': 'Defnydd derbyniol' };

async function receiptsIn(directory: string, faults: StorageFault[] = []) {
  const receipts = await openReceipts({
    proof: testProof,
    directory,
    nowUtc: () => new Date('2026-09-01T07:45:00Z'),
    onFault: (fault) => faults.push(fault),
  });
  if (!receipts.ok) throw new Error(receipts.error.kind);
  return receipts.value;
}

describe('receipts', () => {
  it('are in both places once recording succeeds', async () => {
    await withDirectory(async (directory) => {
      const receipts = await receiptsIn(directory);
      const outbox = await opened(directory);
      const recorded = await recordAcceptance({ outbox, receipts }, acceptanceEvent(), title);
      if (!recorded.ok) throw new Error(recorded.error.kind);
      expect(recorded.value).toMatchObject({
        accountKey: account.sid,
        policyId: 'staff',
        delivered: false,
        title,
      });
      expect(await readFile(join(directory, 'outbox.log'), 'utf8')).toContain(recorded.value.eventId);
      expect((await receiptsIn(directory)).forAccount(key)).toEqual([recorded.value]);
      expect(receipts.forAccount('somebody else')).toEqual([]);
      await outbox.close();
    });
  });

  it('are not recorded when the event cannot be appended', async () => {
    await withDirectory(async (directory) => {
      const receipts = await receiptsIn(directory);
      const outbox = await opened(directory);
      const bad = await recordAcceptance({ outbox, receipts }, acceptanceEvent({ textSha256: 'x' }), title);
      expect(bad).toMatchObject({ ok: false, error: { kind: 'invalid' } });
      await outbox.close();
      const closed = await recordAcceptance({ outbox, receipts }, acceptanceEvent(), title);
      expect(closed).toMatchObject({ ok: false, error: { kind: 'closed' } });
      expect(receipts.forAccount(key)).toEqual([]);
      await expect(
        recordAcceptance({ outbox, receipts }, acceptanceEvent({ action: 'declined' }), title),
      ).rejects.toThrow(TypeError);
    });
  });

  it('count although their own file could not be written, and stay in the outbox until it can', async () => {
    await withDirectory(async (directory) => {
      const faults: StorageFault[] = [];
      const receipts = await receiptsIn(directory, faults);
      // With a folder in the place of the temporary file every write fails.
      await mkdir(join(directory, 'receipts.json.new', 'in the way'), { recursive: true });
      const outbox = await opened(directory, {
        compactAtBytes: 1,
        canForget: (event) => receipts.covers(event),
      });
      const recorded = await recordAcceptance({ outbox, receipts }, acceptanceEvent(), title);
      if (!recorded.ok) throw new Error(recorded.error.kind);
      expect(faults).toMatchObject([{ fault: 'receipts-not-saved' }]);
      expect(receipts.forAccount(key)).toHaveLength(1);
      const [event] = await allPending(outbox);
      if (event === undefined) throw new Error('nothing is pending');
      await outbox.settle([{ id: event.id, outcome: 'delivered' }]);
      expect(await outbox.acceptances()).toHaveLength(1);

      await rm(join(directory, 'receipts.json.new'), { recursive: true });
      const restarted = await receiptsIn(directory);
      expect(restarted.forAccount(key)).toEqual([]);
      await reconcileReceipts(outbox, restarted);
      const { title: _title, ...untitled } = recorded.value;
      expect(restarted.forAccount(key)).toEqual([{ ...untitled, delivered: true }]);
      expect((await receiptsIn(directory)).forAccount(key)).toHaveLength(1);
      await outbox.close();
    });
  });

  it('keep the latest of a policy that is asked at every login, and every undelivered one', async () => {
    await withDirectory(async (directory) => {
      const receipts = await receiptsIn(directory);
      const outbox = await opened(directory);
      for (let day = 0; day < 60; day += 1) {
        const decidedAt = new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
        await recordAcceptance({ outbox, receipts }, acceptanceEvent({ decidedAt }), title);
      }
      expect(receipts.forAccount(key)).toHaveLength(60);
      const events = await allPending(outbox);
      await receipts.markDelivered(new Set(events.map(({ id }) => id)));
      const held = receipts.forAccount(key);
      expect(held).toHaveLength(50);
      expect(held.map(({ decidedAt }) => decidedAt)).toEqual(
        events
          .map(({ data }) => data['decidedAt'])
          .reverse()
          .slice(0, 50),
      );
      // Receipts that were dropped for later ones are not read again from the outbox.
      expect(events.every((event) => receipts.covers(event))).toBe(true);
      await reconcileReceipts(outbox, receipts);
      expect(receipts.forAccount(key)).toHaveLength(50);
      await outbox.close();
    });
  });

  it('keep the collector’s records, protected like the agent’s own, marked as from elsewhere and never sent', async () => {
    await withDirectory(async (directory) => {
      const receipts = await receiptsIn(directory);
      const outbox = await opened(directory);
      const recorded = await recordAcceptance({ outbox, receipts }, acceptanceEvent(), title);
      if (!recorded.ok) throw new Error(recorded.error.kind);
      const { eventId, policyVersion, textSha256, language } = recorded.value;
      const told = {
        policyId: 'visitors',
        policyVersion,
        textSha256,
        language,
        decidedAt: '2026-09-01T07:00:00Z',
      };
      await saveKnownAcknowledgements(receipts, key, [
        { ...told, eventId: 'elsewhere' },
        // For a receipt of this PC its own record counts, because it holds more.
        { ...told, policyId: 'staff', eventId },
        // With this record in the file none of the others could be read.
        { ...told, eventId: 'x'.repeat(65) },
      ]);
      const faults: StorageFault[] = [];
      const held = (await receiptsIn(directory, faults)).forAccount(key);
      expect(held).toEqual([
        recorded.value,
        {
          ...told,
          eventId: 'elsewhere',
          accountKey: key,
          loginId: '',
          fullName: '',
          jobRole: '',
          delivered: true,
        },
      ]);
      expect(held.map(isFromCollector)).toEqual([false, true]);
      expect(faults).toEqual([]);
      expect((await allPending(outbox)).map(({ id }) => id)).toEqual([eventId]);
      await outbox.close();
    });
  });
});
