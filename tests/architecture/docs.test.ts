/** The documents stay true: their links, settings, commands and files exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dottedName, propertyName } from '../../build/config/setting-names.ts';
import { run } from '../../build/runtime/child.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { configEntries } from '../../shared/config/managed-config.ts';

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');
const exists = (file: string): boolean => existsSync(path.join(projectRoot, file));

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(path.join(projectRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name));

const documents = [...markdownIn('.'), ...markdownIn('docs'), 'build/gpo/SETTINGS.md'];
const pages = documents.filter((file) => file !== 'build/gpo/SETTINGS.md');

const withoutCodeBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```/gmu, '');
const codeSpans = (text: string): readonly string[] =>
  [...withoutCodeBlocks(text).matchAll(/`([^`\n]+)`/gu)].map(([, span = '']) => span);

/** Where links and pictures lead, from the page's own folder; addresses of other sites are left out. */
const linkTargets = (text: string): readonly string[] =>
  [...withoutCodeBlocks(text).matchAll(/\]\(([^()\s]+)\)/gu)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/u.test(target));

/** GitHub's name for a heading: lower case, punctuation out, spaces to hyphens. */
const anchorsOf = (text: string): readonly string[] =>
  [...withoutCodeBlocks(text).matchAll(/^#{1,6} +(.+)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

const findBrokenLinks = (page: string, text: string): readonly string[] =>
  linkTargets(text).filter((target) => {
    const [file = '', anchor] = target.split('#');
    const linked = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
    if (file !== '' && !exists(linked)) return true;
    if (anchor === undefined) return false;
    return !anchorsOf(file === '' ? text : read(linked)).includes(anchor);
  });

const settings = new Set(configEntries().map(dottedName));
const groups = new Set([...settings].filter((name) => name.includes('.')).map((name) => name.split('.')[0]));

/** Code spans such as `idle.lockAfterSeconds` whose group exists but whose key does not. */
const findUnknownSettings = (text: string): readonly string[] =>
  codeSpans(text)
    .flatMap((span) => /^([a-z]+)\.([a-z][A-Za-z0-9]+)(?::.*)?$/u.exec(span) ?? [])
    .filter((name) => groups.has(name.split('.')[0]) && name.includes('.'))
    .map((name) => name.split(':')[0] ?? name)
    .filter((name) => !settings.has(name) && !/\.(?:docx|json|md|pdf|ts|txt)$/u.test(name));

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

const findUnknownScripts = (text: string): readonly string[] =>
  [...text.matchAll(/\bnpm run ([a-z][a-z:-]*)/gu)]
    .map(([, script = '']) => script)
    .filter((script) => scripts[script] === undefined);

/** `npm run TOOL -- VERB` for the tools that have verbs; options such as `--help` are no verbs. */
const verbsOf = (tool: string, text: string): readonly string[] =>
  [...text.matchAll(new RegExp(`npm run ${tool} -- [a-z]+(?: [a-z]+(?=\\s|$))?`, 'gu'))].map(
    ([command]) => command,
  );

const rooms = 'assets|build|collector|docs|electron|findings|renderer|shared|tests';

/** Code spans that name a file or a folder of the project; a placeholder in capitals, `*`, `…` or brackets is none. */
const findMissingFiles = (text: string): readonly string[] =>
  codeSpans(text)
    .filter((span) => new RegExp(`^(?:${rooms})/[A-Za-z0-9_./-]+$`, 'u').test(span))
    .filter((span) => !/[A-Z]{2}/u.test(span) && !exists(span));

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('links lead to files and headings that exist', () => {
    expect(findBrokenLinks(page, text)).toEqual([]);
  });

  test('names settings that exist', () => {
    expect(findUnknownSettings(text)).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    expect(findUnknownScripts(text)).toEqual([]);
  });

  test('names files that exist', () => {
    expect(findMissingFiles(text)).toEqual([]);
  });
});

test('the table of settings has a row for every setting, with its installer property', () => {
  const table = read('build/gpo/SETTINGS.md');
  const missing = configEntries()
    .filter((entry) => !table.includes(`\n| \`${dottedName(entry)}\` | \`${propertyName(entry)}\` |`))
    .map(dottedName);
  expect(settings.size).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});

test.each([
  ['collector', 'collector/src/cli.ts'],
  ['policy', 'build/policy/cli.ts'],
])('every documented command of npm run %s is in its help', async (tool, script) => {
  const { stdout } = await run(process.execPath, [path.join(projectRoot, script), '--help']);
  const known = verbsOf(tool, stdout);
  const named = new Set(pages.flatMap((page) => verbsOf(tool, read(page))));
  expect(named.size).toBeGreaterThan(1);
  expect(
    [...named].filter((command) => !known.some((line) => line === command || line.startsWith(`${command} `))),
  ).toEqual([]);
});

test('the list of documents names every page', () => {
  const listed = linkTargets(read('docs/README.md')).map((target) => path.posix.join('docs', target));
  expect(markdownIn('docs').filter((page) => page !== 'docs/README.md' && !listed.includes(page))).toEqual(
    [],
  );
});

test('the README is a door: at most 130 lines', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(130);
});

test('no command line for technicians lets a silent installation restart a PC in mid-lesson', () => {
  const lines = documents.flatMap((file) =>
    [...read(file).matchAll(/msiexec \/[ix] [^`\n]+/gu)].map(([line]) => line),
  );
  expect(lines.length).toBeGreaterThan(7);
  expect(lines.filter((line) => !/ \/qn \/norestart(?: |$)/u.test(line.trim()))).toEqual([]);
});

describe('what the checks find', () => {
  test('a link to a file that is gone, and one to a heading that is gone', () => {
    const text =
      '# Here\n[a](gone.md) [b](gate.md#gone) [c](#here) [d](gate.md#what-opens-it) [e](https://a.example/)';
    expect(findBrokenLinks('docs/made-up.md', text)).toEqual(['gone.md', 'gate.md#gone']);
  });

  test('a setting that was renamed', () => {
    expect(
      findUnknownSettings('`idle.lockAfterSeconds`, `idle.gone`, `media.mode: audit`, `policy.json`'),
    ).toEqual(['idle.gone']);
  });

  test('a script that was renamed', () => {
    expect(findUnknownScripts('npm run bench -- gate, `npm run gone`')).toEqual(['gone']);
  });

  test('a file that was moved', () => {
    expect(
      findMissingFiles('`shared/config/gone.ts`, `shared/config`, `docs/<page>.md`, `findings/NAME.sh`'),
    ).toEqual(['shared/config/gone.ts']);
  });
});
