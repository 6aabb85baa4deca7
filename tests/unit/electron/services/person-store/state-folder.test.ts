/** One folder a person and a PC, also where the school names one for everybody. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findStatePlace,
  settleStatePlace,
} from '../../../../../electron/services/person-store/state-folder.ts';
import {
  noProtection,
  openIdentity,
  type SecretProtection,
} from '../../../../../electron/storage/identity/identity.ts';

const machine = { id: '5f3c1c2f1f0f6a9b2f6d0f1a', hostname: 'LAB-07', os: 'Windows 11' };
const pc = '5f3c1c2f1f0f6a9b';
const person = (sid: string) => ({ name: 'mair', domain: 'YSGOL', sid, upn: '', displayName: 'Mair' });
const mair = person('S-1-5-21-1-2-3-1001');
const idris = person('S-1-5-21-1-2-3-1002');
const environment = { USERNAME: 'mair', UserProfile: '/home/mair', SystemDrive: 'C:' };

const placeOf = (configured: string, account: typeof mair | undefined, of = environment as object) =>
  findStatePlace({ configured, ownFolder: '/own', environment: { ...of }, machine }, account);

describe('the place of the state', () => {
  it.each([
    ['', `/own/state/${pc}`],
    ['/srv/porthor/%USERNAME%', `/srv/porthor/mair/${pc}`],
    ['/srv/%username%/porthor', `/srv/mair/porthor/${pc}`],
    ['%USERPROFILE%/porthor', `/home/mair/porthor/${pc}`],
  ])('is the configured one where that is the person’s own: %j', (configured, directory) => {
    for (const account of [mair, undefined]) {
      expect(placeOf(configured, account)).toEqual({
        directory: path.normalize(directory),
        shared: undefined,
      });
    }
  });

  it.each(['/srv/porthor', '/srv/%SystemDrive%', '/srv/%HOMESHARE%'])(
    'has a part for each person where %j is everybody’s',
    (configured) => {
      const [his, hers] = [placeOf(configured, idris), placeOf(configured, mair)];
      expect(hers?.directory).not.toBe(his?.directory);
      expect(placeOf(configured, { ...mair, displayName: 'Mair Hughes' })).toEqual(hers);
      const base = hers?.shared?.base ?? '';
      expect(path.relative(base, hers?.directory ?? '')).toMatch(/^[0-9a-f]{16}[/\\]5f3c1c2f1f0f6a9b$/u);
      expect(hers?.shared?.withoutAccount).toBe(path.join(base, pc));
      expect(placeOf(configured, undefined)).toBeUndefined();
    },
  );
});

describe('settling in everybody’s folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-place-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const place = (account = mair) => {
    const found = placeOf(path.join(folder, 'everybody'), account);
    if (found?.shared === undefined) throw new Error('it is not everybody’s');
    return { ...found, shared: found.shared };
  };
  /** Binds a secret to one person, as a system's protection does. */
  const protectionOf = (owner: string): SecretProtection => ({
    name: 'system',
    available: () => true,
    protect: (secret) => JSON.stringify({ owner, secret }),
    unprotect: (kept) => {
      const read = JSON.parse(kept) as { owner: string; secret: string };
      if (read.owner !== owner) throw new Error('another person’s');
      return read.secret;
    },
  });
  const leaveKey = async (protection: SecretProtection) => {
    const directory = place().shared.withoutAccount;
    const nowUtc = () => new Date('2026-11-22T08:40:00Z');
    const identity = await openIdentity({ directory, protection, nowUtc, onFault: () => undefined });
    expect(identity.ok).toBe(true);
  };

  it('leaves room for the next person where it makes it', async () => {
    const { shared, directory } = place();
    expect(await settleStatePlace(place(), noProtection)).toBe(directory);
    expect((await stat(shared.base)).mode & 0o7777).toBe(0o1777);
  });

  it('does not change the rights of one that is there', async () => {
    const { base } = place().shared;
    await mkdir(base, { mode: 0o755 });
    await settleStatePlace(place(), noProtection);
    expect((await stat(base)).mode & 0o7777).toBe(0o755);
  });

  it('goes on with what stood there before, for the one whose file it is', async () => {
    await leaveKey(noProtection);
    const { uid } = await stat(path.join(place().shared.withoutAccount, 'identity.json'));
    expect(await settleStatePlace(place(), noProtection, uid)).toBe(place().shared.withoutAccount);
    expect(await settleStatePlace(place(idris), noProtection, uid + 1)).toBe(place(idris).directory);
  });

  it('goes on with it where files have no user, for the one for whom the key opens', async () => {
    const settle = (account: typeof mair, protection: SecretProtection) =>
      settleStatePlace(place(account), protection, null);
    await leaveKey(protectionOf('mair'));
    expect(await settle(mair, protectionOf('mair'))).toBe(place().shared.withoutAccount);
    expect(await settle(idris, protectionOf('idris'))).toBe(place(idris).directory);
    await writeFile(path.join(place().shared.withoutAccount, 'identity.json'), 'damaged');
    expect(await settle(mair, protectionOf('mair'))).toBe(place().directory);
  });

  it('takes a key that opens for everybody for nobody’s', async () => {
    await leaveKey(noProtection);
    expect(await settleStatePlace(place(), noProtection, null)).toBe(place().directory);
  });
});
