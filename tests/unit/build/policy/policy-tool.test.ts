/** The policy tool as an author uses it: output lines, exit codes and zips. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runPolicyTool } from '../../../../build/policy/policy-tool.ts';
import { loadPack } from '../../../../electron/storage/packs/load-packs.ts';
import { goodManifest, goodTexts, packFiles } from '../../../fixtures/packs/pack-files.ts';
import { writePack } from '../../../fixtures/packs/write-pack.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthor-policy-tool-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function run(...commandLine: string[]) {
  const printed: string[] = [];
  const complained: string[] = [];
  const exitCode = await runPolicyTool(commandLine, {
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  });
  return { exitCode, printed, complained };
}

describe('lint', () => {
  test('accepts a good pack', async () => {
    const pack = await writePack(join(folder, 'staff'), packFiles());
    const { exitCode, printed, complained } = await run('lint', pack);
    expect(printed.at(-1)).toBe('1 pack, 0 errors, 0 warnings');
    expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: [] });
  });

  test('shows length and reading age of each text, and the decisions that the school must take', async () => {
    const schoolDecides = [
      {
        question: 'How long may a password be?',
        passage: { 'en-GB': 'Keep it secret.', 'cy-GB': 'Cadwch hi’n gyfrinach.' },
      },
    ];
    const texts = {
      'en.md': '## Screen\n\nLock it when you leave. Keep it secret.\n',
      'cy.md': '## Sgrin\n\nClowch hi wrth adael. Cadwch hi’n gyfrinach.\n',
    };
    const pack = await writePack(
      join(folder, 'staff'),
      packFiles({ 'policy.json': JSON.stringify({ ...goodManifest, schoolDecides }), ...texts }),
    );
    const { printed } = await run('lint', pack);
    expect(printed).toEqual([
      expect.stringMatching(
        /en\.md: note: \d+ words .*, about 1 min, reading age \d+ \(.*\), LIX \d+, longest/u,
      ),
      expect.stringMatching(/cy\.md: note: \d+ words .*, about 1 min, LIX \d+, longest/u),
      `${join(pack, 'en.md:3')}: note: your school decides: How long may a password be? The text says "Keep it secret.", and so does cy.md:3`,
      '1 pack, 0 errors, 0 warnings',
    ]);
  });

  test('names file, fault and remedy in every pack, and fails if there is an error', async () => {
    const html = await writePack(join(folder, 'html'), packFiles({ 'en.md': `${goodTexts.en}\n<b>x</b>\n` }));
    const none = join(folder, 'none');
    const extra = await writePack(join(folder, 'extra'), packFiles({ 'old.md': 'x' }));
    const { exitCode, printed, complained } = await run('lint', html, none, extra);
    expect(exitCode).toBe(1);
    expect(complained).toEqual([
      `${join(html, 'en.md:10')}: error: HTML, which is never shown as HTML: use Markdown, or write \\< for a plain <`,
      `${none}: error: there is nothing of that name: check the name and the place of the pack`,
    ]);
    expect(printed.filter((line) => !line.includes(': note: '))).toEqual([
      `${join(extra, 'old.md')}: warning: not part of the policy: nobody is shown it: take it out of the pack`,
      '3 packs, 2 errors, 1 warning',
    ]);
  });

  test('passes a pack with warnings only', async () => {
    const pack = await writePack(join(folder, 'extra'), packFiles({ 'old.md': 'x' }));
    expect((await run('lint', pack)).exitCode).toBe(0);
  });
});

describe('pack', () => {
  test('makes a zip with the same pack, and the same bytes whatever the line ends', async () => {
    const lf = await writePack(join(folder, 'lf'), packFiles({ 'old.md': 'left out' }));
    const crlf = await writePack(
      join(folder, 'crlf'),
      new Map([...packFiles()].map(([name, bytes]) => [name, withCrlf(bytes)])),
    );
    const first = join(folder, 'first.zip');
    const second = join(folder, 'second.zip');
    expect((await run('pack', lf, '--out', first)).exitCode).toBe(0);
    expect((await run('pack', crlf, '--out', second)).exitCode).toBe(0);
    expect(await readFile(second)).toEqual(await readFile(first));
    expect(await loadPack(first)).toEqual(await loadPack(lf));
    expect((await run('hash', first)).printed).toEqual((await run('hash', lf)).printed);
    expect((await run('lint', first)).printed.at(-1)).toBe('1 pack, 0 errors, 0 warnings');
  });

  test('leaves no file behind when the pack is bad or the zip cannot be written', async () => {
    const bad = await writePack(join(folder, 'bad'), packFiles({ 'cy.md': undefined }));
    const html = await writePack(join(folder, 'html'), packFiles({ 'en.md': '<b>x</b>' }));
    const good = await writePack(join(folder, 'good'), packFiles());
    const before = await readdir(folder);
    expect((await run('pack', bad, '--out', join(folder, 'a.zip'))).complained).toEqual([
      `${join(bad, 'cy.md')}: there is nothing of that name: add the file, or correct its name under "documents" in policy.json`,
    ]);
    expect((await run('pack', html, '--out', join(folder, 'a.zip'))).exitCode).toBe(1);
    const nowhere = await run('pack', good, '--out', join(folder, 'no', 'such', 'a.zip'));
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.complained).toEqual([expect.stringMatching(/: choose another place with --out$/u)]);
    expect(await readdir(folder)).toEqual(before);
  });

  test('asks for a folder', async () => {
    await writePack(join(folder, 'good'), packFiles());
    const zip = join(folder, 'good.zip');
    await run('pack', join(folder, 'good'), '--out', zip);
    expect((await run('pack', zip)).exitCode).toBe(64);
  });
});

test('hash prints id, version, language and hash, and goes on after a bad pack', async () => {
  const pack = await writePack(join(folder, 'staff'), packFiles());
  await writeFile(join(folder, 'text.zip'), 'not a zip');
  const { exitCode, printed, complained } = await run('hash', join(folder, 'text.zip'), pack);
  expect(exitCode).toBe(1);
  expect(complained).toHaveLength(1);
  expect(printed).toEqual([
    'staff 2 en-GB 67f4df09b670c42c0bbebe24b1fbe06cfce050674b9153417d94d78fb63ca12a',
    'staff 2 cy-GB 76a97f5f57f87c119f129dda69d413732fc22567010b897c2fd6237e0aa96429',
  ]);
});

describe('an invalid command line', () => {
  test.each([
    [[], 'no command was given'],
    [['publish', 'x'], 'there is no command "publish"'],
    [['import'], 'name one document'],
    [['import', 'x'], '--audience staff'],
    [['import', 'x', '--audience', 'staff', '--lang', 'fr'], '--lang en-GB or --lang cy-GB'],
    [['lint'], 'name at least one pack'],
    [['hash'], 'name at least one pack'],
    [['pack'], 'name one folder'],
    [['pack', 'a', 'b'], 'name one folder'],
    [['lint', 'a', '--out', 'b'], '--out belongs to "pack"'],
    [['lint', '--frob'], '--frob'],
  ])('%j', async (commandLine, reason) => {
    const { exitCode, printed, complained } = await run(...commandLine);
    expect(exitCode).toBe(64);
    expect(printed).toEqual([]);
    expect(complained[0]).toContain(reason);
  });
});

test('import warns of an audience that no shipped policy is for', async () => {
  const document = join(folder, 'rules.md');
  await writeFile(document, '# Rules\n\n## Screens\n\n- Lock your screen.\n');
  const importFor = (audience: string) =>
    run('import', document, '--audience', audience, '--lang', 'en-GB', '--out', join(folder, audience));
  const warning = expect.stringContaining('audience.rules names that audience') as string;
  expect((await importFor('teachers')).complained).toContainEqual(warning);
  expect((await importFor('staff')).complained).not.toContainEqual(warning);
});

test('--help lists the commands', async () => {
  const { exitCode, printed } = await run('--help');
  expect(exitCode).toBe(0);
  expect(printed.join('\n')).toMatch(/lint PACK.*pack FOLDER.*hash PACK.*import FILE/su);
});

function withCrlf(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('utf8').replaceAll('\n', '\r\n'));
}
