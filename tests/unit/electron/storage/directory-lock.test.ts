/** What the codes with which Windows refuses the lock's file mean; the lock itself is tried under Wine and on Linux. */
import { expect, it, vi } from 'vitest';
import { lockDirectory } from '../../../../electron/storage/directory-lock.ts';

const refusal = vi.hoisted(() => ({ code: '' }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return { ...real, constants: { ...real.constants, UV_FS_O_FILEMAP: 0x2000_0000 } };
});
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  open: () => Promise.reject(Object.assign(new Error(refusal.code), refusal)),
}));

it('takes a sharing violation for a holder', async () => {
  refusal.code = 'EBUSY';
  expect(await lockDirectory('folder')).toEqual({ ok: false, error: { kind: 'in-use', holderPid: 0 } });
});

it.each(['EPERM', 'EACCES', 'ENOSPC'])('takes %s for what it says', async (code) => {
  refusal.code = code;
  await expect(lockDirectory('folder')).rejects.toMatchObject({ code });
});
