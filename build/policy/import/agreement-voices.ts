/** Who speaks in a sentence of an agreement: the person, a parent, the school, or several people in turn. */
import type { Reading } from './agreement-reading.ts';
import { groupsNamed } from './audiences.ts';
import { type Block, plainText } from './document-model.ts';
import { isPromiseInAgreement } from './promises.ts';

/** "As a parent, I agree to:" within an agreement of several people. */
export function isSaidByOthers(stem: string, { wanted, hasRoles }: Reading): boolean {
  const role = hasRoles ? groupsNamed(roleOf(stem) ?? '') : new Set<string>();
  return role.size > 0 && ![...role].some((name) => wanted.has(name));
}

/** Who speaks in "As a pupil, I agree to:". */
export function roleOf(text: string): string | undefined {
  return /^As (?:an? |the )?([^,:]{2,60}?),? (?:I|we)\b/u.exec(text)?.[1];
}

export function isForOthers(text: string, { wanted, isCountersigned }: Reading): boolean {
  return isCountersigned || (!wanted.has('parent') && saidByParent.test(text));
}

export const saidByParent =
  /\b(?:my|our) (?:child(?:ren)?(?! protection)|sons?|daughters?)\b|\bfy (?:mhlentyn|mhlant|mab|merch)\b/iu;

/** "The messages I send will be polite": a promise whose subject is the person's own action. */
export function isSaidOfSelf(text: string): boolean {
  return (
    /^(?:The|Any|All|Every|Each|No|What|Anything|Everything)\b[^.:?]*\bI\b[^.:?]*\b(?:will|must|shall|can|may)\b/u.test(
      text,
    ) && !/[:?]$/u.test(text)
  );
}

export function isNeighbour(block: Block | undefined): boolean {
  if (block?.kind !== 'paragraph' && block?.kind !== 'item') return false;
  const text = plainText(block.runs);
  return isPromiseInAgreement(text) || isSaidOfSelf(text);
}
