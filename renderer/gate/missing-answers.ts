/** What is still missing before a policy can be accepted; the main process checks the same again. */
import type { Draft, ShownPolicy } from '../../shared/ipc/gate.ts';

export type MissingAnswer =
  | { readonly kind: 'statement'; readonly statementId: string }
  | { readonly kind: 'fullName' }
  | { readonly kind: 'jobRole' };

/** In the order in which the page shows them. */
export function findMissingAnswers(policy: ShownPolicy, draft: Draft): readonly MissingAnswer[] {
  const missing: MissingAnswer[] = [];
  for (const { id, required } of policy.statements) {
    if (required && !draft.ticked.includes(id)) missing.push({ kind: 'statement', statementId: id });
  }
  for (const kind of ['fullName', 'jobRole'] as const) {
    if (policy.fields[kind] === 'required' && draft[kind].trim() === '') missing.push({ kind });
  }
  return missing;
}

/** The id of the control in the page that a missing answer belongs to. */
export function controlId(answer: MissingAnswer): string {
  return answer.kind === 'statement' ? statementControlId(answer.statementId) : fieldControlIds[answer.kind];
}

export function statementControlId(statementId: string): string {
  return `statement-${statementId}`;
}

export const fieldControlIds = { fullName: 'full-name', jobRole: 'job-role' } as const;
