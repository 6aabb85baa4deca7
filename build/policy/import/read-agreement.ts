/** Reads one agreement: its promises become statements, and the rest of it stays text. */
import { tellAgreement } from './agreement-notes.ts';
import type { Part } from './agreement-parts.ts';
import { add, addStem, type Reading, readForm } from './agreement-reading.ts';
import {
  isForOthers,
  isNeighbour,
  isSaidByOthers,
  isSaidBySchool,
  isSaidOfSelf,
  isStemOfOthers,
  roleOf,
  saidByParent,
  saysI,
} from './agreement-voices.ts';
import { isOfAuthor } from './count-promises.ts';
import { type Block, check, done, plainText, type TextBlock, textOf } from './document-model.ts';
import {
  closeSentence,
  isDeclaration,
  isPromise,
  isPromiseInAgreement,
  isStem,
  promiseOfStem,
  stemProper,
} from './promises.ts';
import { givesOrders, readRules } from './read-rules.ts';
import { deeperEnd, listBelow, readStem, withDetails } from './read-stem.ts';
import { mixedPromise, sentencesOf } from './sentences.ts';

/** Without spreading: the number of a call's arguments is limited, and a book has more paragraphs. */
export function append<Each>(list: Each[], more: readonly Each[]): void {
  for (const each of more) list.push(each);
}

export function flatten(part: Part): readonly Block[] {
  return part.sections.flatMap(({ heading, body }) =>
    heading === undefined ? [...body] : [heading, ...body],
  );
}

const countersignature =
  /authorised signature|for the school|behalf of the school|head ?teacher|\bdeputy\b|approved by|manager|line manager|\bgovernor|chair of|witness|ar ran (?:yr )?ysgol|pennaeth|rheolwr/iu;

export function readAgreement(part: Part, wanted: ReadonlySet<string>, takesRules: boolean) {
  const all = flatten(part);
  const reading: Reading = {
    blocks: [],
    statements: [],
    notes: [],
    leftOut: [],
    labels: [],
    wanted,
    takesRules,
    hasRoles: new Set(all.flatMap((block) => roleOf(textOf(block)) ?? [])).size > 1,
    unread: new Set(part.sections.filter(isOfAuthor).flatMap(({ body }) => body)),
    givesOrders: takesRules && givesOrders(all),
    saysI: saysI(all),
    isCountersigned: false,
    tooLong: 0,
    tooMany: 0,
    bytes: 0,
  };
  let index = 0;
  while (index < all.length) index = readNext(all, index, reading);
  tellAgreement(reading);
  const asked = reading.labels.join(' ');
  const left = withoutEmptySections(reading.blocks, all);
  for (const block of reading.blocks) {
    if (!left.includes(block)) {
      reading.leftOut.push({ text: textOf(block), reason: 'words that only lead to the promises' });
    }
  }
  return {
    blocks: left,
    notes: reading.notes,
    leftOut: reading.leftOut,
    agreement: {
      statements: reading.statements,
      isSigned: reading.labels.length > 0,
      asksName: /name|enw|sign|llofnod|child|pupil|student|employee|disgybl/iu.test(asked),
      asksRole: /job title|role|position|designation|swydd|rôl/iu.test(asked),
    },
  };
}

/** Reads the block at `index` and returns the index after it. */
function readNext(all: readonly Block[], index: number, reading: Reading): number {
  const block = all[index];
  if (block?.kind === 'field') {
    const text = plainText(block.runs);
    reading.labels.push(text);
    reading.leftOut.push({ text, reason: 'line for a signature' });
    reading.isCountersigned ||= countersignature.test(text);
    return index + 1;
  }
  const isRead = block === undefined || !reading.unread.has(block);
  if (!isRead || (block?.kind !== 'paragraph' && block?.kind !== 'item')) {
    if (block !== undefined) reading.blocks.push(block);
    return index + 1;
  }
  const text = readLeadingSentences(readForm(block.runs, reading), all, index, reading);
  const place = { all, index, text };
  const end =
    readListOfOthers(place, reading) ?? readList(place, reading) ?? readSentence(place, block, reading);
  if (end !== undefined) return end;
  // Words that only introduced the promises have nothing left to introduce.
  if (leadsOver(place)) reading.leftOut.push({ text, reason: 'words that only lead to the promises' });
  else reading.blocks.push(block);
  return index + 1;
}

type Place = { readonly all: readonly Block[]; readonly index: number; readonly text: string };

/** "My parents will:" where a child speaks: the list below it stays text. */
function readListOfOthers({ all, index, text }: Place, reading: Reading): number | undefined {
  if (reading.takesRules || !isStemOfOthers(text) || isStem(text, true)) return undefined;
  let end = index + 1;
  while (all[end]?.kind === 'item') end += 1;
  if (end === index + 1) return undefined;
  append(reading.blocks, all.slice(index, end));
  return end;
}

