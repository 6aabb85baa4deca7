/** What the idle lock reads from Windows, here from Wine. */
import { spawnSync } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPlatform, type Platform, type Sensors } from '../../../electron/platform/create-platform.ts';

const policyKey = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';
const limitName = 'InactivityTimeoutSecs';

const reg = (...args: readonly string[]): number =>
  spawnSync('reg.exe', [...args, '/f'], { stdio: 'ignore' }).status ?? 1;

describe('the idle lock on Windows', () => {
  let platform: Platform;
  let sensors: Sensors;
  beforeAll(async () => {
    platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
    sensors = await platform.loadSensors();
  });
  afterEach(() => {
    reg('delete', policyKey, '/v', limitName);
  });

  it('reads the limit of a security policy, and no limit where the policy is absent or invalid', async () => {
    expect(await sensors.idle.readSystemLimit()).toEqual({ ok: true, value: undefined });
    expect(reg('add', policyKey, '/v', limitName, '/t', 'REG_DWORD', '/d', '900')).toBe(0);
    expect(await sensors.idle.readSystemLimit()).toEqual({ ok: true, value: 900 });
    expect(reg('add', policyKey, '/v', limitName, '/t', 'REG_DWORD', '/d', '0')).toBe(0);
    expect(await sensors.idle.readSystemLimit()).toEqual({ ok: true, value: undefined });
    expect(reg('add', policyKey, '/v', limitName, '/t', 'REG_SZ', '/d', 'soon')).toBe(0);
    expect(await sensors.idle.readSystemLimit()).toEqual({ ok: true, value: undefined });
  });

  it('finds no game controller where none is plugged in', async () => {
    expect(await sensors.idle.findGameControllers()).toEqual([]);
  });

  it('finds no presentation, because shell and power manager answer', async () => {
    expect(await sensors.presence.read()).toEqual({ ok: true, value: [] });
    expect(sensors.presence.capability().level).toBe('full');
  });

  it('treats an unknown session state as unreadable', async () => {
    // Wine cannot answer this; Windows can.
    expect(await platform.session.readState()).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });

  it('gets an immediate answer to a lock before sleep, which Wine refuses', async () => {
    await platform.session.readState();
    const startedAtMs = performance.now();
    const answer = platform.lock.lockAtOnce();
    expect(performance.now() - startedAtMs).toBeLessThan(3000);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });
});
