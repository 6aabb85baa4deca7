/** The agent follows the log of the real collector: it keeps checkpoints, notices another log, and sends again what was lost. */
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPrivacyRepository } from '../../../collector/src/privacy/erase-person.ts';
import { defaultSchoolId } from '../../../collector/src/schools.ts';
import { type RunningCollector, startCollector } from '../../../collector/src/server.ts';
import { createSystemClock } from '../../../electron/platform/time/clock.ts';
import { withEvidence } from '../../../electron/services/gate/evidence.ts';
import { openPersonStoreIn } from '../../../electron/services/person-store/open-person-store.ts';
import { startReporting } from '../../../electron/services/reporting/start-reporting.ts';
import { noProtection } from '../../../electron/storage/identity/secret-protection.ts';
import { recordAcceptance } from '../../../electron/storage/receipts/record-acceptance.ts';
import type { StorageFault } from '../../../electron/storage/storage-fault.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { makeFolder, withStorage } from '../../support/collector/collector.ts';
import { rowsOf, verifyFolder, waitForLog } from '../../support/collector/evidence-database.ts';
import { acceptanceEvent, account, machine, problemEvent } from '../../support/storage-fixtures.ts';

const title = { 'en-GB': 'Staff', 'cy-GB': 'Staff' };
const until = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 20_000, interval: 50 });

async function startOn(dataDirectory: string, port = 0): Promise<RunningCollector> {
  const collector = await startCollector({ dataDirectory, port, log: () => undefined });
  onTestFinished(() => collector.close());
  return collector;
}

async function startPc(directory: string, collectorUrl: string, enrolmentToken: string) {
  const faults: StorageFault[] = [];
  const clock = createSystemClock();
  const config = { ...defaultManagedConfig, collectorUrl, enrolmentToken };
  const onFault = (fault: StorageFault): void => void faults.push(fault);
  const opened = await openPersonStoreIn(directory, {
    directory,
    config,
    machine,
    clock,
    protection: noProtection,
    onFault,
    onOutboxFault: onFault,
  });
  if (!opened.ok) throw new Error(opened.error);
  const store = opened.value;
  const { sender } = startReporting({
    config,
    machine,
    store,
    clock,
    fetch,
    agentVersion: '0.1.0',
    capabilities: () => [],
    onFault,
  });
  const { identity } = store;
  if (identity === undefined) throw new Error('the key is unavailable');
  let isEnded = false;
  const end = async (): Promise<void> => {
    if (isEnded) return;
    isEnded = true;
    await sender.stop();
    await store.outbox.close();
  };
  onTestFinished(end);
  return {
    store,
    sender,
    faults,
    end,
    anchor: () => store.anchors?.find(collectorUrl, defaultSchoolId),
    async accept(policyId: string) {
      const decidedAt = new Date(Date.now() - 60_000).toISOString();
      const event = acceptanceEvent({ policyId, openedAt: decidedAt, decidedAt });
      const signed = await withEvidence(event, identity, (reason) => {
        throw new Error(reason);
      });
      const recorded = await recordAcceptance(store, signed, title);
      if (!recorded.ok) throw new Error(recorded.error.kind);
    },
    async note(text: string) {
      await store.outbox.append(problemEvent(text));
    },
    delivered: () =>
      until(() => expect(sender.status()).toMatchObject({ collector: 'reached', queueLength: 0 })),
  };
}

/** A report whose answer carries a checkpoint of at least the given log, until the agent has kept one like it. */
async function seeNewest(pc: Awaited<ReturnType<typeof startPc>>, newest: string): Promise<void> {
  await until(async () => {
    await pc.note('look');
    await pc.delivered();
    expect(pc.anchor()?.checkpoint).toBe(newest);
  });
}

const acceptedIds = (dataDirectory: string) =>
  rowsOf(dataDirectory, 'select policy_id from acknowledgements order by policy_id').map(
    (row) => row['policy_id'],
  );

