/** One session folder for each session of a user on a PC. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../../electron/platform/time/clock.ts';
import {
  openPersonStore,
  type PersonStore,
} from '../../../../../electron/services/person-store/open-person-store.ts';
import { stateFolderFor } from '../../../../../electron/services/person-store/state-folder.ts';
import { noProtection } from '../../../../../electron/storage/identity/secret-protection.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { defaultManagedConfig } from '../../../../../shared/config/managed-config.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';

const machine = { id: '5f3c1c2f1f0f6a9b2f6d0f1a', hostname: 'LAB-07', os: 'Windows 11' };
let base: string;
const opened: PersonStore[] = [];
const faults: StorageFault[] = [];
/** Called with the milliseconds of each wait, which ends when the returned promise resolves. */
let onWait: (delayMs: number) => void | Promise<void> = () => undefined;
const clock: Clock = {
  ...createFakeClock(),
  setTimer: (delayMs, fire) => {
    void Promise.resolve(onWait(delayMs)).then(fire);
    return () => undefined;
  },
};

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'porthor-state-'));
  faults.length = 0;
  onWait = () => undefined;
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.outbox.close();
  await rm(base, { recursive: true, force: true });
});

const open = async () => {
  const result = await openPersonStore({
    directory: stateFolderFor(base, machine),
    config: defaultManagedConfig,
    machine,
    clock,
    protection: noProtection,
    onFault: (fault) => faults.push(fault),
    onOutboxFault: () => undefined,
  });
  if (result.ok) opened.push(result.value);
  return result;
};

describe('session folders', () => {
  it('gives up to four sessions of one account a folder and a key of their own', async () => {
    for (let session = 0; session < 4; session += 1) expect((await open()).ok).toBe(true);
    expect(await open()).toMatchObject({ ok: false });
    expect(await readdir(base)).toEqual(['', '-2', '-3', '-4'].map((suffix) => `5f3c1c2f1f0f6a9b${suffix}`));
    const keys = new Set(opened.map(({ identity }) => identity?.publicKey.x));
    expect(keys.size).toBe(4);
    expect(faults.map(({ fault, subject }) => [fault, subject])).toEqual(
      [2, 3, 4].map((number) => ['state-in-use', `folder ${number}`]),
    );
  });

  it('retries the first folder for a second before it takes another', async () => {
    const first = await open();
    if (!first.ok) throw new Error(first.error);
    const waits: number[] = [];
    onWait = async (delayMs) => {
      waits.push(delayMs);
      if (waits.length === 10) await first.value.outbox.close();
    };
    expect((await open()).ok).toBe(true);
    expect(waits).toEqual(Array.from({ length: 10 }, () => 100));
    expect(await readdir(base)).toEqual(['5f3c1c2f1f0f6a9b']);
    expect(faults).toEqual([]);
  });

  it('takes the first folder again after the previous agent closed it', async () => {
    const first = await open();
    if (!first.ok) throw new Error(first.error);
    await first.value.outbox.close();
    expect((await open()).ok).toBe(true);
    expect(await readdir(base)).toHaveLength(1);
  });
});
