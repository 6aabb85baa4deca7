/** Drives of every kind that Wine can show, by the adapter of Windows. */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaseFile } from '../support/wine/run-case.ts';
import { startWine, type Wine } from '../support/wine/wine.ts';

const caseFile = fileURLToPath(new URL('drives/drive-kinds.ts', import.meta.url));

/** Letters and their kinds in Wine's settings, which Wine reads only when its session starts. */
const kinds = { a: 'floppy', d: 'cdrom', e: 'hd', f: 'floppy', n: 'network' } as const;

describe('drives under Wine', () => {
  let wine: Wine;
  let folder: string;
  beforeAll(async () => {
    wine = await startWine();
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-wine-drives-'));
    const letters = path.join(path.dirname(wine.driveC), 'dosdevices');
    for (const [letter, kind] of Object.entries(kinds)) {
      const root = path.join(folder, letter);
      await mkdir(root);
      await symlink(root, path.join(letters, `${letter}:`));
      const set = await wine.run('reg', [
        'add',
        'HKLM\\Software\\Wine\\Drives',
        '/v',
        `${letter}:`,
        '/d',
        kind,
        '/f',
      ]);
      expect(set.status, set.output).toBe(0);
    }
    await wine.endSession();
  });
  afterAll(async () => {
    await wine.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('differ by kind', async () => {
    const results = await runCaseFile(wine, caseFile, path.join(folder, 'case'));
    for (const { title, outcome, detail } of results)
      console.log(`${outcome}: ${title}${detail === '' ? '' : `\n${detail}`}`);
    expect(results.filter(({ outcome }) => outcome !== 'passed').map(({ title }) => title)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThan(0);
  });
});
