/** The words that a warning uses for each problem. */
import type { Approval } from '../../shared/device/approval.ts';
import type { DeviceProblem } from '../../shared/device/verdict.ts';
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

const titles = {
  'not-encrypted': 'media-warning.notEncrypted',
  'cannot-tell': 'media-warning.cannotTell',
  'not-approved': 'media-warning.notApproved',
} as const satisfies Record<DeviceProblem, PlainKey>;

const reasons = {
  'not-encrypted': 'media-warning.notEncrypted.why',
  'cannot-tell': 'media-warning.cannotTell.why',
  // The reason depends on the approval.
  'not-approved': undefined,
} as const satisfies Record<DeviceProblem, PlainKey | undefined>;

const advice = {
  'not-encrypted': 'media-warning.notEncrypted.do',
  'cannot-tell': 'media-warning.cannotTell.do',
  'not-approved': 'media-warning.notApproved.do',
} as const satisfies Record<DeviceProblem, PlainKey>;

export function reasonsOf({ problems, approval }: WarningCard): readonly Reason[] {
  return problems.map((problem) => ({
    verdict: titles[problem],
    why: reasons[problem] ?? approvalReasons[approval],
  }));
}

/** One thing to do: for the worst problem, which comes first. */
export function adviceOf({ kind, problems }: WarningCard): PlainKey {
  if (kind === 'disc') return 'media-warning.disc.do';
  return advice[problems[0] ?? 'not-approved'];
}
