/** Makes a promise of each item below a stem such as "I will not:". */
import { add, addStem, type Reading, readForm } from './agreement-reading.ts';
import { type Block, check, done, type Item, plainText, textOf } from './document-model.ts';
import { withoutForm } from './inline-forms.ts';
import {
  announcesSeveral,
  closeSentence,
  compose,
  isPromiseInAgreement,
  isStem,
  isWholeItem,
  promiseOfStem,
} from './promises.ts';
import { sentencesOf } from './sentences.ts';

/** The index after the list that a stem introduces: its items, or short lines that continue its sentence. */
export function listBelow(all: readonly Block[], index: number, stem: string): number {
  const block = all[index];
  const next = all[index + 1];
  if (block === undefined || next === undefined) return index + 1;
  if (next.kind === 'item') {
    if (block.kind === 'item') {
      const isDeeper = next.level > block.level;
      let end = index + 1;
      for (; end < all.length; end += 1) {
        const each = all[end];
        if (each?.kind !== 'item') break;
        if (
          isDeeper
            ? each.level <= block.level
            : each.level < block.level || isPromiseInAgreement(plainText(each.runs))
        )
          break;
      }
      const isFinished =
        !isDeeper && promiseOfStem(stem) !== undefined && /^\p{Lu}/u.test(plainText(next.runs));
      return (/[:–—…-]$/u.test(stem) || isDeeper) && !isFinished ? end : index + 1;
    }
    let end = index + 1;
    while (all[end]?.kind === 'item') end += 1;
    return end;
  }
  if (next.kind !== 'paragraph' || block.kind !== 'paragraph' || !/[:–—…]$|\.\.\.$/u.test(stem))
    return index + 1;
  let end = index + 1;
  for (; end < all.length; end += 1) {
    const each = all[end];
    if (each?.kind !== 'paragraph') break;
    const text = plainText(each.runs);
    const isOwnStem = all[end + 1]?.kind === 'item' && isStem(sentencesOf(text).at(-1) ?? '', true);
    const isPart = !isOwnStem && text.length <= 200 && !/[:?]$/u.test(text) && !isPromiseInAgreement(text);
    if (!isPart) break;
  }
  // "You agree to the following terms:" above one short and several long paragraphs accepts them all; and one
  // line above a promise is its name.
  const after = all[index + 2];
  const leadsToPromise =
    after !== undefined && 'runs' in after && isPromiseInAgreement(plainText(after.runs));
  if (end === index + 2 && (announcesSeveral(stem) || leadsToPromise)) return index + 1;
  return end;
}

/** The index after the items that are deeper than this one. */
export function deeperEnd(all: readonly Block[], index: number): number {
  const block = all[index];
  let end = index + 1;
  if (block?.kind !== 'item') return end;
  for (; end < all.length; end += 1) {
    const each = all[end];
    if (each?.kind !== 'item' || each.level <= block.level || isPromiseInAgreement(plainText(each.runs)))
      break;
  }
  return end;
}

export function withDetails(text: string, details: readonly string[]): string {
  const listed = details.map((each) => each.replace(/[.;,]+$/u, '')).join('; ');
  return /:$/u.test(text) ? `${text} ${listed}.` : `${text.replace(/[.;]+$/u, '')} (${listed}).`;
}

/** Makes a promise of each item of the list; false if none was made and the list stays unchanged. */
export function readStem(stem: string, list: readonly Block[], reading: Reading): boolean {
  if (reading.isCountersigned) {
    reading.notes.push(done(`Left out, as the school says it and not the person: “${stem.slice(0, 120)}”.`));
    for (const block of list) reading.leftOut.push({ text: textOf(block), reason: 'what the school signs' });
    reading.leftOut.push({ text: stem, reason: 'what the school signs' });
    return true;
  }
  const before = reading.statements.length;
  const top = Math.min(...list.map((block) => (block.kind === 'item' ? block.level : 0)));
  if (list.every((block) => isWholeItem(stem, withoutForm(textOf(block)).text))) {
    const own = promiseOfStem(stem);
    const isTaken = own !== undefined && addStem(own, stem, reading);
    if (!isTaken) reading.leftOut.push({ text: stem, reason: 'words that only lead to the promises' });
  }
  const name = /\([^()]{2,40}\)(?=[:–—…\s]*$)/u.exec(stem)?.[0];
  if (name !== undefined && !compose(stem, 'x').text.includes(name))
    reading.leftOut.push({ text: name, reason: 'words that only lead to the promises' });
  const left: Block[] = [];
  for (const block of list) {
    // "3.1" is a word of the text, and "3." is a sign.
    if (block.kind === 'item' && /^\d+\.\d/u.test(block.label))
      reading.leftOut.push({ text: block.label, reason: 'words that only lead to the promises' });
  }
  for (let index = 0; index < list.length; index += 1) {
    const block = list[index];
    if (block === undefined || !('runs' in block)) continue;
    const text = readForm(block.runs, reading);
    const linking = /[;,]\s*(and|or|ac?|neu)$/iu.exec(text)?.[1];
    if (linking !== undefined) {
      reading.leftOut.push({ text: linking, reason: 'words that only lead to the promises' });
    }
    const isOpen = /[:–—…]$/u.test(text);
    let end = index + 1;
    while (isPartOfItem(text, list[end], top) && block.kind === 'item') end += 1;
    const below = list.slice(index + 1, end);
    const { text: composed, isDoubtful } = compose(stem, text);
    const first = firstWord(text);
    if (
      !composed
        .toLowerCase()
        .split(/[^\p{L}\p{M}]+/u)
        .includes(first.toLowerCase())
    )
      reading.leftOut.push({ text: first, reason: 'word that changes in its sentence' });
    if (isDoubtful) {
      reading.notes.push(
        check(
          `“${composed.slice(0, 120)}” has several sentences after “not”: see that each is still forbidden.`,
        ),
      );
    }
    const made =
      below.length === 0
        ? [isOpen ? closeSentence(composed.replace(/[:–—…]\.?$/u, '')) : composed]
        : isOpen
          ? below.map((each) => compose(compose(stem, text).text.replace(/\.$/u, ''), textOf(each)).text)
          : [withDetails(composed, below.map(textOf))];
    const isTaken = made.map((each) => add(each, reading)).every(Boolean);
    if (!isTaken) left.push(block, ...below);
    index = end - 1;
  }
  if (reading.statements.length === before) return false;
  if (left.length > 0) reading.blocks.push({ kind: 'paragraph', runs: [{ text: stem }] }, ...left);
  return true;
}

/** A deeper item; or one in small letters below "to show no one the names of:", whose signs are all alike. */
function isPartOfItem(item: string, next: Block | undefined, top: number): boolean {
  if (next?.kind !== 'item') return false;
  const isContinued = /[:–—…]$/u.test(item) && /^\p{Lu}/u.test(item) && /^\p{Ll}/u.test(textOf(next));
  return levelOf(next) > top || isContinued;
}

function firstWord(text: string): string {
  return /^[\p{L}\p{M}]+/u.exec(text)?.[0] ?? '';
}

function levelOf(block: Block | undefined): number {
  return block?.kind === 'item' ? (block as Item).level : 0;
}
