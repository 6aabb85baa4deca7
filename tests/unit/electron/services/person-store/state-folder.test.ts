/** One folder per user and PC, also where the school configured one folder for all users. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  locateStateFolder,
  prepareStateFolder,
  stateFolderFor,
} from '../../../../../electron/services/person-store/state-folder.ts';
import { openIdentity } from '../../../../../electron/storage/identity/identity.ts';
import {
  noProtection,
  type SecretProtection,
} from '../../../../../electron/storage/identity/secret-protection.ts';

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
    ['', `/own/state/${pc}`],
    ['/srv/porthor/%USERNAME%', `/srv/porthor/mair/${pc}`],
    ['/srv/%username%/porthor', `/srv/mair/porthor/${pc}`],
    ['%USERPROFILE%/porthor', `/home/mair/porthor/${pc}`],
  ])('is the configured folder where that folder is the user’s own: %j', (configured, directory) => {
    for (const account of [mair, undefined]) {
      expect(locate(configured, account)).toEqual({
        directory: path.normalize(directory),
        shared: undefined,
      });
    }
  });

  it.each(['/srv/porthor', '/srv/%SystemDrive%', '/srv/%HOMESHARE%'])(
    'has a part per user where %j is shared',
    (configured) => {
      const [his, hers] = [locate(configured, idris), locate(configured, mair)];
      expect(hers?.directory).not.toBe(his?.directory);
      expect(locate(configured, { ...mair, displayName: 'Mair Hughes' })).toEqual(hers);
      const base = hers?.shared?.base ?? '';
      expect(path.relative(base, hers?.directory ?? '')).toMatch(/^[0-9a-f]{16}[/\\]5f3c1c2f1f0f6a9b$/u);
      expect(hers?.shared?.legacyDirectory).toBe(path.join(base, pc));
      expect(locate(configured, undefined)).toBeUndefined();
    },
  );
});

describe('preparing a shared folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-state-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const sharedFolder = (account = mair) => {
    const found = locate(path.join(folder, 'everybody'), account);
    if (found?.shared === undefined) throw new Error('the folder is not shared');
    return { ...found, shared: found.shared };
  };
  /** Binds a secret to one user, as the system's protection does. */
  const protectionOf = (owner: string): SecretProtection => ({
    name: 'system',
    available: () => true,
    protect: (secret) => JSON.stringify({ owner, secret }),
    unprotect: (kept) => {
      const read = JSON.parse(kept) as { owner: string; secret: string };
      if (read.owner !== owner) throw new Error('another person’s secret');
      return read.secret;
    },
  });
  const leaveKey = async (protection: SecretProtection) => {
    const directory = sharedFolder().shared.legacyDirectory;
    const nowUtc = () => new Date('2026-11-22T08:40:00Z');
    const identity = await openIdentity({ directory, protection, nowUtc, onFault: () => undefined });
    expect(identity.ok).toBe(true);
  };

  it('lets the next user create a folder in it', async () => {
    const { shared, directory } = sharedFolder();
    expect(await prepareStateFolder(sharedFolder(), noProtection)).toBe(directory);
    expect((await stat(shared.base)).mode & 0o7777).toBe(0o1777);
  });

  it('does not change the permissions of a folder that exists', async () => {
    const { base } = sharedFolder().shared;
    await mkdir(base, { mode: 0o755 });
    await prepareStateFolder(sharedFolder(), noProtection);
    expect((await stat(base)).mode & 0o7777).toBe(0o755);
  });

  it('keeps the legacy folder for the user who owns its files', async () => {
    await leaveKey(noProtection);
    const { uid } = await stat(path.join(sharedFolder().shared.legacyDirectory, 'identity.json'));
    expect(await prepareStateFolder(sharedFolder(), noProtection, uid)).toBe(
      sharedFolder().shared.legacyDirectory,
    );
    expect(await prepareStateFolder(sharedFolder(idris), noProtection, uid + 1)).toBe(
      sharedFolder(idris).directory,
    );
  });

  it('keeps the legacy folder for the user whose key opens it, where files have no owner', async () => {
    const prepare = (account: typeof mair, protection: SecretProtection) =>
      prepareStateFolder(sharedFolder(account), protection, null);
    await leaveKey(protectionOf('mair'));
    expect(await prepare(mair, protectionOf('mair'))).toBe(sharedFolder().shared.legacyDirectory);
    expect(await prepare(idris, protectionOf('idris'))).toBe(sharedFolder(idris).directory);
    await writeFile(path.join(sharedFolder().shared.legacyDirectory, 'identity.json'), 'damaged');
    expect(await prepare(mair, protectionOf('mair'))).toBe(sharedFolder().directory);
  });

  it('does not treat a key that opens for every user as a proof of ownership', async () => {
    await leaveKey(noProtection);
    expect(await prepareStateFolder(sharedFolder(), noProtection, null)).toBe(sharedFolder().directory);
  });
});
