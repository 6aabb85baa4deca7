/** The words that a warning uses for each problem. */
import type { Approval } from '../../shared/device/approval.ts';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { WarningCard } from '../../shared/ipc/media-warning.ts';

interface Reason {
  readonly verdict: PlainKey;
  readonly why: PlainKey;
}

const approvalReasons = {
  approved: 'media-warning.notInRegister.why',
  'not-required': 'media-warning.notInRegister.why',
  'not-in-register': 'media-warning.notInRegister.why',
  expired: 'media-warning.expired.why',
  'weak-serial': 'media-warning.weakSerial.why',
} as const satisfies Record<Approval, PlainKey>;

/** The compiler asks for words for every problem: their keys hold its name. */
export function reasonsOf({ problems, approval }: WarningCard): readonly Reason[] {
  return problems.map((problem) => ({
    verdict: `media-warning.${problem}`,
    // The reason of a missing approval depends on the approval.
    why: problem === 'not-approved' ? approvalReasons[approval] : `media-warning.${problem}.why`,
  }));
}

/** One thing to do: for the worst problem, which comes first. */
export function adviceOf({ kind, problems }: WarningCard): PlainKey {
  if (kind === 'disc') return 'media-warning.disc.do';
  return `media-warning.${problems[0] ?? 'not-approved'}.do`;
}
