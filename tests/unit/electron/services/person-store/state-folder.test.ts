/** One folder per user and PC, also where the school configured one folder for all users. */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FolderRightsPort } from '../../../../../electron/platform/folder-rights/folder-rights-port.ts';
import {
  locateStateFolder,
  prepareStateFolder,
  stateFolderFor,
} from '../../../../../electron/services/person-store/state-folder.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { createFakeFolderRightsPort } from '../../../../fakes/platform/fake-folder-rights.ts';

const machine = { id: '5f3c1c2f1f0f6a9b2f6d0f1a', hostname: 'LAB-07', os: 'Windows 11' };
const pc = '5f3c1c2f1f0f6a9b';
const person = (sid: string) => ({ name: 'mair', domain: 'YSGOL', sid, upn: '', displayName: 'Mair' });
const mair = person('S-1-5-21-1-2-3-1001');
const idris = person('S-1-5-21-1-2-3-1002');
const environment = { USERNAME: 'mair', UserProfile: '/home/mair', SystemDrive: 'C:' };

const locate = (configured: string, account: typeof mair | undefined, of = environment as object) =>
  locateStateFolder({ configured, ownFolder: '/own', environment: { ...of }, machine }, account);

describe('the state folder', () => {
  it('is one per PC, so that a roaming profile never mixes two PCs', () => {
    expect(stateFolderFor('/b', machine)).toBe(path.join('/b', '5f3c1c2f1f0f6a9b'));
    expect(stateFolderFor('/b', { ...machine, id: '../../etc' })).toBe(path.join('/b', 'etc'));
    expect(stateFolderFor('/b', { ...machine, id: '..' })).toBe(path.join('/b', 'machine'));
  });

  it.each([
    ['', `/own/state/${pc}`, true],
    ['/srv/porthor/%USERNAME%', `/srv/porthor/mair/${pc}`, false],
    ['/srv/%username%/porthor', `/srv/mair/porthor/${pc}`, false],
    ['%USERPROFILE%/porthor', `/home/mair/porthor/${pc}`, true],
    ['/HOME/%USERNAME%', `/HOME/mair/${pc}`, true],
    ['/home/mair-%USERNAME%', `/home/mair-mair/${pc}`, false],
  ])(
    'is the configured folder where that folder is the user’s own: %j',
    (configured, directory, inProfile) => {
      for (const account of [mair, undefined]) {
        expect(locate(configured, account)).toEqual({
          directory: path.normalize(directory),
          isInProfile: inProfile,
          shared: undefined,
        });
      }
    },
  );

  it.each(['/srv/porthor', '/srv/%SystemDrive%', '/srv/%HOMESHARE%'])(
    'has a part per user where %j is shared',
    (configured) => {
      const [his, hers] = [locate(configured, idris), locate(configured, mair)];
      expect(hers?.directory).not.toBe(his?.directory);
      expect(locate(configured, { ...mair, displayName: 'Mair Hughes' })).toEqual(hers);
      const base = hers?.shared?.base ?? '';
      expect(hers?.isInProfile).toBe(false);
      expect(hers?.shared?.personal).toBe(path.dirname(hers?.directory ?? ''));
      expect(path.relative(base, hers?.directory ?? '')).toMatch(/^[0-9a-f]{16}[/\\]5f3c1c2f1f0f6a9b$/u);
      expect(hers?.shared?.legacyDirectory).toBe(path.join(base, pc));
      expect(locate(configured, undefined)).toBeUndefined();
    },
  );
});

describe('preparing a shared folder', () => {
  let folder: string;
  let faults: StorageFault[] = [];
  beforeEach(async () => {
    faults = [];
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-state-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const sharedFolder = (account = mair) => {
    const found = locate(path.join(folder, 'everybody'), account);
    if (found?.shared === undefined) throw new Error('the folder is not shared');
    return { ...found, shared: found.shared };
  };
  const rights = createFakeFolderRightsPort();
  const prepare = (account = mair, by: FolderRightsPort = rights) =>
    prepareStateFolder(sharedFolder(account), by, (fault) => faults.push(fault));

  it('lets the next user create a folder in it', async () => {
    const { shared, directory } = sharedFolder();
    expect(await prepare()).toBe(directory);
    expect((await stat(shared.base)).mode & 0o7777).toBe(0o1777);
  });

  it('does not change the permissions of a folder that exists', async () => {
    const { base } = sharedFolder().shared;
    await mkdir(base, { mode: 0o755 });
    await prepare();
    expect((await stat(base)).mode & 0o7777).toBe(0o755);
  });

  it('keeps the legacy folder for the user who owns its files', async () => {
    const { legacyDirectory } = sharedFolder().shared;
    const by = createFakeFolderRightsPort();
    by.own([path.join(legacyDirectory, 'identity.json')]);
    expect(await prepare(mair, by)).toBe(legacyDirectory);
    expect(by.closed()).toEqual([legacyDirectory]);
    expect(await prepare(idris)).toBe(sharedFolder(idris).directory);
  });

  it('closes a user’s part to others, with the folders of every session', async () => {
    const by = createFakeFolderRightsPort();
    const directory = await prepare(mair, by);
    expect(by.closed()).toEqual([path.dirname(directory)]);
    expect(faults).toEqual([]);
  });

  it('reports a part that others may read, and uses it all the same', async () => {
    const by = createFakeFolderRightsPort();
    by.refuseWith('the folder belongs to another account');
    expect(await prepare(mair, by)).toBe(sharedFolder().directory);
    expect(faults).toMatchObject([{ fault: 'state-folder-open', subject: 'stateDirectory' }]);
    expect(faults[0]?.reason).toContain('the folder belongs to another account');
  });
});
