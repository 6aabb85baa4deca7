import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCaseFile } from '../support/wine/run-case.ts';
import { startWine, type Wine } from '../support/wine/wine.ts';

const casesFolder = fileURLToPath(new URL('cases', import.meta.url));
const files = (await readdir(casesFolder)).filter((file) => file.endsWith('.case.ts')).toSorted();

describe('under Wine', () => {
  let wine: Wine;
  let folder: string;
  beforeAll(async () => {
    wine = await startWine();
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-wine-cases-'));
  });
  afterAll(async () => {
    await wine.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('the folder holds cases', () => {
    expect(files.length).toBeGreaterThan(1);
  });

  it.each(files)('%s', async (file) => {
    const results = await runCaseFile(wine, path.join(casesFolder, file), path.join(folder, file));
    for (const { title, outcome, detail } of results) {
      console.log(`${outcome}: ${title}${detail === '' ? '' : `\n${detail}`}`);
    }
    expect(results.filter(({ outcome }) => outcome === 'failed').map(({ title }) => title)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThan(0);
  });
});
