/** Reads one agreement: its promises become statements, and the rest of it stays text. */
import type { Part } from './agreement-parts.ts';
import { groupsNamed } from './audiences.ts';
import type { LeftOut } from './clean-document.ts';
import {
  type Block,
  check,
  done,
  type Item,
  type Note,
  plainText,
  type Run,
  textOf,
} from './document-model.ts';
import { withoutForm } from './inline-forms.ts';
import {
  closeSentence,
  compose,
  isConditional,
  isDeclaration,
  isPromise,
  isPromiseInAgreement,
  isStem,
  isWholeItem,
  promiseOfStem,
  stemProper,
} from './promises.ts';
import { isRuleOfOthers, isRuleStem } from './rules-of-others.ts';
import { cutPromise, mixedPromise, sentencesOf } from './sentences.ts';

type DraftStatement = { readonly text: string; readonly required: boolean };

export type Agreement = {
  readonly statements: readonly DraftStatement[];
  /** A line for a signature was found, so the other fields can be trusted. */
  readonly isSigned: boolean;
  readonly asksName: boolean;
  readonly asksRole: boolean;
};

/** The longest statement beside a box; the pack's own rules refuse longer ones. */
const maxStatementCharacters = 400;
const maxStatements = 50;
/** JSON of all statements that fit into an acknowledgement, with room for ids. */
const maxStatementsBytes = 15 * 1024;

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

type Reading = {
  readonly blocks: Block[];
  readonly statements: DraftStatement[];
  readonly notes: Note[];
  readonly leftOut: LeftOut[];
  readonly labels: string[];
  /** The groups that are asked. */
  readonly wanted: ReadonlySet<string>;
  /** No one says "I", so its rules are the statements. */
  readonly takesRules: boolean;
  /** People of several groups speak, each for themselves. */
  readonly hasRoles: boolean;
  isCountersigned: boolean;
  tooLong: number;
  tooMany: number;
  bytes: number;
};

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
  const next = all[index + 1];
  if (block === undefined) return index + 1;
  if (block.kind === 'field') {
    const text = plainText(block.runs);
    reading.labels.push(text);
    reading.leftOut.push({ text, reason: 'line for a signature' });
    reading.isCountersigned ||= countersignature.test(text);
    return index + 1;
  }
  if (block.kind !== 'paragraph' && block.kind !== 'item') {
    reading.blocks.push(block);
    return index + 1;
  }
  const text = readLeadingSentences(readForm(block.runs, reading), all, index, reading);
  const below = listBelow(all, index, text);
  if (below > index + 1 && isStem(text, true)) {
    const list = all.slice(index + 1, below);
    if (isSaidByOthers(text, reading)) {
      const others = [text, ...list.map(textOf)].join(' ');
      reading.leftOut.push({ text: others, reason: 'agreement for others' });
      reading.notes.push(done(`Left out, as it is for others: “${text.slice(0, 120)}”.`));
      return below;
    }
    if (readStem(stemProper(text), list, reading)) {
      const title = stemProper(text) === text ? '' : text;
      if (title !== '') reading.leftOut.push({ text: title, reason: 'words that only lead to the promises' });
      return below;
    }
    append(reading.blocks, all.slice(index, below));
    return below;
  }
  const ofRules = readRule(text, all, index, reading);
  if (ofRules !== undefined) return ofRules;
  const finished = text.endsWith(':') ? (promiseOfStem(text) ?? acceptance(text, all, index)) : undefined;
  if (finished !== undefined && !reading.isCountersigned && addStem(finished, text, reading))
    return index + 1;
  if (isPromiseInAgreement(text) && !/:$/u.test(text)) {
    const end = deeperEnd(all, index);
    const details = all.slice(index + 1, end).map(textOf);
    const full = details.length > 0 ? withDetails(text, details) : text;
    if (!reading.wanted.has('parent') && saidByParent.test(text)) {
      reading.notes.push(check(`Left out, as a parent says it: “${text.slice(0, 120)}”.`));
      reading.leftOut.push({ text: full, reason: 'agreement for others' });
    } else if (reading.isCountersigned) {
      reading.notes.push(
        done(`Left out, as the school says it and not the person: “${text.slice(0, 120)}”.`),
      );
      reading.leftOut.push({ text: full, reason: 'what the school signs' });
    } else if (!add(full, reading)) append(reading.blocks, all.slice(index, end));
    return end;
  }
  const mixed = isForOthers(text, reading) ? undefined : mixedPromise(text);
  if (mixed !== undefined && add(mixed.promise, reading)) {
    reading.blocks.push({ ...block, runs: [{ text: mixed.lead }] });
    return index + 1;
  }
  if (isSaidOfSelf(text) && (isNeighbour(all[index - 1]) || isNeighbour(next)) && !reading.isCountersigned) {
    if (!add(text, reading)) reading.blocks.push(block);
    return index + 1;
  }
  const leadsOver =
    block.kind === 'paragraph' &&
    text.endsWith(':') &&
    text.length < 120 &&
    next !== undefined &&
    'runs' in next &&
    isPromiseInAgreement(plainText(next.runs));
  // Words that only introduced the promises have nothing left to introduce.
  if (leadsOver) reading.leftOut.push({ text, reason: 'words that only lead to the promises' });
  else reading.blocks.push(block);
  return index + 1;
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
  if (!/[:–—…]$/u.test(text) || reading.isCountersigned || all[index + 1]?.kind !== 'item') return text;
  const sentences = sentencesOf(text);
  const last = sentences.at(-1) ?? '';
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

