/** Rights of a folder as Windows writes them. Wine keeps them as the modes of the files below it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWindowsFolderRightsPort } from '../../../electron/platform/folder-rights/folder-rights.win32.ts';

const rights = createWindowsFolderRightsPort();

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-rights-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the rights of a folder on Windows', () => {
  it('are written and read back by Windows’ own functions, and leave the folder to this account', async () => {
    await inFolder(async (folder) => {
      const open = path.join(folder, 'mair');
      await mkdir(open);
      await writeFile(path.join(open, 'identity.json'), '{}');
      const closed = await rights.closeToOthers(open);
      // Wine keeps a mode and no list: it gives the rights of the administrators back as those of everybody (WD).
      expect(closed.ok ? '' : closed.error).toMatch(/^(?:Windows still admits WD)?$/u);
      expect(await rights.listOthers(open)).toEqual({ ok: true, value: closed.ok ? [] : ['WD'] });
      expect(await rights.isOwn(path.join(open, 'identity.json'))).toBe(true);
      // This account can still use it.
      await writeFile(path.join(open, 'receipts.json'), '{}');
    });
  });

  it('are no one’s where the folder is missing', async () => {
    await inFolder(async (folder) => {
      const missing = path.join(folder, 'missing');
      expect(await rights.isOwn(missing)).toBe(false);
      expect(await rights.closeToOthers(missing)).toMatchObject({ ok: false });
      expect(await rights.listOthers(missing)).toMatchObject({ ok: false });
    });
  });
});
