/** What the adapters of Windows answer on Wine. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import os from 'node:os';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPlatform, type Platform } from '../../../electron/platform/create-platform.ts';

const policyKey = 'HKLM\\SOFTWARE\\Policies\\Porthor';

const reg = (...args: readonly string[]): number =>
  spawnSync('reg.exe', [...args, '/f'], { stdio: 'ignore' }).status ?? 1;

const add = (key: string, name: string, type: string, data: string) =>
  expect(reg('add', key, '/v', name, '/t', type, '/d', data), `${key} ${name}`).toBe(0);

const lastLine = (command: string, ...args: readonly string[]): string => {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return stdout.trim().split(/\s+/u).at(-1) ?? '';
};

describe('on Windows', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
  });
  afterEach(() => {
    reg('delete', policyKey);
  });

  it('the adapters are those of Windows', () => {
    expect(platform.desktop).toMatchObject({ display: 'windows', trayIconFormat: 'ico' });
  });

  it('the account has its name, its SID and groups by name and by SID', async () => {
    const answer = await platform.account.read();
    if (!answer.ok) throw new Error(answer.error.reason);
    const { account, groups } = answer.value;
    expect(account.name).toBe(os.userInfo().username);
    expect(account.sid).toMatch(/^S-1-5-21(?:-\d+){4}$/u);
    expect(groups).toContain('S-1-1-0');
    expect(groups.some((group) => /[A-Za-z]/u.test(group) && !group.startsWith('S-1-'))).toBe(true);
  });

  it('the PC has the hash of the id that Windows keeps, and not the id', async () => {
    const guid = lastLine('reg.exe', 'query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid');
    expect(guid).toMatch(/^[0-9a-f-]{36}$/u);
    const answer = await platform.machine.read();
    expect(answer).toMatchObject({
      ok: true,
      value: { id: createHash('sha256').update(guid.toLowerCase()).digest('hex'), hostname: os.hostname() },
    });
  });

  it('Group Policy is read with its groups, numbers, switches and lists', async () => {
    expect(await platform.managedConfig.read()).toEqual({ kind: 'absent' });
    add(policyKey, 'siteName', 'REG_SZ', 'Ysgol Llanfair & Tŷ "Newydd"');
    add(`${policyKey}\\idle`, 'lockAfterSeconds', 'REG_DWORD', '420');
    add(`${policyKey}\\gate`, 'enabled', 'REG_DWORD', '0');
    add(`${policyKey}\\audience\\exclude`, '1', 'REG_SZ', 'svc-*');
    add(`${policyKey}\\audience\\exclude`, '2', 'REG_SZ', 'kiosk');
    expect(await platform.managedConfig.read()).toMatchObject({
      kind: 'loaded',
      from: policyKey,
      config: {
        siteName: 'Ysgol Llanfair & Tŷ "Newydd"',
        idle: { lockAfterSeconds: 420, warningSeconds: 30 },
        gate: { enabled: false },
        audience: { exclude: ['svc-*', 'kiosk'] },
      },
    });
  });

  it('the adapter names an invalid policy, and does not fall back to a later place', async () => {
    add(`${policyKey}\\idle`, 'lockAfterSeconds', 'REG_DWORD', '5');
    add(policyKey, 'siteNmae', 'REG_SZ', 'Ysgol');
    expect(await platform.managedConfig.read()).toMatchObject({
      kind: 'invalid',
      from: policyKey,
      problems: [{ key: 'idle.lockAfterSeconds' }, { key: 'idle.warningSeconds' }, { key: 'siteNmae' }],
    });
  });

  it('a lock that Windows denies is refused, and from then on the capability is degraded', async () => {
    const answer = await platform.lock.lock();
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(platform.lock.capability()).toMatchObject({ name: 'lock', level: 'degraded' });
  });
});
