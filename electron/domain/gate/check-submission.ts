/** Whether what a person sent is an acceptance of exactly the policy that is before them. */
import type { AcceptInput } from '../../../shared/ipc/gate.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';

export type SubmissionAnswer = 'complete' | 'statements-missing' | 'fields-missing' | 'not-current';

/** The window checks the same to help the person; this check is the one that counts. */
export function checkSubmission(pack: PolicyPack, submission: AcceptInput): SubmissionAnswer {
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
  const ticked = new Set(submission.ticked);
  if (manifest.statements.some(({ id, required }) => required && !ticked.has(id))) {
    return 'statements-missing';
  }
  const isMissing = (field: 'fullName' | 'jobRole') =>
    manifest.fields[field] === 'required' && submission[field].trim() === '';
  return isMissing('fullName') || isMissing('jobRole') ? 'fields-missing' : 'complete';
}
