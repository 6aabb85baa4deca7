/** Group Policy changes its registry key while the agent runs: the real port, the real registry, a poll made short. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedConfigPort } from '../../../electron/platform/managed-config/managed-config-port.ts';
import { type Clock, createSystemClock } from '../../../electron/platform/time/clock.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import { type FollowedConfig, followConfig } from '../../support/follow-config.ts';

const policyKey = 'HKLM\\SOFTWARE\\Policies\\Porthor';
const deadlineMs = 20_000;

/** Time runs a thousand times faster: five minutes until the next reading, and three seconds until it settles. */
const system = createSystemClock();
let timers = 0;
const clock: Clock = {
  ...system,
  setTimer: (delayMs, fire) => {
    timers += 1;
    let isPending = true;
    const end = () => {
      if (isPending) timers -= 1;
      isPending = false;
    };
    const stop = system.setTimer(delayMs / 1000, () => {
      end();
      fire();
    });
    return () => {
      end();
      stop();
    };
  },
};

const reg = (...args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    // Node under Wine cannot read from a pipe.
    const child = spawn('reg.exe', [...args], { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`reg ${args.join(' ')}: ${code}`));
    });
  });
const setText = (key: string, name: string, text: string) =>
  reg('add', key, '/v', name, '/t', 'REG_SZ', '/d', text, '/f');
const setNumber = (key: string, name: string, value: number) =>
  reg('add', key, '/v', name, '/t', 'REG_DWORD', '/d', String(value), '/f');

async function until(what: string, isSo: () => boolean): Promise<void> {
  const endsAt = performance.now() + deadlineMs;
  while (!isSo()) {
    if (performance.now() > endsAt) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

describe('the agent that watches the registry', () => {
  let folder: string;
  let port: ManagedConfigPort;
  let followed: FollowedConfig | undefined;

  const start = async (): Promise<FollowedConfig> => {
    followed = await followConfig(port, clock, folder);
    return followed;
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-registry-'));
    const { createWindowsManagedConfigPort } = await import(
      '../../../electron/platform/managed-config/managed-config.win32.ts'
    );
    port = createWindowsManagedConfigPort(undefined, clock);
    await setText(policyKey, 'siteName', 'Ysgol y Bryn');
  });
  afterEach(async () => {
    await followed?.stop();
    await reg('delete', policyKey, '/f').catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  it('reads a change, applies what it can, names what waits, and leaks no resource', async () => {
    const { config, faults, log, running } = await start();
    expect(config).toEqual({ ...defaultManagedConfig, siteName: 'Ysgol y Bryn' });
    await setText(policyKey, 'siteName', 'Ysgol y Môr');
    await until('the new name', () => running.at(-1)?.siteName === 'Ysgol y Môr');
    await setNumber(`${policyKey}\\idle`, 'lockAfterSeconds', 300);
    await until('the new limit', () => running.at(-1)?.idle.lockAfterSeconds === 300);
    await setText(policyKey, 'collectorUrl', 'https://porthor.ysgol.example');
    await until('the address', () => log.includes('config: collectorUrl: changed: next-login'));
    expect(running.at(-1)).toMatchObject({ siteName: 'Ysgol y Môr', collectorUrl: '' });
    expect(faults).toEqual([]);
    await followed?.stop();
    expect(timers).toBe(0);
  });

  it('keeps the good configuration over an invalid value, names the key, and uses the defaults after removal', async () => {
    const { faults, running } = await start();
    await setNumber(`${policyKey}\\idle`, 'lockAfterSeconds', 5);
    await until('the fault', () => faults.length > 0);
    expect(faults[0]).toMatchObject({ fault: 'config-invalid', subject: 'idle.lockAfterSeconds' });
    expect(running).toEqual([]);
    await reg('delete', policyKey, '/f');
    await until('the defaults', () => running.length > 0);
    expect(running).toEqual([defaultManagedConfig]);
  });
});
