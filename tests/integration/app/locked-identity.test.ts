/** A key that the system no longer gives back: nothing opens by its receipts, and the PC is not silent for ever. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPersonStore } from '../../../electron/services/person-store/open-person-store.ts';
import type { SecretProtection } from '../../../electron/storage/identity/secret-protection.ts';
import { recordAcceptance } from '../../../electron/storage/receipts/record-acceptance.ts';
import type { StorageFault } from '../../../electron/storage/storage-fault.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { createFakeClock } from '../../fakes/platform/fake-clock.ts';
import {
  acceptanceEvent,
  account,
  allPending,
  machine,
  withDirectory,
} from '../../support/storage-fixtures.ts';

const title = { 'en-GB': 'Staff', 'cy-GB': 'Staff' };
const collectorUrl = 'https://collector.example';
const hourMs = 60 * 60_000;

function createWorld(directory: string) {
  const clock = createFakeClock();
  const faults: StorageFault[] = [];
  const system = { isThere: true, gives: true };
  const protection: SecretProtection = {
    name: 'system',
    available: () => system.isThere,
    protect: (secret) => Promise.resolve(Buffer.from(secret).toString('base64')),
    unprotect: (kept) =>
      system.isThere && system.gives
        ? Promise.resolve({ secret: Buffer.from(kept, 'base64').toString('utf8') })
        : Promise.reject(new Error('refused')),
    earlier: [],
  };
  const start = async () => {
    const onFault = (fault: StorageFault) => void faults.push(fault);
    const opened = await openPersonStore({
      directory,
      config: defaultManagedConfig,
      machine,
      clock,
      protection,
      onFault,
      onOutboxFault: onFault,
    });
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  };
  const receiptsAt = async () => {
    const state = await start();
    const receipts = state.receipts.forAccount(accountKey(account));
    const found = { receipts: receipts.length, hasKey: state.identity !== undefined };
    await state.outbox.close();
    return found;
  };
  return { clock, faults, system, start, receiptsAt };
}

async function acceptOnce(world: ReturnType<typeof createWorld>): Promise<string> {
  const state = await world.start();
  await recordAcceptance(state, acceptanceEvent(), title);
  await state.identity?.saveEnrolment({ agentId: 'agent-1', agentToken: 'x'.repeat(20), collectorUrl });
  await state.outbox.close();
  return state.identity?.publicKey.x ?? '';
}

describe('a key that is not given back', () => {
  it('lets no receipt count while it lasts, loses none, and counts them again when it is over', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(path.join(directory, 'state'));
      await acceptOnce(world);
      expect(await world.receiptsAt()).toEqual({ receipts: 1, hasKey: true });
      world.system.gives = false;
      expect(await world.receiptsAt()).toEqual({ receipts: 0, hasKey: false });
      world.system.gives = true;
      expect(await world.receiptsAt()).toEqual({ receipts: 1, hasKey: true });
      expect(world.faults.map(({ fault }) => fault)).toEqual(['identity-unusable']);
    });
  });

  it('still lets a person answer, who is then not asked again in this run', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(path.join(directory, 'state'));
      await acceptOnce(world);
      world.system.gives = false;
      const state = await world.start();
      await recordAcceptance(state, acceptanceEvent({ policyVersion: '3' }), title);
      expect(state.receipts.forAccount(accountKey(account))).toMatchObject([{ policyVersion: '3' }]);
      await state.outbox.close();
      world.system.gives = true;
      expect(await world.receiptsAt()).toEqual({ receipts: 1, hasKey: true });
      expect(world.faults.map(({ fault }) => fault)).toEqual(['identity-unusable', 'receipt-unproven']);
    });
  });

  it('is given up after a day of refusals: a new agent goes on with what waits, and says who it was', async () => {
    await withDirectory(async (directory) => {
      const folder = path.join(directory, 'state');
      const world = createWorld(folder);
      const before = await acceptOnce(world);
      world.system.gives = false;
      expect((await world.receiptsAt()).hasKey).toBe(false);
      world.clock.advance(23 * hourMs);
      expect((await world.receiptsAt()).hasKey).toBe(false);
      world.clock.advance(2 * hourMs);
      const state = await world.start();
      expect(state.identity?.publicKey.x).not.toBe(before);
      expect(state.identity?.enrolment(collectorUrl)).toBeUndefined();
      expect(
        (await allPending(state.outbox)).some(({ type }) => type === 'porthor.policy.acknowledged.v1'),
      ).toBe(true);
      await state.outbox.close();
      expect(world.faults.find(({ fault }) => fault === 'identity-replaced')?.reason).toContain('agent-1');
      const aside = (await readdir(folder)).find((name) => name.startsWith('identity.locked-'));
      expect(await readFile(path.join(folder, aside ?? ''), 'utf8')).toContain('agent-1');
      expect(await world.receiptsAt()).toEqual({ receipts: 0, hasKey: false });
    });
  });

  it('is waited for without end while the system’s protection is not there at all', async () => {
    await withDirectory(async (directory) => {
      const world = createWorld(path.join(directory, 'state'));
      await acceptOnce(world);
      world.system.isThere = false;
      for (let day = 0; day < 3; day += 1) {
        expect((await world.receiptsAt()).hasKey).toBe(false);
        world.clock.advance(24 * hourMs);
      }
      world.system.isThere = true;
      expect(await world.receiptsAt()).toEqual({ receipts: 1, hasKey: true });
    });
  });
});
