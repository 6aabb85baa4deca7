/** Reports from real Windows PCs, and the tables of `docs/windows.md` that are written from them. */
import { z } from 'zod';
import { type DeepQuestionName, deepReportSchema } from '../../shared/self-check/deep-report.ts';
import { type SelfCheckReport, selfCheckReportSchema } from '../../shared/self-check/report.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { type WindowsAdapter, windowsAdapters } from './adapters.ts';

const seenSchema = z.strictObject({
  /** Who ran the check, in the words of that person. */
  by: z.string().min(1).max(80),
  checkedAt: z.iso.datetime(),
  os: z.string(),
  agentVersion: z.string(),
  electron: z.string(),
  deep: deepReportSchema,
});
export type SeenReport = z.infer<typeof seenSchema>;
export const seenReportsSchema = z.array(seenSchema);

/** Throws a SetupError for a file that is no deep report of a Windows PC. */
export function readReport(text: string, by: string): SeenReport {
  const parsed = parseReport(text);
  if (parsed.deep === undefined) {
    throw new SetupError(
      'This report is of a normal self-check.',
      'Run Porthor --self-check --deep --save FILE on the PC.',
    );
  }
  if (!/^Windows\b/u.test(parsed.os)) {
    throw new SetupError(
      `This report is from ${parsed.os}, not from Windows.`,
      'Add a report of a Windows PC.',
    );
  }
  const { checkedAt, os, agentVersion, runtime, deep } = parsed;
  return { by, checkedAt, os, agentVersion, electron: runtime.electron, deep };
}

function parseReport(text: string): SelfCheckReport {
  try {
    return selfCheckReportSchema.parse(JSON.parse(text));
  } catch {
    throw new SetupError(
      'This file is no report of a self-check.',
      'Name the file that --save wrote, unchanged.',
    );
  }
}

/** The same report again changes nothing. Newest first. */
export function addReport(reports: readonly SeenReport[], added: SeenReport): readonly SeenReport[] {
  const others = reports.filter(
    ({ checkedAt, os, by }) => checkedAt !== added.checkedAt || os !== added.os || by !== added.by,
  );
  return [...others, added].toSorted((one, other) => other.checkedAt.localeCompare(one.checkedAt));
}

const day = (report: SeenReport) => report.checkedAt.slice(0, 10);
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/gu, ' ').trim();
const link = (test: string | undefined) =>
  test === undefined ? '–' : `[${test.split('/').at(-1) ?? test}](../${test})`;

function seenBy({ asks }: WindowsAdapter, reports: readonly SeenReport[]): string {
  const answered = (name: DeepQuestionName, report: SeenReport) =>
    report.deep.some((answer) => answer.name === name && answer.outcome === 'answered');
  for (const report of reports) {
    const names = asks.filter((name) => answered(name, report));
    if (names.length > 0) return `${day(report)}, ${report.os}, ${report.by}: ${names.join(', ')}`;
  }
  return 'never';
}

/** The part of `docs/windows.md` between its two marks. */
function renderTables(reports: readonly SeenReport[]): string {
  const adapters = windowsAdapters.map(
    (adapter) =>
      `| \`${adapter.file}\` | ${link(adapter.wine)} | ${link(adapter.bytes)} | ${cell(seenBy(adapter, reports))} |`,
  );
  const answers = reports.flatMap((report) => [
    '',
    `### ${day(report)}: ${cell(report.os)}, by ${cell(report.by)}`,
    '',
    `Porthor ${report.agentVersion}, Electron ${report.electron}.`,
    '',
    '| question | outcome | ms | seen |',
    '|---|---|---|---|',
    ...report.deep.map(({ name, outcome, ms, seen }) => `| ${name} | ${outcome} | ${ms} | ${cell(seen)} |`),
  ]);
  return [
    '| adapter | called under Wine by | answered from bytes by | seen on Windows |',
    '|---|---|---|---|',
    ...adapters,
    ...(reports.length === 0 ? ['', 'No report of a real PC has been added yet.'] : answers),
    '',
  ].join('\n');
}

const startMark = '<!-- windows-report: written by `npm run windows-report` -->';
const endMark = '<!-- windows-report: end -->';

/** Throws where the marks are missing. */
export function replaceTables(document: string, reports: readonly SeenReport[]): string {
  const [before, rest] = document.split(startMark);
  const after = rest?.split(endMark)[1];
  if (before === undefined || after === undefined) throw new Error('docs/windows.md has lost its marks');
  return `${before}${startMark}\n\n${renderTables(reports)}\n${endMark}${after}`;
}
