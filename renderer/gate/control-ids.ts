/** The ids of the controls in the gate's page: focus moves to them, and labels name them. */
import type { AnswerField, MissingAnswer } from '../../shared/policy/missing-answers.ts';

/** The id of the control that a missing answer belongs to. */
export function controlId(answer: MissingAnswer): string {
  return answer.kind === 'statement' ? statementControlId(answer.statementId) : fieldControlIds[answer.kind];
}

export function statementControlId(statementId: string): string {
  return `statement-${statementId}`;
}

/** Undefined for a control that is no statement. */
export function statementOfControl(id: string): string | undefined {
  return id.startsWith('statement-') ? id.slice('statement-'.length) : undefined;
}

export const fieldControlIds = {
  fullName: 'full-name',
  jobRole: 'job-role',
} as const satisfies Record<AnswerField, string>;
