import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openPersonStore } from '../../../../electron/services/person-store/open-person-store.ts';
import { noProtection } from '../../../../electron/storage/identity/secret-protection.ts';
import { defaultManagedConfig } from '../../../../shared/config/managed-config.ts';
import { oneAtATime } from '../../../../shared/lib/one-at-a-time.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';

it('runs the work once for concurrent callers, and again for a later one', async () => {
  let runs = 0;
  const ask = oneAtATime(() => {
    runs += 1;
    return Promise.resolve(runs);
  });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(2);
});

it('reports a failure to all callers, and tries again afterwards', async () => {
  let runs = 0;
  const ask = oneAtATime(() => {
    runs += 1;
    return runs === 1 ? Promise.reject(new Error('once')) : Promise.resolve('good');
  });
  const both = await Promise.allSettled([ask(), ask()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await ask()).toBe('good');
});

it('opens the records of a PC once for two callers: a second opening would count as another agent', async () => {
  const base = await mkdtemp(path.join(tmpdir(), 'porthor-once-'));
  try {
    const ask = oneAtATime(() =>
      openPersonStore({
        directory: path.join(base, 'state'),
        config: defaultManagedConfig,
        machine: { id: 'machine', hostname: 'LAB-07', os: 'Windows 11' },
        clock: createFakeClock(),
        protection: noProtection,
        onFault: () => undefined,
        onOutboxFault: () => undefined,
      }),
    );
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toBe(first);
    expect(await readdir(base)).toEqual(['state']);
    if (first.ok) await first.value.outbox.close();
  } finally {
    await rm(base, { recursive: true, force: true });
  }
});
