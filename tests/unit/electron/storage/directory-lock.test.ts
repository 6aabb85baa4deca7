/** The meaning of the codes with which Windows refuses the lock's file. Other tests try the lock under Wine and on Linux. */
import { expect, it, vi } from 'vitest';
import { lockDirectory } from '../../../../electron/storage/directory-lock.ts';
import type { Patience } from '../../../../electron/storage/held-file.ts';

/** `heldFor`: how many openings without sharing are refused still. `isShared`: others may open the file beside the holder. */
const refusal = vi.hoisted(() => ({ code: '', heldFor: Number.POSITIVE_INFINITY, isShared: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return { ...real, constants: { ...real.constants, UV_FS_O_FILEMAP: 0x2000_0000 } };
});
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  open: (_path: string, flags: number) => {
    const isAlone = (flags & 0x1000_0000) !== 0;
    if (isAlone) refusal.heldFor -= 1;
    return (isAlone ? refusal.heldFor < 0 : refusal.isShared)
      ? Promise.resolve({ close: () => Promise.resolve() })
      : Promise.reject(Object.assign(new Error(refusal.code), { code: refusal.code }));
  },
}));

/** Time passes in pauses alone. */
function createPatience(forMs: number): Patience & { readonly waitedMs: () => number } {
  let nowMs = 0;
  return {
    forMs,
    pause: (pauseMs) => {
      nowMs += pauseMs;
      return Promise.resolve();
    },
    nowMs: () => nowMs,
    waitedMs: () => nowMs,
  };
}

it('treats a sharing violation as another agent, at once where that one shares the file with none', async () => {
  Object.assign(refusal, { code: 'EBUSY', heldFor: Number.POSITIVE_INFINITY, isShared: false });
  const patience = createPatience(5000);
  expect(await lockDirectory('folder', patience)).toEqual({
    ok: false,
    error: { kind: 'in-use', holderPid: 0 },
  });
  expect(patience.waitedMs()).toBe(0);
});

it('waits for seconds while a scanner reads the file, and then holds the lock', async () => {
  Object.assign(refusal, { code: 'EBUSY', heldFor: 40, isShared: true });
  const patience = createPatience(5000);
  expect(await lockDirectory('folder', patience)).toMatchObject({ ok: true });
  expect(patience.waitedMs()).toBeGreaterThan(2000);
});

it('waits for a scanner until its deadline', async () => {
  Object.assign(refusal, { code: 'EBUSY', heldFor: Number.POSITIVE_INFINITY, isShared: true });
  const patience = createPatience(5000);
  expect(await lockDirectory('folder', patience)).toMatchObject({ ok: false, error: { kind: 'in-use' } });
  expect(patience.waitedMs()).toBeLessThanOrEqual(5000);
  expect(patience.waitedMs()).toBeGreaterThan(4800);
});

it.each(['EPERM', 'EACCES', 'ENOSPC'])('reports %s as the error that it is', async (code) => {
  Object.assign(refusal, { code, heldFor: Number.POSITIVE_INFINITY, isShared: false });
  await expect(lockDirectory('folder')).rejects.toMatchObject({ code });
});