describe('the agent', () => {
  it('lets a checkpoint follow another one only with the proof that the log has grown', async () => {
    const folder = await makeFolder();
    const data = join(folder, 'collector');
    const collector = await startOn(data);
    const pc = await startPc(join(folder, 'pc'), collector.address, await collector.createEnrolmentToken());
    await pc.accept('one');
    await pc.delivered();
    await seeNewest(pc, await waitForLog(data, collector.address));
    const first = pc.anchor();
    await pc.accept('two');
    await pc.accept('three');
    await pc.delivered();
    await seeNewest(pc, await waitForLog(data, collector.address));
    expect(pc.anchor()).toMatchObject({ verifierKey: first?.verifierKey, conflicts: [] });
    expect(pc.anchor()?.checkpoint).not.toBe(first?.checkpoint);
    expect(pc.faults).toEqual([]);
    await pc.end();
    // It is on disk.
    const again = await startPc(join(folder, 'pc'), collector.address, '');
    expect(again.anchor()?.verifierKey).toBe(first?.verifierKey);
  });

  it.each([
    ['smaller than the agent saw', 0],
    ['grown again meanwhile, on another way', 12],
  ])('heals a collector with yesterday’s backup whose log is %s', async (_how, others) => {
    const folder = await makeFolder();
    const data = join(folder, 'collector');
    const first = await startOn(data);
    const port = Number(new URL(first.address).port);
    const token = await first.createEnrolmentToken();
    const pc = await startPc(join(folder, 'pc'), first.address, token);
    await pc.accept('before');
    await pc.delivered();
    await waitForLog(data, first.address);
    const backup = join(folder, 'backup.sqlite');
    await withStorage(data, (storage) => storage.copyTo?.(backup) ?? Promise.resolve());
    await pc.accept('after');
    await pc.note('after');
    await pc.delivered();
    await seeNewest(pc, await waitForLog(data, first.address));
    const kept = pc.anchor()?.checkpoint ?? '';
    await first.close();

    for (const name of [
      'collector.sqlite',
      'collector.sqlite-wal',
      'collector.sqlite-shm',
      'watermark.json',
    ]) {
      await rm(join(data, name), { force: true });
    }
    await copyFile(backup, join(data, 'collector.sqlite'));
    const restored = await startOn(data, port);
    expect(acceptedIds(data)).toEqual(['before']);
    if (others > 0) {
      const other = await startPc(join(folder, 'other'), restored.address, token);
      for (let index = 0; index < others; index += 1) await other.accept(`other-${index}`);
      await other.delivered();
      await other.end();
      await waitForLog(data, restored.address);
    }
    // A checkpoint that comes while another one is looked at does not count; the next answer brings it again.
    await until(async () => {
      await pc.note('after the restore');
      await pc.delivered();
      expect(acceptedIds(data).filter((id) => id === 'after')).toEqual(['after']);
    });
    await pc.delivered();
    await until(() => expect(pc.anchor()?.isResendDue).toBe(false));
    expect(pc.faults.map(({ fault }) => fault)).toEqual(['log-conflict']);
    expect(pc.faults[0]?.reason).toContain('Kept: ');
    const conflicts = pc.anchor()?.conflicts;
    expect(conflicts).toHaveLength(1);
    expect(conflicts?.[0]).toMatchObject({ kept });
    expect(await restored.sequenceGaps()).toEqual([]);
    expect(acceptedIds(data)).toHaveLength(2 + others);
    await waitForLog(data, restored.address);
    const { findings } = await verifyFolder(data);
    expect(findings).toEqual([]);
    // The log that was seen before the restore is not the start of this one, and verify says so too.
    expect((await verifyFolder(data, { kept: [kept] })).findings.length).toBeGreaterThan(0);
  });

  it('keeps the key that it saw first, and reports another one', async () => {
    const folder = await makeFolder();
    const first = await startOn(join(folder, 'first'));
    const port = Number(new URL(first.address).port);
    const pc = await startPc(join(folder, 'pc'), first.address, await first.createEnrolmentToken());
    await pc.accept('one');
    await pc.delivered();
    await seeNewest(pc, await waitForLog(join(folder, 'first'), first.address));
    const pinned = pc.anchor()?.verifierKey;
    await first.close();
    // Another log under the same address: the same database, signed with a key that the first one never named.
    await rm(join(folder, 'first', 'log.key'));
    const database = new DatabaseSync(join(folder, 'first', 'collector.sqlite'));
    database.exec(`update log_head set checkpoint = '', verifier_key = '', size = 0; delete from log_tiles;
      delete from log_leaves`);
    database.close();
    await startOn(join(folder, 'first'), port);
    await until(async () => {
      await pc.note('look');
      expect(pc.faults.map(({ fault }) => fault)).toContain('log-key-changed');
    });
    expect(pc.anchor()?.verifierKey).toBe(pinned);
    expect(pc.anchor()?.conflicts).toHaveLength(1);
  });

  it('forgets the receipts of a person whom the collector has erased, also after a restart', async () => {
    const folder = await makeFolder();
    const data = join(folder, 'collector');
    const collector = await startOn(data);
    const pc = await startPc(join(folder, 'pc'), collector.address, await collector.createEnrolmentToken());
    await pc.accept('one');
    await pc.delivered();
    const key = accountKey(account);
    expect(pc.store.receipts.forAccount(key)).toHaveLength(1);
    await withStorage(data, (storage) =>
      createPrivacyRepository(storage, () => new Date(), defaultSchoolId).erase(key, {
        askedBy: 'test',
        reason: 'test',
        actor: 'test',
      }),
    );
    await pc.note('next report');
    await until(() => expect(pc.store.receipts.forAccount(key)).toEqual([]));
    await pc.end();
    const again = await startPc(join(folder, 'pc'), collector.address, '');
    expect(again.store.receipts.forAccount(key)).toEqual([]);
    // The next acceptance counts as every other one.
    const decidedAt = new Date().toISOString();
    await recordAcceptance(again.store, acceptanceEvent({ decidedAt }), title);
    expect(again.store.receipts.forAccount(key)).toHaveLength(1);
  });
});
