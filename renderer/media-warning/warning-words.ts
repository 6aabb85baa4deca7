/** Which words a warning uses for what is wrong. */
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { WarningCard } from '../../shared/ipc/media-warning.ts';

interface Reason {
  readonly verdict: PlainKey;
  readonly why: PlainKey;
}

const approvalReasons: Readonly<Record<WarningCard['approval'], PlainKey>> = {
  approved: 'media-warning.notInRegister.why',
  'not-required': 'media-warning.notInRegister.why',
  'not-in-register': 'media-warning.notInRegister.why',
  expired: 'media-warning.expired.why',
  'weak-serial': 'media-warning.weakSerial.why',
};

export function reasonsOf({ problems, approval }: WarningCard): readonly Reason[] {
  const reasons: Readonly<Record<WarningCard['problems'][number], Reason>> = {
    'not-encrypted': { verdict: 'media-warning.notEncrypted', why: 'media-warning.notEncrypted.why' },
    'cannot-tell': { verdict: 'media-warning.cannotTell', why: 'media-warning.cannotTell.why' },
    'not-approved': { verdict: 'media-warning.notApproved', why: approvalReasons[approval] },
  };
  return problems.map((problem) => reasons[problem]);
}

/** One thing to do, for the gravest of what is wrong. */
export function adviceOf({ kind, problems }: WarningCard): PlainKey {
  if (kind === 'disc') return 'media-warning.disc.do';
  if (problems.includes('not-encrypted')) return 'media-warning.notEncrypted.do';
  if (problems.includes('cannot-tell')) return 'media-warning.cannotTell.do';
  return 'media-warning.notApproved.do';
}
