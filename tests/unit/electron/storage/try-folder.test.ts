import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tryFolder } from '../../../../electron/storage/try-folder.ts';
import { withDirectory } from '../../../support/storage-fixtures.ts';

it('leaves a folder as it was, and creates no missing one', () =>
  withDirectory(async (directory) => {
    const kept = join(directory, 'kept');
    await mkdir(kept);
    await writeFile(join(kept, 'outbox.log'), 'x');
    expect(await tryFolder(kept)).toEqual({ ok: true, value: undefined });
    expect(await readdir(kept)).toEqual(['outbox.log']);
    expect(await tryFolder(join(directory, 'new', 'deep'))).toEqual({ ok: true, value: undefined });
    expect(await readdir(directory)).toEqual(['kept']);
  }));

it('gives the reason why a file cannot be written', () =>
  withDirectory(async (directory) => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const tried = await tryFolder(join(file, 'state'));
    expect(tried.ok ? '' : tried.error.kind).toBe('refused');
    expect(tried.ok ? '' : tried.error.reason).toContain('ENOTDIR');
  }));
