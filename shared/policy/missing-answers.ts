/** What a complete answer needs. Free of schemas, so that the gate's page loads none. */
import type { Draft, TextHashes } from './answers.ts';
import type { PackManifest, Statement } from './pack.ts';

/** The fields that a policy can ask for, in the order in which the page shows them. */
export const answerFields = ['fullName', 'jobRole'] as const;
export type AnswerField = (typeof answerFields)[number];

export type MissingAnswer =
  | { readonly kind: 'statement'; readonly statementId: string }
  | { readonly kind: AnswerField };

/** In the order in which the page shows them. */
export function findMissingAnswers(
  policy: Pick<PackManifest, 'statements' | 'fields'>,
  draft: Draft,
): readonly MissingAnswer[] {
  const ticked = new Set(draft.ticked);
  return [
    ...policy.statements
      .filter(({ id, required }) => required && !ticked.has(id))
      .map(({ id }) => ({ kind: 'statement', statementId: id }) as const),
    ...answerFields
      .filter((field) => policy.fields[field] === 'required' && draft[field].trim() === '')
      .map((kind) => ({ kind })),
  ];
}

interface AnsweredText {
  readonly policyId: string;
  readonly policyVersion: string;
  readonly textSha256: TextHashes;
  readonly statements: readonly Statement[];
}

/**
 * Equal for two policies only when a person reads and ticks the same in both. The version alone does not say that: a school
 * may change a pack without a new number.
 */
export function answeredTextKey({ policyId, policyVersion, textSha256, statements }: AnsweredText): string {
  return JSON.stringify([policyId, policyVersion, textSha256['en-GB'], textSha256['cy-GB'], statements]);
}

export function areSameTexts(left: TextHashes, right: TextHashes): boolean {
  return left['en-GB'] === right['en-GB'] && left['cy-GB'] === right['cy-GB'];
}
