/** The script that imports real documents, on a server of this test with documents of the project's own. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../../build/runtime/paths.ts';
import { makeWordPolicy } from '../fixtures/documents/make-word.ts';

const form =
  '# Sticks\n\nSticks are lent by the office to all who ask.\n\n## Staff agreement\n\nI will lock it.\n\nI will bring it back.\n';

let folder: string;
let server: Server;
let origin: string;
let requests: string[];
const files = new Map<string, Uint8Array>();

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-corpus-'));
  files.clear();
  files.set('/form.md', Buffer.from(form)).set('/policy.docx', await makeWordPolicy());
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const sha256 = (name: string) =>
  createHash('sha256')
    .update(files.get(name) ?? '')
    .digest('hex');
const entry = (name: string, statements: readonly string[], hash = sha256(name)) => ({
  address: `${origin}${name}`,
  sha256: hash,
  audience: 'staff',
  language: 'en-GB',
  statements,
});

/** The lines of the script's output, parsed, and its exit code. */
async function runCorpus(entries: readonly unknown[]) {
  const list = path.join(folder, 'list.json');
  await writeFile(list, JSON.stringify(entries));
  const script = path.join(projectRoot, 'tests/bench/import/corpus.ts');
  return new Promise<{ code: number; lines: Record<string, unknown>[] }>((resolve) => {
    const options = [script, list, '--cache', path.join(folder, 'cache')];
    const child = execFile(process.execPath, options, (_error, stdout) => {
      const lines = stdout
        .trim()
        .split('\n')
        .filter((line) => line !== '');
      resolve({
        code: child.exitCode ?? -1,
        lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
      });
    });
  });
}

const wordStatements = [
  'I will lock the screen whenever I leave my desk.',
  'I will keep my password to myself.',
  'I understand that my use is recorded.',
];

test('documents whose statements are all found pass, and are fetched only once', async () => {
  const entries = [
    entry('/form.md', ['I will lock it.', 'I will bring it back.']),
    entry('/policy.docx', wordStatements),
  ];
  const { code, lines } = await runCorpus(entries);
  expect(code).toBe(0);
  expect(lines.at(-1)).toEqual({ documents: 2, blockers: 0, precision: 1, recall: 1, target: 0.97 });
  expect(lines[0]).toMatchObject({ marked: 2, found: 2, right: 2, accounted: 1 });
  expect((await runCorpus(entries)).code).toBe(0);
  expect(requests.toSorted()).toEqual(['/form.md', '/policy.docx']);
});

test('a statement too many lowers precision, and one too few recall', async () => {
  const { code, lines } = await runCorpus([
    entry('/form.md', ['I will lock it.', 'I will ask.', 'I will bring it back.', 'I will label it.']),
    entry('/policy.docx', wordStatements.slice(1)),
  ]);
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatchObject({ precision: 4 / 5, recall: 4 / 6 });
});

test('a document that has changed, is gone or cannot be imported is a blocker, and no changed one is kept', async () => {
  files.set('/picture.pdf', Buffer.from('%PDF-1.7 broken'));
  const { code, lines } = await runCorpus([
    entry('/form.md', [], '0'.repeat(64)),
    entry('/gone.md', []),
    entry('/picture.pdf', []),
  ]);
  expect(code).toBe(1);
  expect(lines.slice(0, 3).map(({ blocker }) => blocker)).toEqual([
    'the document has changed: its hash is another one',
    'the server answered 404',
    expect.stringContaining('damaged'),
  ]);
  expect(lines.at(-1)).toMatchObject({ blockers: 3 });
  expect(await readdir(path.join(folder, 'cache'))).toEqual([sha256('/picture.pdf')]);
});
