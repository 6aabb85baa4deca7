/** Writes the report of the self-check as text for a terminal, in one language. */
import { createSelfCheckWords, type SelfCheckKey } from '../../../shared/i18n/self-check-words.ts';
import type { Language } from '../../../shared/lib/language.ts';
import { adviceOn, describeVolume, findingWords, itemWords } from '../../../shared/self-check/item-words.ts';
import type { SelfCheckOutcome, SelfCheckReport } from '../../../shared/self-check/report.ts';

const outcomeWords: Readonly<Record<SelfCheckOutcome, SelfCheckKey>> = {
  ok: 'self-check.outcome.ok',
  degraded: 'self-check.outcome.degraded',
  failed: 'self-check.outcome.failed',
  'not-tried': 'self-check.outcome.notTried',
  'not-applicable': 'self-check.outcome.notApplicable',
};

const resultWords: Readonly<Record<SelfCheckReport['result'], SelfCheckKey>> = {
  ok: 'self-check.result.ok',
  degraded: 'self-check.result.degraded',
  failed: 'self-check.result.failed',
};

/** Details stay as the system gave them, in English: a technician searches for them. */
export function describeReport(
  report: SelfCheckReport,
  language: Language,
  /** The report goes into a file as well. */
  isSaved = false,
): string {
  const words = createSelfCheckWords(language);
  const labels = report.items.map(({ outcome }) => words(outcomeWords[outcome]));
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  const indent = ' '.repeat(width);

  const lines = report.items.flatMap((item, index) => {
    const detail = item.detail === '' ? '' : ` (${item.detail})`;
    const sentence = `${words(itemWords[item.name])}: ${words(findingWords[item.finding])}${detail}`;
    const advice = adviceOn(item);
    return [
      (labels[index] ?? '').padEnd(width) + sentence,
      ...(advice === undefined ? [] : [indent + words('self-check.toDo', { advice: words(advice) })]),
    ];
  });
  const volumes = report.volumes.map(describeVolume);
  const { electron, chrome, node } = report.runtime;
  return [
    `${words('self-check.title')}, ${report.checkedAt}`,
    [
      `Porthor ${report.agentVersion}`,
      `Electron ${electron}`,
      `Chromium ${chrome}`,
      `Node ${node}`,
      report.os,
    ]
      .filter((part) => part !== '')
      .join(', '),
    '',
    ...lines,
    '',
    ...(volumes.length === 0 ? [] : [words('self-check.volumes'), ...volumes.map((line) => `  ${line}`), '']),
    ...describeDeep(report),
    words(resultWords[report.result]),
    ...(isSaved ? [] : [words('self-check.saveHint')]),
    '',
  ].join('\n');
}

/** In English: it is evidence for those who maintain Porthor. */
function describeDeep({ deep }: SelfCheckReport): readonly string[] {
  if (deep === undefined) return [];
  return [...deep.map(({ name, outcome, ms, seen }) => `${name}: ${outcome}, ${ms} ms. ${seen}`.trim()), ''];
}
