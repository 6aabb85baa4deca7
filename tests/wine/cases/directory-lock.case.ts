/** The lock of the state folder as Windows keeps it: by refusing a second opening. */
import { constants } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockDirectory } from '../../../electron/storage/directory-lock.ts';
import { openStorageFile, replaceFile } from '../../../electron/storage/durable-file.ts';

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

describe('a file that another program holds on Windows', () => {
  const noSharing = 0x1000_0000;
  /** Holds the file for so long, as a scanner does. */
  const holdFor = async (file: string, holdMs: number, flags: number) => {
    const handle = await open(file, flags);
    setTimeout(() => void handle.close(), holdMs);
  };

  it('is replaced, and read, once it is let go after a second', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'settings.json');
      await writeFile(file, 'old');
      await holdFor(file, 1000, constants.O_RDWR | noSharing);
      await replaceFile(file, Buffer.from('new'));
      await holdFor(file, 1000, constants.O_RDWR | noSharing);
      const opened = await openStorageFile(file, 'r', 0o600);
      await opened.close();
      expect(await readFile(file, 'utf8')).toBe('new');
    });
  });

  it('is locked once a scanner has read it', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'agent.lock');
      await writeFile(file, '');
      await holdFor(file, 1500, constants.O_RDONLY);
      const lock = await lockDirectory(folder);
      if (!lock.ok) throw new Error('it is in use');
      await lock.value.release();
    });
  });
});
