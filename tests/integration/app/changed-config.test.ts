/** A real file, changed as administrators and their tools change it, followed as the agent follows it. */
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readConfig } from '../../../electron/app/read-situation.ts';
import { startConfig } from '../../../electron/app/start-config.ts';
import { createLinuxManagedConfigPort } from '../../../electron/platform/managed-config/managed-config.linux.ts';
import { type Clock, createSystemClock } from '../../../electron/platform/time/clock.ts';
import type { ConfigFollower } from '../../../electron/services/managed-config/follow-config.ts';
import type { StorageFault } from '../../../electron/storage/storage-fault.ts';
import { defaultManagedConfig, type ManagedConfig } from '../../../shared/config/managed-config.ts';

/** Real time, run twenty times as fast: what is waited for is the file system, and that is not made faster. */
const system = createSystemClock();
const clock: Clock = { ...system, setTimer: (delayMs, fire) => system.setTimer(delayMs / 20, fire) };
const deadline = { timeout: 10_000, interval: 10 };

let folder: string;
let file: string;
let follower: ConfigFollower | undefined;
let faults: StorageFault[];
let log: string[];
let running: ManagedConfig[];
let gateDecisions: number;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-changed-config-'));
  file = path.join(folder, 'config.json');
  [faults, log, running, gateDecisions] = [[], [], [], 0];
});
afterEach(async () => {
  await follower?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(document: unknown) {
  await writeFile(file, JSON.stringify(document));
  const port = createLinuxManagedConfigPort({
    clock,
    developmentFile: undefined,
    systemFile: file,
    ownerUid: process.getuid?.() ?? -1,
  });
  const store = {
    directory: folder,
    nowUtc: () => system.nowUtc(),
    onFault: (fault: StorageFault) => void faults.push(fault),
  };
  const config = await readConfig(port, store);
  follower = startConfig({
    port,
    clock,
    store,
    config,
    onChanged: (changed, changes) => {
      running.push(changed);
      if (changes.concernGate) gateDecisions += 1;
      return Promise.resolve();
    },
    log: (line) => void log.push(line),
  });
}

const replace = async (text: string) => {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};

it('takes a file that is put in the place of the old one, but for what waits for the next start', async () => {
  await start({ siteName: 'Ysgol y Bryn' });
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
  expect(gateDecisions).toBe(1);
  expect(log).toEqual([
    'config: siteName: changed: at-once',
    'config: collectorUrl: changed: next-start',
    'config: enrolmentToken: changed: next-start',
    'config: gate.enabled: changed: next-decision',
  ]);
  const kept = await readFile(path.join(folder, 'last-good-config.json'), 'utf8');
  expect(kept).toContain('https://porthor.ysgol.example');
  expect(faults).toEqual([]);
});

it('keeps the last good one over a half-written file, names what is wrong, and takes the whole one', async () => {
  await start({ siteName: 'Ysgol y Bryn' });
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
  await start({ siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 300 } });
  await rm(file);
  await vi.waitFor(() => expect(running).toHaveLength(1), deadline);
  expect(running[0]).toEqual(defaultManagedConfig);
  await writeFile(file, JSON.stringify({ siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 420 } }));
  await vi.waitFor(() => expect(running).toHaveLength(2), deadline);
  expect(running[1]).toMatchObject({ siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 420 } });
  expect(faults).toEqual([]);
});

it('says that what waits for the next start does so, and disturbs nothing for it', async () => {
  await start({});
  await replace(JSON.stringify({ stateDirectory: '/srv/porthor/%USERNAME%' }));
  await vi.waitFor(() => expect(log).toEqual(['config: stateDirectory: changed: next-start']), deadline);
  await follower?.stop();
  expect(running).toEqual([]);
});
