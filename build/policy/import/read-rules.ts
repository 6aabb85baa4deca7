/** Reads an agreement in which no one says "I": its rules become the statements. */
import { add, type Reading } from './agreement-reading.ts';
import { groupsNamed } from './audiences.ts';
import { type Block, done, plainText, textOf } from './document-model.ts';
import { readStem } from './read-stem.ts';
import { hasDuty, isOrder, isRuleOfOthers, isRuleStem, pointsToRules, subjectOf } from './rules-of-others.ts';
import { sentencesOf } from './sentences.ts';

/** In a list of which most items are rules, every item is one. */
const shareOfRules = 0.6;

/** Takes the rule or the list of rules at `index` and returns the index after it; undefined if there is none. */
export function readRules(
  text: string,
  all: readonly Block[],
  index: number,
  reading: Reading,
): number | undefined {
  const sentences = sentencesOf(text);
  const stem = sentences.at(-1) ?? '';
  if (isRuleStem(stem)) {
    const end = rulesBelow(all, index, stem);
    if (end > index + 1) {
      readSentences(sentences.slice(0, -1), reading);
      return readRuleStem(stem, all.slice(index + 1, end), reading) ? end : undefined;
    }
  }
  const block = all[index];
  const isDuty = hasDuty(text) && !/\b(?:we|our)\b/iu.test(text);
  const isRule = isRuleOfOthers(text) || isDuty || (block !== undefined && isAmongRules(all, index, reading));
  return isRule && !isForOtherGroup(text, reading) && !text.endsWith(':') && add(text, reading)
    ? index + 1
    : undefined;
}

/** Half of all items are orders, and no rule names people: then every item is a rule. */
export function givesOrders(all: readonly Block[]): boolean {
  const items = all.filter(({ kind }) => kind === 'item').map(textOf);
  const orders = items.filter((text) => isOrder(text) || hasDuty(text)).length;
  return orders >= 3 && orders >= items.length / 2 && !all.map(textOf).some(isRuleOfOthers);
}

/** The sentences before a stem in its paragraph: rules, or text. */
function readSentences(sentences: readonly string[], reading: Reading): void {
  for (const sentence of sentences) {
    const isTaken = isRuleOfOthers(sentence) && !isForOtherGroup(sentence, reading) && add(sentence, reading);
    if (!isTaken) reading.blocks.push({ kind: 'paragraph', runs: [{ text: sentence }] });
  }
}

function readRuleStem(stem: string, list: readonly Block[], reading: Reading): boolean {
  if (isForOtherGroup(stem, reading)) {
    reading.leftOut.push({ text: [stem, ...list.map(textOf)].join(' '), reason: 'agreement for others' });
    reading.notes.push(done(`Left out, as it is for others: “${stem.slice(0, 120)}”.`));
    return true;
  }
  if (!pointsToRules(stem)) return readStem(stem, list, reading);
  // "Students agree to the following:" announces rules that can be read alone.
  reading.leftOut.push({ text: stem, reason: 'words that only lead to the promises' });
  for (const block of list) if (!add(textOf(block), reading)) reading.blocks.push(block);
  return true;
}

/** The index after the items below a stem; or, if it points below itself, after the paragraphs. */
function rulesBelow(all: readonly Block[], index: number, stem: string): number {
  let end = index + 1;
  for (; end < all.length; end += 1) {
    const each = all[end];
    if (each?.kind !== 'item' || isRuleStem(plainText(each.runs))) break;
  }
  if (end > index + 1 || !pointsToRules(stem)) return end;
  for (; end < all.length; end += 1) {
    const block = all[end];
    if (block?.kind !== 'paragraph' || isRuleStem(plainText(block.runs))) break;
  }
  return end;
}

function isForOtherGroup(text: string, { wanted }: Reading): boolean {
  const named = groupsNamed(subjectOf(text) ?? '');
  return named.size > 0 && ![...named].some((name) => wanted.has(name));
}

/** Most items of its list are rules; or one is, and the heading of the list names rules. */
function isAmongRules(all: readonly Block[], index: number, reading: Reading): boolean {
  const block = all[index];
  if (block?.kind !== 'item') return false;
  if (reading.givesOrders && !/:$/u.test(textOf(block))) return true;
  let start = index;
  let end = index + 1;
  while (all[start - 1]?.kind === 'item') start -= 1;
  while (all[end]?.kind === 'item') end += 1;
  const texts = all.slice(start, end).map(textOf);
  const rules = texts.filter((text) => isRuleOfOthers(text) || hasDuty(text) || isOrder(text)).length;
  const above = all[start - 1];
  const isNamed = above?.kind === 'heading' && namesRules.test(plainText(above.runs));
  return rules > 0 && (isNamed || rules >= texts.length * shareOfRules);
}

const namesRules =
  /\b(?:rules?|conditions?|terms|expectations|responsibilities|rheolau|amodau|telerau|disgwyliadau)\b/iu;
