/** Checks that a submission accepts exactly the policy that is asked. The page checks the same; this check counts. */
import type { Submission, SubmissionRefusal } from '../../../shared/policy/answers.ts';
import { findMissingAnswers } from '../../../shared/policy/missing-answers.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';

export type SubmissionAnswer = 'complete' | SubmissionRefusal;

export function checkSubmission(pack: PolicyPack, submission: Submission): SubmissionAnswer {
  const { manifest, textSha256 } = pack;
  if (
    submission.policyId !== manifest.id ||
    submission.policyVersion !== manifest.version ||
    submission.textSha256 !== textSha256[submission.language]
  ) {
    return 'not-current';
  }
  const known = new Set(manifest.statements.map(({ id }) => id));
  if (submission.ticked.some((id) => !known.has(id))) return 'not-current';
  const missing = findMissingAnswers(manifest, submission);
  if (missing.some(({ kind }) => kind === 'statement')) return 'statements-missing';
  return missing.length > 0 ? 'fields-missing' : 'complete';
}
