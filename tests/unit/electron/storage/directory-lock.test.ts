/** The meaning of the codes with which Windows refuses the lock's file. Other tests try the lock under Wine and on Linux. */
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

it('treats a sharing violation as another holder', async () => {
  refusal.code = 'EBUSY';
  expect(await lockDirectory('folder')).toEqual({ ok: false, error: { kind: 'in-use', holderPid: 0 } });
});

it.each(['EPERM', 'EACCES', 'ENOSPC'])('reports %s as the error that it is', async (code) => {
  refusal.code = code;
  await expect(lockDirectory('folder')).rejects.toMatchObject({ code });
});