/** "As a parent, I agree to:" within an agreement of several people. */
function isSaidByOthers(stem: string, { wanted, hasRoles }: Reading): boolean {
  const role = hasRoles ? groupsNamed(roleOf(stem) ?? '') : new Set<string>();
  return role.size > 0 && ![...role].some((name) => wanted.has(name));
}

/** Who speaks in "As a pupil, I agree to:". */
function roleOf(text: string): string | undefined {
  return /^As (?:an? |the )?([^,:]{2,60}?),? (?:I|we)\b/u.exec(text)?.[1];
}

function isForOthers(text: string, { wanted, isCountersigned }: Reading): boolean {
  return isCountersigned || (!wanted.has('parent') && saidByParent.test(text));
}

/** Takes a rule in the third person, or its list; undefined if the block holds none. */
function readRule(text: string, all: readonly Block[], index: number, reading: Reading): number | undefined {
  if (!reading.takesRules || !isRuleOfOthers(text)) return undefined;
  let end = index + 1;
  while (isRuleStem(text) && all[end]?.kind === 'item') end += 1;
  const list = all.slice(index + 1, end);
  if (list.length > 0) return readStem(text, list, reading) ? end : undefined;
  return !text.endsWith(':') && add(text, reading) ? end : undefined;
}

const saidByParent =
  /\b(?:my|our) (?:child(?:ren)?(?! protection)|sons?|daughters?)\b|\bfy (?:mhlentyn|mhlant|mab|merch)\b/iu;

/** "The messages I send will be polite": a promise whose subject is the person's own action. */
function isSaidOfSelf(text: string): boolean {
  return (
    /^(?:The|Any|All|Every|Each|No|What|Anything|Everything)\b[^.:?]*\bI\b[^.:?]*\b(?:will|must|shall|can|may)\b/u.test(
      text,
    ) && !/[:?]$/u.test(text)
  );
}

function isNeighbour(block: Block | undefined): boolean {
  if (block?.kind !== 'paragraph' && block?.kind !== 'item') return false;
  const text = plainText(block.runs);
  return isPromiseInAgreement(text) || isSaidOfSelf(text);
}

/** The words of a block without the form in it, and reports its prompts and lines to sign. */
function readForm(runs: readonly Run[], reading: Reading): string {
  const { text, prompts, labels, hasGap } = withoutForm(plainText(runs));
  for (const prompt of prompts) reading.leftOut.push({ text: prompt, reason: 'prompt of a form' });
  for (const label of labels) {
    reading.labels.push(label);
    reading.leftOut.push({ text: label, reason: 'line for a signature' });
  }
  if (hasGap && isPromiseInAgreement(text)) {
    reading.notes.push(
      check(`A statement has a blank to fill in, and Porthor has none: “${text.slice(0, 120)}”.`),
    );
  }
  return text;
}

