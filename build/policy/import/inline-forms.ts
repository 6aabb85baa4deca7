/** Removes what a form asks for inside of a sentence: the blank for a name, boxes to tick, a line to sign after it. */
import { isLabel, withoutTrailingBoxes } from './line-signs.ts';

export type WithoutForm = {
  readonly text: string;
  /** Words that only say what to fill in. */
  readonly prompts: readonly string[];
  /** Names of what to fill in that stand before or after the sentence: "Signed: ______". */
  readonly labels: readonly string[];
  /** The sentence misses a word that each person would write: "laptop number ______". */
  readonly hasGap: boolean;
};

const blank = String.raw`(?:_{2,}|\.{5,}|…{2,})`;
const prompt = String.raw`(?:\([^)]{0,60}\)|\[[^\]]{2,60}\])`;
const identityWords =
  'of|from|in|at|the|an?|as|class|form|years?|group|tutor|department|school|pupil|student|learner|employee|governor|volunteer|visitor|member|staff|name|print';
/** "I, ______ (name), of class ______," before the verb: who speaks, and none of what they say. */
const identity = new RegExp(
  String.raw`^(I|Rwyf i|Yr wyf i|Rydw i)\b\s*,?\s*((?:(?:${blank}|${prompt}|${identityWords})(?:\s*,\s*|\s+|(?=[_.…([])))+)`,
  'u',
);
const anyBlank = new RegExp(blank, 'u');
const blankAndSpaces = new RegExp(String.raw`\s*${blank}\s*`, 'gu');
/** "______ (name of governor)": what a blank in a sentence asks for. */
const promptBehindBlank = new RegExp(String.raw`(${blank})\s*(\([^)]{0,60}\))`, 'gu');
const labelBefore = new RegExp(String.raw`^([^.:_…]{2,40}:?\s*${blank})\s*(?=(?:I|We|Rwy|Byddaf)\b)`, 'u');
const labelsAfter = new RegExp(String.raw`(?<=[.!]\s{1,20})(?:[^.:_…!]{2,40}:?\s*${blank}\s*)+$`, 'u');
/** "… at all times. Signed:" without its line. */
const bareLabels = /(?<=[.!])(?:\s+(?:Signed|Signature|Print name|Name|Date|Llofnod\p{L}*|Enw|Dyddiad):)+$/u;
/** "I (or my parents) will" names people, and "I (name in capitals) will" asks for a name. */
const asksWho = new RegExp(
  String.raw`${blank}|\[[^\]]{2,60}\]|\([^)]*\b(?:name|print|insert|capitals?|class|enw|dosbarth)\b[^)]*\)`,
  'iu',
);

export function withoutForm(source: string): WithoutForm {
  const prompts: string[] = [];
  const { text: sentence, labels } = withoutLabels(source.replaceAll(/\s*\(note \S{1,6}\)/gu, ''));
  // In some files the bullet of the next item has slipped to the end of the line above.
  let text = withoutTrailingBoxes(sentence).replace(/(?<=:)\s*[•·▪●]$/u, '');
  const found = identity.exec(text);
  if (found?.[2] !== undefined && asksWho.test(found[2])) {
    prompts.push(found[2]);
    text = `${found[1]} ${text.slice(found[0].length)}`;
  }
  text = text.replaceAll(promptBehindBlank, (_all, gap: string, asked: string) => {
    prompts.push(asked);
    return gap;
  });
  const hasGap = anyBlank.test(text);
  const words = hasGap ? text.replaceAll(blankAndSpaces, ' … ').replaceAll(/\s+(?=[.,;:])/gu, '') : text;
  return { text: words.replaceAll(/\s+/gu, ' ').trim(), prompts, labels, hasGap };
}

/** "Name: ______ I will keep it dry. Signed: ______": takes the lines to fill in from around a sentence. */
function withoutLabels(source: string): { readonly text: string; readonly labels: readonly string[] } {
  const bare = bareLabels.exec(source)?.[0];
  if (bare !== undefined) return { text: source.slice(0, -bare.length).trimEnd(), labels: [bare.trim()] };
  if (!anyBlank.test(source)) return { text: source, labels: [] };
  const labels: string[] = [];
  let text = source;
  const before = labelBefore.exec(text)?.[1];
  if (before !== undefined && isLabel(before)) {
    labels.push(before);
    text = text.slice(before.length).trimStart();
  }
  const after = labelsAfter.exec(text)?.[0];
  if (after !== undefined && isLabel(after)) {
    labels.push(after);
    text = text.slice(0, -after.length).trimEnd();
  }
  return { text, labels };
}
