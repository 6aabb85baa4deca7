import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedConfigAnswer } from '../../../../../electron/platform/managed-config/managed-config-port.ts';
import { keepAsLastGood, readConfig } from '../../../../../electron/services/managed-config/read-config.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { defaultManagedConfig } from '../../../../../shared/config/managed-config.ts';
import { createFakeManagedConfigPort } from '../../../../fakes/platform/fake-platform.ts';

let directory: string;
let faults: StorageFault[];
const nowUtc = () => new Date('2026-11-22T08:40:00Z');
const options = () => ({ directory, nowUtc, onFault: (fault: StorageFault) => void faults.push(fault) });
const read = (answer: ManagedConfigAnswer) => readConfig(createFakeManagedConfigPort(answer), options());

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'porthor-situation-'));
  faults = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the configuration at start', () => {
  const school = { ...defaultManagedConfig, siteName: 'Ysgol y Bryn' };
  const broken = {
    kind: 'invalid',
    problems: [{ key: 'idle.warningSeconds', reason: 'must be at least 20' }],
    from: 'config.json',
  } as const;

  it('is the defaults where no configuration exists, and nothing is written', async () => {
    expect(await read({ kind: 'absent' })).toBe(defaultManagedConfig);
    expect(await readdir(directory)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('stays the last good one while the new one is invalid or unreadable, and each key is reported', async () => {
    expect(await read({ kind: 'loaded', config: school, from: 'config.json' })).toBe(school);
    expect(await read(broken)).toEqual(school);
    expect(await read({ kind: 'unreadable', reason: 'EIO.', from: 'config.json' })).toEqual(school);
    expect(faults).toMatchObject([
      { fault: 'config-invalid', subject: 'idle.warningSeconds' },
      { fault: 'config-unreadable', subject: 'configuration' },
    ]);
  });

  it('goes back to the defaults when the administrator removes it', async () => {
    await read({ kind: 'loaded', config: school, from: 'config.json' });
    expect(await read({ kind: 'absent' })).toBe(defaultManagedConfig);
  });

  it('is the defaults where no good one was ever read; in the defaults the gate is on', async () => {
    expect(await read(broken)).toBe(defaultManagedConfig);
    expect(defaultManagedConfig.gate.enabled).toBe(true);
  });

  it('does not use a damaged copy', async () => {
    await read({ kind: 'loaded', config: school, from: 'config.json' });
    // The start does not wait for the copy; this comes after it.
    await keepAsLastGood(school, options());
    const file = path.join(directory, 'last-good-config.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('Ysgol y Bryn', 'Ysgol y Brad'));
    expect(await read(broken)).toBe(defaultManagedConfig);
    expect(faults.map(({ fault }) => fault)).toContain('store-damaged');
  });
});
