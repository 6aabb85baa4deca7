/** What has been seen on Windows: the list of adapters cannot go stale, and a report reaches the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../../../../build/runtime/paths.ts';
import { windowsAdapters } from '../../../../build/windows/adapters.ts';
import {
  addReport,
  readReport,
  replaceTables,
  seenReportsSchema,
} from '../../../../build/windows/seen-on-windows.ts';
import { runWindowsReport } from '../../../../build/windows/windows-report.ts';
import { type DeepAnswer, deepQuestionNames } from '../../../../shared/self-check/deep-report.ts';
import { selfCheckItemNames } from '../../../../shared/self-check/report.ts';

const textOf = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');

const report = (deep: readonly DeepAnswer[] | undefined, os = 'Windows 11 Education (10.0.22631)') =>
  JSON.stringify({
    format: 'porthor.self-check.v1',
    checkedAt: '2026-12-01T09:00:00.000Z',
    agentVersion: '0.1.0',
    runtime: { electron: '45.4.1', chrome: '150.0.0.0', node: '24.21.0' },
    os,
    result: 'ok',
    items: selfCheckItemNames.map((name) => ({ name, outcome: 'ok', finding: 'works', detail: '' })),
    volumes: [],
    ...(deep === undefined ? {} : { deep }),
  });

const answers: readonly DeepAnswer[] = [
  { name: 'session', outcome: 'answered', ms: 3, seen: 'in front | open' },
  { name: 'lock', outcome: 'skipped', ms: 0, seen: '' },
];

it('names every adapter that only Windows runs, and no other: add a new one to build/windows/adapters.ts', () => {
  const platform = path.join(projectRoot, 'electron/platform');
  const files = readdirSync(platform, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    // It composes the adapters and calls nothing itself.
    .filter((file) => file.endsWith('.win32.ts') && file !== 'system.win32.ts');
  expect(windowsAdapters.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
});

it('names tests that exist, and asks nothing twice', () => {
  for (const { file, wine, bytes, asks } of windowsAdapters) {
    for (const test of [wine, bytes]) if (test !== undefined) expect(textOf(test), file).not.toBe('');
    expect(asks.length, file).toBeGreaterThan(0);
    expect(new Set(asks).size, file).toBe(asks.length);
  }
});

it('the page agrees with the list and with the reports (else: npm run windows-report)', () => {
  const reports = seenReportsSchema.parse(JSON.parse(textOf('docs/windows-reports.json')));
  expect(replaceTables(textOf('docs/windows.md'), reports)).toBe(textOf('docs/windows.md'));
});

it('says by whom and on which build an adapter was seen, and of the others that none was', () => {
  const seen = readReport(report(answers), 'a school in Powys');
  const page = replaceTables(textOf('docs/windows.md'), [seen]);
  const rowOf = (file: string) => page.split('\n').find((line) => line.startsWith(`| \`${file}\``));
  expect(rowOf('session/session.win32.ts')).toContain(
    '| 2026-12-01, Windows 11 Education (10.0.22631), a school in Powys: session |',
  );
  // It asked for consent and got none.
  expect(rowOf('lock/lock.win32.ts')).toMatch(/\| never \|$/u);
  expect(page).toContain('### 2026-12-01: Windows 11 Education (10.0.22631), by a school in Powys');
  expect(page).toContain('| session | answered | 3 | in front \\| open |');
});

it('shows the newest report first, and takes the same one once', () => {
  const older = readReport(report(answers), 'one');
  const newer = { ...older, checkedAt: '2026-12-08T09:00:00.000Z' };
  expect(addReport(addReport(addReport([], older), newer), older)).toEqual([newer, older]);
});

it.each([
  ['a normal report', report(undefined), /normal self-check/u],
  ['a report from Linux', report([], 'Debian GNU/Linux 12'), /not from Windows/u],
  ['another file', '{"a":1}', /no report/u],
  ['no JSON', 'nonsense', /no report/u],
])('refuses %s', (_what, text, reason) => {
  expect(() => readReport(text, 'one')).toThrow(reason);
});

it('the command puts a report into the page and into the list of reports', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'porthor-windows-report-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(path.join(root, 'docs'));
  for (const file of ['docs/windows.md', 'docs/windows-reports.json']) {
    await cp(path.join(projectRoot, file), path.join(root, file));
  }
  const file = path.join(root, 'report.json');
  await writeFile(file, report(answers));
  await expect(runWindowsReport(['add', file], root)).rejects.toThrow(/who ran the check/u);
  expect(await runWindowsReport(['add', file, '--by', 'a school in Powys'], root)).toMatch(/reports\.$/u);
  expect(await readFile(path.join(root, 'docs/windows.md'), 'utf8')).toContain('by a school in Powys');
  const kept = seenReportsSchema.parse(
    JSON.parse(await readFile(path.join(root, 'docs/windows-reports.json'), 'utf8')),
  );
  expect(kept[0]?.by).toBe('a school in Powys');
});

it('every question goes through an adapter', () => {
  const ofAdapters = new Set(windowsAdapters.flatMap(({ asks }) => asks));
  const others = deepQuestionNames.filter((name) => !ofAdapters.has(name));
  expect(others).toEqual([]);
});
