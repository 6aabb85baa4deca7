/** Who speaks in a sentence of an agreement: the person, a parent, the school, or several people in turn. */
import type { Reading } from './agreement-reading.ts';
import { groupsNamed } from './audiences.ts';
import { type Block, plainText } from './document-model.ts';
import { isPromiseInAgreement } from './promises.ts';
import { sentencesOf } from './sentences.ts';

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
  /\b(?:my|our) (?:child(?:ren)?(?! protection)|student\b|sons?|daughters?)\b|\bfy (?:mhlentyn|mhlant|mab|merch)\b/iu;

/** "The messages I send will be polite": a promise whose subject is the person's own action or thing. */
export function isSaidOfSelf(text: string, block: Block): boolean {
  if (/[:?]$/u.test(text)) return false;
  // In a list of promises, an item that speaks of "me" is one too.
  const first = sentencesOf(text)[0] ?? text;
  if (block.kind === 'item') return /^\p{Lu}.*(?<![\p{L}'’])(?:I|me|my|mine|myself)(?![\p{L}])/u.test(first);
  return /^(?:The|Any|All|Every|Each|No|What|Anything|Everything)\b[^.:?]*\bI\b[^.:?]*\b(?:will|must|shall|can|may)\b/u.test(
    text,
  );
}

export function isNeighbour(block: Block | undefined): boolean {
  if (block?.kind !== 'paragraph' && block?.kind !== 'item') return false;
  const text = plainText(block.runs);
  return isPromiseInAgreement(text) || isSaidOfSelf(text, block);
}

/** The promises speak of "I" rather than of "we". */
export function saysI(blocks: readonly Block[]): boolean {
  const texts = blocks.flatMap((block) =>
    block.kind === 'paragraph' || block.kind === 'item' ? [plainText(block.runs)] : [],
  );
  const ofUs = texts.filter((text) => /^(?:We|Our)\b/u.test(text) && isPromiseInAgreement(text)).length;
  const ofMe = texts.filter((text) => /\bI\b/u.test(text) && isPromiseInAgreement(text)).length;
  return ofMe > 0 && ofMe >= ofUs;
}

/** "We lend tablets to pupils" where the person says "I". */
export function isSaidBySchool(
  text: string,
  reading: Reading,
  neighbours: readonly (Block | undefined)[],
): boolean {
  if (!reading.saysI || !/^(?:We|Our)\b(?!\s*\/)/u.test(text) || /\bI\b/u.test(text)) return false;
  if (bindsParents.test(text)) return false;
  if (/\b(?:your?|pupils?|students?|learners?|children|parents?|families)\b/iu.test(text)) return true;
  // "We share the tablets" among promises is one of them; apart from them the school speaks.
  return !/\b(?:will|shall|must|won['’]t)\b/u.test(text) && !neighbours.some(isNeighbour);
}

const bindsParents =
  /\bour (?:child(?:ren)?|sons?|daughters?)\b|\b(?:agree|understand|accept|consent|confirm|undertake|acknowledge|promise|have read|support)\b/iu;

const otherPeople =
  '(?:parents?|carers?|caregivers?|guardians?|famil(?:y|ies)|mum|dad|teachers?|school|staff|college|academy|district|council)';
const stemOfOthers = new RegExp(
  `^(?:[^.:]{0,40},\\s)?(?:my|our|the|your|all|as an?)\\s(?:\\p{L}+\\s)?${otherPeople}(?:(?:,| and| or| \\/) (?:my |the )?${otherPeople})*,? (?:we )?(?:will|shall|agrees?(?: to)?|promises?(?: to)?|undertakes?(?: to)?)\\s*(?::|…|\\.\\.\\.)$`,
  'iu',
);

/** "In exchange, my parent or carer will:", "The school will:". */
export function isStemOfOthers(text: string): boolean {
  return stemOfOthers.test(text.trim());
}
