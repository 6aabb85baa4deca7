/** A real file, changed as administrators and their tools change it, followed as the agent follows it. */
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLinuxManagedConfigPort } from '../../../electron/platform/managed-config/managed-config.linux.ts';
import { type Clock, createSystemClock } from '../../../electron/platform/time/clock.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import { type FollowedConfig, followConfig } from '../../support/follow-config.ts';

/** Real time, run twenty times as fast: what is waited for is the file system, and that is not made faster. */
const system = createSystemClock();
const clock: Clock = { ...system, setTimer: (delayMs, fire) => system.setTimer(delayMs / 20, fire) };
const deadline = { timeout: 10_000, interval: 10 };

let folder: string;
let file: string;
let followed: FollowedConfig | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-changed-config-'));
  file = path.join(folder, 'config.json');
});
afterEach(async () => {
  await followed?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(document: unknown): Promise<FollowedConfig> {
  await writeFile(file, JSON.stringify(document));
  const port = createLinuxManagedConfigPort({
    clock,
    developmentFile: undefined,
    systemFile: file,
    ownerUid: process.getuid?.() ?? -1,
  });
  followed = await followConfig(port, clock, folder);
  return followed;
}

const replace = async (text: string) => {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};

it('takes a file that is put in the place of the old one, but for what waits for the next start', async () => {
  const { faults, gateDecisions, log, running } = await start({ siteName: 'Ysgol y Bryn' });
  await replace(
    JSON.stringify({
      siteName: 'Ysgol y Dref',
      collectorUrl: 'https://porthor.ysgol.example',
      enrolmentToken: 'very-secret',
      gate: { enabled: false },
    }),
  );
  await vi.waitFor(() => expect(running).toHaveLength(1), deadline);
  expect(running[0]).toEqual({
    ...defaultManagedConfig,
    siteName: 'Ysgol y Dref',
    gate: { ...defaultManagedConfig.gate, enabled: false },
  });
  expect(gateDecisions()).toBe(1);
  expect(log).toEqual([
    'config: siteName: changed: at-once',
    'config: collectorUrl: changed: next-login',
    'config: enrolmentToken: changed: next-login',
    'config: gate.enabled: changed: next-decision',
  ]);
  const kept = await readFile(path.join(folder, 'last-good-config.json'), 'utf8');
  expect(kept).toContain('https://porthor.ysgol.example');
  expect(faults).toEqual([]);
});

it('keeps the last good one over a half-written file, names what is wrong, and takes the whole one', async () => {
  const { faults, running } = await start({ siteName: 'Ysgol y Bryn' });
  const whole = JSON.stringify({ siteName: 'Ysgol y Dref' });
  await writeFile(file, whole.slice(0, 12));
  await vi.waitFor(() => expect(faults).toHaveLength(1), deadline);
  expect(faults[0]).toMatchObject({ fault: 'config-invalid', subject: 'document' });
  expect(running).toEqual([]);
  await writeFile(file, whole);
  await vi.waitFor(() => expect(running).toHaveLength(1), deadline);
  expect(running[0]?.siteName).toBe('Ysgol y Dref');
});

it('goes back to the defaults when the file is deleted, and takes it again when it comes back', async () => {
  const { faults, running } = await start({ siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 300 } });
  await rm(file);
  await vi.waitFor(() => expect(running).toHaveLength(1), deadline);
  expect(running[0]).toEqual(defaultManagedConfig);
  await writeFile(file, JSON.stringify({ siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 420 } }));
  await vi.waitFor(() => expect(running).toHaveLength(2), deadline);
  expect(running[1]).toMatchObject({ siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 420 } });
  expect(faults).toEqual([]);
});

it('says that what waits for the next start does so, and disturbs nothing for it', async () => {
  const { log, running } = await start({});
  await replace(JSON.stringify({ stateDirectory: '/srv/porthor/%USERNAME%' }));
  await vi.waitFor(() => expect(log).toEqual(['config: stateDirectory: changed: next-login']), deadline);
  await followed?.stop();
  expect(running).toEqual([]);
});
