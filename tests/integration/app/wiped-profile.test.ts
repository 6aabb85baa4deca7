/** State outside the profile, with a system key that is new at each login, because it goes with the profile. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPersonStoreService } from '../../../electron/services/person-store/person-store-service.ts';
import { protectBy } from '../../../electron/services/person-store/protect-by.ts';
import { locateStateFolder } from '../../../electron/services/person-store/state-folder.ts';
import { openIdentity } from '../../../electron/storage/identity/identity.ts';
import { recordAcceptance } from '../../../electron/storage/receipts/record-acceptance.ts';
import type { StorageFault } from '../../../electron/storage/storage-fault.ts';
import { parseManagedConfig } from '../../../shared/config/managed-config.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { createFakeClock } from '../../fakes/platform/fake-clock.ts';
import { createFakeFolderRightsPort } from '../../fakes/platform/fake-folder-rights.ts';
import { createSealingStore } from '../../fakes/platform/sealing-store.ts';
import { acceptanceEvent, account, machine, withDirectory } from '../../support/storage-fixtures.ts';

const collectorUrl = 'https://collector.example';
const title = { 'en-GB': 'Staff', 'cy-GB': 'Staff' };
const enrolment = { agentId: 'agent-1', agentToken: 'x'.repeat(20), collectorUrl };

function createWorld(stateDirectory: string) {
  const parsed = parseManagedConfig({ collectorUrl, stateDirectory });
  if (!parsed.ok) throw new Error('the configuration is invalid');
  const config = parsed.value;
  const clock = createFakeClock();
  const faults: StorageFault[] = [];
  const onFault = (fault: StorageFault) => void faults.push(fault);
  const folder = locateStateFolder(
    { configured: stateDirectory, ownFolder: '/nowhere', environment: {}, machine },
    account,
  );
  if (folder === undefined) throw new Error('there is no folder');

  /** One login: the store, and the addresses that the agent sent something to with the token of the first enrolment. */
  const logIn = async (key = randomBytes(32)) => {
    const asked: string[] = [];
    const service = createPersonStoreService({
      stateFolder: () => folder,
      config: () => config,
      machine,
      agentVersion: '0.1.0',
      capabilities: () => [],
      clock,
      protection: protectBy(createSealingStore(key)),
      folderRights: createFakeFolderRightsPort(),
      fetch: (url, { headers }) => {
        if (headers['authorization']?.includes(enrolment.agentToken) === true) asked.push(url);
        return Promise.reject(new Error('ECONNREFUSED'));
      },
      maySendOrphanedOutboxes: () => false,
      onOpened: () => undefined,
      onDelivery: () => undefined,
      onFault,
      onOutboxFault: onFault,
      log: () => undefined,
    });
    const opened = await service.open();
    if (!opened.ok) throw new Error(opened.error);
    return { store: opened.value, service, asked };
  };
  const logOff = async ({ service }: Awaited<ReturnType<typeof logIn>>) => {
    await service.stopSending();
    await service.close();
  };
  return { folder, clock, faults, onFault, logIn, logOff };
}

const inWorld = (work: (world: ReturnType<typeof createWorld>) => Promise<void>) =>
  withDirectory((directory) => work(createWorld(path.join(directory, 'everybody'))));

describe('a state folder that outlives the profile', () => {
  it('keeps receipts and identity over logins whose system keys differ, and still reports', async () => {
    await inWorld(async ({ logIn, logOff, faults }) => {
      const first = await logIn();
      await recordAcceptance(first.store, acceptanceEvent(), title);
      await first.store.identity?.saveEnrolment(enrolment);
      const keyId = first.store.identity?.keyId;
      await logOff(first);

      for (let login = 2; login <= 3; login += 1) {
        const later = await logIn();
        expect(later.store.receipts.forAccount(accountKey(account))).toHaveLength(1);
        expect(later.store.identity?.keyId).toBe(keyId);
        // With the old token, not as a new agent.
        await expect.poll(() => later.asked.length).toBeGreaterThan(0);
        await logOff(later);
      }
      expect(faults).toEqual([]);
    });
  });

  it('opens a key once that an earlier version sealed by the system, and then needs the system no more', async () => {
    await inWorld(async ({ folder, clock, onFault, logIn, logOff, faults }) => {
      const key = randomBytes(32);
      const earlier = await openIdentity({
        directory: folder.directory,
        protection: protectBy(createSealingStore(key)),
        nowUtc: () => clock.nowUtc(),
        onFault,
      });
      if (!earlier.ok) throw new Error(earlier.error.kind);
      await earlier.value.saveEnrolment(enrolment);
      for (const each of [key, randomBytes(32)]) {
        const login = await logIn(each);
        expect(login.store.identity?.keyId).toBe(earlier.value.keyId);
        expect(login.store.identity?.enrolment(collectorUrl)).toEqual(enrolment);
        await logOff(login);
      }
      const text = await readFile(path.join(folder.directory, 'identity.json'), 'utf8');
      expect(text).toContain('"agentId": "agent-1"');
      expect(faults.filter(({ subject }) => subject === 'identity.json')).toEqual([]);
    });
  });
});