/** Reads a stem with its list and returns the index after it; undefined if there is none. */
function readList({ all, index, text }: Place, reading: Reading): number | undefined {
  const below = listBelow(all, index, text);
  if (below === index + 1 || !isStem(text, true)) return undefined;
  const list = all.slice(index + 1, below);
  if (isSaidByOthers(text, reading)) {
    const others = [text, ...list.map(textOf)].join(' ');
    reading.leftOut.push({ text: others, reason: 'agreement for others' });
    reading.notes.push(done(`Left out, as it is for others: “${text.slice(0, 120)}”.`));
    return below;
  }
  const stem = stemProper(text);
  if (!readStem(stem, list, reading)) append(reading.blocks, all.slice(index, below));
  else if (stem !== text) reading.leftOut.push({ text, reason: 'words that only lead to the promises' });
  return below;
}

/** Reads a promise or a rule that stands alone and returns the index after it; undefined if it is none. */
function readSentence(place: Place, block: TextBlock, reading: Reading): number | undefined {
  const { all, index, text } = place;
  const ofRules = reading.takesRules ? readRules(text, all, index, reading) : undefined;
  if (ofRules !== undefined) return ofRules;
  const neighbours = [all[index - 1], all[index + 1]];
  if (isSaidBySchool(text, reading, neighbours)) return undefined;
  const finished = text.endsWith(':') ? (promiseOfStem(text) ?? acceptance(text, all, index)) : undefined;
  if (finished !== undefined && !reading.isCountersigned && addStem(finished, text, reading))
    return index + 1;
  if (isPromiseInAgreement(text) && !/:$/u.test(text)) return readPromise(place, reading);
  const isOwn = isSaidOfSelf(text, block) && neighbours.some(isNeighbour) && !isForOthers(text, reading);
  if (isOwn && add(text, reading)) return index + 1;
  const mixed = isForOthers(text, reading) ? undefined : mixedPromise(text);
  if (mixed === undefined || !add(mixed.promise, reading)) return undefined;
  reading.blocks.push({ ...block, runs: [{ text: mixed.lead }] });
  return index + 1;
}

/** Reads a promise with the items below it, which are its details. */
function readPromise({ all, index, text }: Place, reading: Reading): number {
  const end = deeperEnd(all, index);
  const details = all.slice(index + 1, end).map(textOf);
  const full = details.length > 0 ? withDetails(text, details) : text;
  if (!reading.wanted.has('parent') && saidByParent.test(text)) {
    reading.notes.push(check(`Left out, as a parent says it: “${text.slice(0, 120)}”.`));
    reading.leftOut.push({ text: full, reason: 'agreement for others' });
  } else if (reading.isCountersigned) {
    reading.notes.push(done(`Left out, as the school says it and not the person: “${text.slice(0, 120)}”.`));
    reading.leftOut.push({ text: full, reason: 'what the school signs' });
  } else if (!add(full, reading)) append(reading.blocks, all.slice(index, end));
  return end;
}

/** A line that only introduces the promise below it. */
function leadsOver({ all, index, text }: Place): boolean {
  const next = all[index + 1];
  return (
    all[index]?.kind === 'paragraph' &&
    text.endsWith(':') &&
    text.length < 120 &&
    next !== undefined &&
    'runs' in next &&
    isPromiseInAgreement(plainText(next.runs))
  );
}

/** "By signing I agree to the following:" above text that promises nothing by itself accepts all of it. */
function acceptance(text: string, all: readonly Block[], index: number): string | undefined {
  const promisesBelow = all.slice(index + 1).some((block) => {
    const below = 'runs' in block ? plainText(block.runs) : '';
    return isPromiseInAgreement(below) || mixedPromise(below) !== undefined;
  });
  return isDeclaration(text) && !promisesBelow ? closeSentence(text.replace(/\s*:$/u, '')) : undefined;
}

/**
 * Reads the sentences before a stem in the same paragraph: "I keep it safe. I agree that:".
 * @returns what remains of the text.
 */
function readLeadingSentences(text: string, all: readonly Block[], index: number, reading: Reading): string {
  if (reading.isCountersigned || all[index + 1]?.kind !== 'item') return text;
  const sentences = sentencesOf(text);
  const last = sentences.at(-1) ?? '';
  if (/(?<!\.\.)[.!;,]$/u.test(last)) return text;
  const before = sentences.slice(0, -1).join(' ');
  if (before === '' || !(isStem(last, true) || /^\p{Lu}[^.]{2,60}:$/u.test(last))) return text;
  const mixed = isPromise(before) ? { lead: '', promise: before } : mixedPromise(before);
  if (mixed === undefined) {
    reading.blocks.push({ kind: 'paragraph', runs: [{ text: before }] });
  } else if (!add(mixed.promise, reading)) {
    return text;
  } else if (mixed.lead !== '') reading.blocks.push({ kind: 'paragraph', runs: [{ text: mixed.lead }] });
  return last;
}

/**
 * Drops headings that have nothing left below them after their promises were taken. A heading right above another
 * heading in `all` had no list: it is a title and stays.
 */
function withoutEmptySections(blocks: readonly Block[], all: readonly Block[]): readonly Block[] {
  let kept = blocks;
  for (;;) {
    const next = kept.filter((block, index) => {
      if (block.kind !== 'heading') return true;
      const after = kept[index + 1];
      if (after === undefined) return false;
      return (
        after.kind !== 'heading' || after.level > block.level || all.indexOf(after) === all.indexOf(block) + 1
      );
    });
    if (next.length === kept.length) return kept;
    kept = next;
  }
}
