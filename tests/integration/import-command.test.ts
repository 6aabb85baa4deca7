/** The import as a program: progress of a long document, and a clean end by Ctrl+C. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../../build/runtime/paths.ts';
import { makeLongPdf } from '../fixtures/documents/make-pdf.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-import-command-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function startImport(file: string) {
  const tool = path.join(projectRoot, 'build/policy/cli.ts');
  const child = spawn(
    process.execPath,
    [tool, 'import', file, '--audience', 'staff', '--lang', 'en-GB', '--out', path.join(folder, 'draft')],
    // Its temporary folders are looked at too.
    { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const onFirstPage = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(': page ')) resolve();
    });
  });
  return { child, ended, onFirstPage, output: () => output, complaint: () => complaint };
}

test('Ctrl+C ends the import of a long document, and no file or folder is left', async () => {
  const file = path.join(folder, 'long.pdf');
  await writeFile(file, await makeLongPdf(480));
  const { child, ended, onFirstPage, complaint } = startImport(file);
  await onFirstPage;
  child.kill('SIGINT');
  expect([await ended, complaint()]).toEqual([130, 'policy: stopped\n']);
  expect(await readdir(folder)).toEqual(['long.pdf']);
});

test('a whole import ends with its answer, its draft and its report', async () => {
  const file = path.join(folder, 'long.pdf');
  await writeFile(file, await makeLongPdf(25));
  const { ended, output, complaint } = startImport(file);
  expect([await ended, complaint()]).toEqual([0, '']);
  expect(output()).toMatch(/^long\.pdf: page 1 of 25\n/u);
  expect(output()).toContain('draft: a draft. Read it');
  expect((await readdir(folder)).toSorted()).toEqual(['draft', 'draft-report.txt', 'long.pdf']);
});