/** The index after the list that a stem introduces: its items, or short lines that continue its sentence. */
function listBelow(all: readonly Block[], index: number, stem: string): number {
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
    const isPart = text.length <= 200 && !/[:?]$/u.test(text) && !isPromiseInAgreement(text);
    if (!isPart) break;
  }
  return end;
}

/** The index after the items that are deeper than this one. */
function deeperEnd(all: readonly Block[], index: number): number {
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

function withDetails(text: string, details: readonly string[]): string {
  const listed = details.map((each) => each.replace(/[.;,]+$/u, '')).join('; ');
  return /:$/u.test(text) ? `${text} ${listed}.` : `${text.replace(/[.;]+$/u, '')} (${listed}).`;
}

/** Makes a promise of each item of the list; false if none was made and the list stays unchanged. */
function readStem(stem: string, list: readonly Block[], reading: Reading): boolean {
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

/** Adds a stem that is a promise by itself, without the "and" that led to its list. */
function addStem(promise: string, stem: string, reading: Reading): boolean {
  const isTaken = add(promise, reading);
  const linking = /\b(and|so|ac?|felly):?$/iu.exec(stem)?.[1];
  if (isTaken && linking !== undefined)
    reading.leftOut.push({ text: linking, reason: 'words that only lead to the promises' });
  return isTaken;
}

/** False if the pack's rules leave no room for it. */
function add(text: string, reading: Reading): boolean {
  const pieces = cutPromise(text, maxStatementCharacters);
  if (pieces === undefined) {
    reading.tooLong += 1;
    return false;
  }
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(JSON.stringify(piece)) + 90, 0);
  if (
    reading.statements.length + pieces.length > maxStatements ||
    reading.bytes + bytes > maxStatementsBytes
  ) {
    reading.tooMany += 1;
    return false;
  }
  reading.bytes += bytes;
  for (const piece of pieces) reading.statements.push({ text: piece, required: !isConditional(piece) });
  return true;
}

function tellAgreement(reading: Reading): void {
  const { notes, statements, blocks, tooLong, tooMany, isCountersigned, takesRules } = reading;
  if (tooLong > 0) {
    notes.push(
      check(`${tooLong} promises are too long for a box to tick and stayed in the text: shorten them.`),
    );
  }
  if (isCountersigned) {
    notes.push(
      check(
        'A signature for the school was asked for. Porthor has no place for it: the school gives it in its own way, on paper for instance.',
      ),
    );
  }
  if (tooMany > 0) {
    notes.push(
      check(
        `A pack holds ${maxStatements} statements; ${tooMany} more promises stayed in the text: put some together.`,
      ),
    );
  }
  if (takesRules && statements.length > 0) {
    notes.push(
      check(
        'The agreement gives rules in the third person, and they became the statements: let each say “I” where that reads better.',
      ),
    );
  }
  const optional = statements.filter(({ required }) => !required).length;
  if (optional > 0) {
    notes.push(check(`${optional} statements concern some people only and may be left unticked.`));
  }
  const firstPerson = blocks.filter(
    (block) =>
      (block.kind === 'paragraph' || block.kind === 'item') &&
      /(?<![\p{L}'’])(?:I|my|me)(?![\p{L}])|\b(?:byddaf|fyddaf|rwyf)\b/u.test(plainText(block.runs)),
  );
  const unread = firstPerson.length - tooLong - tooMany;
  if (unread > 0) {
    const shown = firstPerson.slice(0, 5).map((block) => `“${textOf(block).slice(0, 80)}”`);
    notes.push(
      check(
        `${unread} sentences of the agreement in the first person stayed in its text: ${shown.join(', ')}.`,
      ),
    );
  }
  const seconds = statements.filter(({ text }) => /\byou (?:agree|accept|confirm|understand)\b/iu.test(text));
  for (const { text } of seconds)
    notes.push(check(`A statement speaks to “you”; let it say “I”: “${text.slice(0, 120)}”.`));
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
