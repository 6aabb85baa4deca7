/** How the page shows an outcome of the self-check: a word, a sign and a colour, worst first. */
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { SelfCheckOutcome } from '../../shared/self-check/report.ts';

const worstFirst: readonly SelfCheckOutcome[] = ['failed', 'degraded', 'not-tried', 'ok', 'not-applicable'];

/** Order of outcomes. Smaller is worse. */
export function severity(outcome: SelfCheckOutcome): number {
  return worstFirst.indexOf(outcome);
}

export const outcomeMarks: Readonly<
  Record<SelfCheckOutcome, { readonly word: PlainKey; readonly className: string }>
> = {
  ok: { word: 'problem.outcome.ok', className: 'mark mark-good' },
  degraded: { word: 'problem.outcome.degraded', className: 'mark mark-limited' },
  failed: { word: 'problem.outcome.failed', className: 'mark mark-bad' },
  'not-tried': { word: 'problem.outcome.notTried', className: 'mark' },
  'not-applicable': { word: 'problem.outcome.notApplicable', className: 'mark' },
};
