/** The lock of the state folder as Windows keeps it: by refusing a second opening. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockDirectory } from '../../../electron/storage/directory-lock.ts';

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-lock-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the lock of a folder on Windows', () => {
  it('is taken while a process holds it, and free afterwards', async () => {
    await withFolder(async (folder) => {
      const first = await lockDirectory(folder);
      if (!first.ok) throw new Error('it is in use');
      expect(await lockDirectory(folder)).toEqual({ ok: false, error: { kind: 'in-use', holderPid: 0 } });
      await first.value.release();
      const again = await lockDirectory(folder);
      if (!again.ok) throw new Error('it is still in use');
      await again.value.release();
    });
  });
});
