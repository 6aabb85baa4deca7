/** Packs on a real disk: folders and zips, good and bad side by side. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPack, loadPacks } from '../../../../../electron/storage/packs/load-packs.ts';
import { zipFiles } from '../../../../fixtures/packs/build-zip.ts';
import { packFiles, packWithManifest } from '../../../../fixtures/packs/pack-files.ts';
import { writePack } from '../../../../fixtures/packs/write-pack.ts';

/** A program of every Unix. Node cannot make a named pipe itself. */
const pipeMaker = 'mkfifo';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthor-packs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function kindOf(path: string): Promise<string> {
  const pack = await loadPack(path);
  return pack.ok ? 'taken' : pack.error.kind;
}

describe('one pack', () => {
  test('is the same from its folder, from a link to it and from its zip', async () => {
    const inFolder = await loadPack(await writePack(join(folder, 'staff'), packFiles()));
    expect(inFolder.ok).toBe(true);
    await writeFile(join(folder, 'staff.zip'), zipFiles(packFiles(), 'staff/'));
    await symlink(join(folder, 'staff'), join(folder, 'linked'));
    expect(await loadPack(join(folder, 'staff.zip'))).toEqual(inFolder);
    expect(await loadPack(join(folder, 'linked'))).toEqual(inFolder);
  });

  test('is reported as absent, not a pack, or too large, without naming a path', async () => {
    const result = await loadPack(join(folder, 'none'));
    expect(result.ok ? '' : result.error.kind).toBe('missing');
    expect(JSON.stringify(result)).not.toContain(folder);
    expect(await kindOf(folder)).toBe('not-a-pack');
    await writeFile(join(folder, 'letter.txt'), 'Dear all');
    expect(await kindOf(join(folder, 'letter.txt'))).toBe('not-a-pack');
    await writeFile(join(folder, 'big.zip'), new Uint8Array(2 * 1024 * 1024 + 1));
    expect(await kindOf(join(folder, 'big.zip'))).toBe('too-large');
    const big = new Uint8Array(512 * 1024 + 1).fill(0x61);
    expect(await kindOf(await writePack(join(folder, 'big'), packFiles({ 'cy.md': big })))).toBe('too-large');
  });

  test('is refused without waiting when one of its files is a pipe, a folder or a broken link', async () => {
    const pipe = await writePack(join(folder, 'pipe'), packFiles({ 'en.md': undefined }));
    execFileSync(pipeMaker, [join(pipe, 'en.md')]);
    expect(await kindOf(pipe)).toBe('unreadable');
    const inner = await writePack(join(folder, 'inner'), packFiles({ 'en.md': undefined }));
    await mkdir(join(inner, 'en.md'));
    expect(await kindOf(inner)).toBe('unreadable');
    const dangling = await writePack(join(folder, 'dangling'), packFiles({ 'en.md': undefined }));
    await symlink(join(folder, 'gone'), join(dangling, 'en.md'));
    expect(await kindOf(dangling)).toBe('missing-document');
  });

  test('that the system refuses to open is reported with the system’s code', async () => {
    await symlink(join(folder, 'round'), join(folder, 'round'));
    const round = await loadPack(join(folder, 'round'));
    expect(round.ok ? '' : [round.error.kind, round.error.reason]).toEqual([
      'unreadable',
      'the system refused to read it (ELOOP)',
    ]);
    expect(await kindOf(join(folder, 'x'.repeat(300)))).toBe('unreadable');
  });
});

describe('a directory of packs', () => {
  test('gives the good packs and names the bad ones', async () => {
    await writePack(join(folder, 'staff'), packFiles());
    await writeFile(join(folder, 'pupil.ZIP'), zipFiles(packWithManifest({ id: 'pupil' })));
    await writePack(join(folder, 'empty'), new Map());
    await writeFile(join(folder, 'torn.zip'), zipFiles(packFiles()).subarray(0, 200));
    await writeFile(join(folder, 'README.md'), 'not a pack');
    await mkdir(join(folder, '.git'));
    const { packs, refused } = await loadPacks(folder);
    expect(packs.map(({ manifest }) => manifest.id)).toEqual(['pupil', 'staff']);
    expect(refused.map(({ name, problem }) => [name, problem.kind])).toEqual([
      ['empty', 'not-a-pack'],
      ['torn.zip', 'damaged-zip'],
    ]);
  });

  test('takes the first of two packs with one id and version, and several versions of one policy', async () => {
    await writePack(join(folder, 'a'), packFiles());
    await writePack(join(folder, 'b'), packWithManifest({ version: '2.0', order: 1 }));
    await writePack(join(folder, 'c'), packWithManifest({ version: '3' }));
    const { packs, refused } = await loadPacks(folder);
    expect(packs.map(({ manifest }) => manifest.version)).toEqual(['2', '3']);
    expect(refused.map(({ name, problem }) => [name, problem.kind])).toEqual([['b', 'duplicate-pack']]);
  });

  test('that does not exist is one problem, not an empty list', async () => {
    const { packs, refused } = await loadPacks(join(folder, 'gone'));
    expect(packs).toEqual([]);
    expect(refused.map(({ name, problem }) => [name, problem.kind])).toEqual([['gone', 'missing']]);
  });

  test('with more than 200 entries reports which it left out', async () => {
    for (let index = 0; index < 201; index += 1) {
      await mkdir(join(folder, `p${String(index).padStart(3, '0')}`));
    }
    const { refused } = await loadPacks(folder);
    expect(refused).toHaveLength(201);
    expect(
      refused.filter(({ problem }) => problem.kind === 'too-many-packs').map(({ name }) => name),
    ).toEqual(['p200']);
  });
});
