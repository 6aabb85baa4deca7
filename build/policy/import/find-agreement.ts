/** Takes the agreement out of a document: a person's promises, and the fields below them. */
import { fittingAgreements, isAudienceHeading, type Part, splitParts } from './agreement-parts.ts';
import { groupsOfAudience } from './audiences.ts';
import type { LeftOut } from './clean-document.ts';
import { type Block, check, done, type Item, type Note, plainText, textOf } from './document-model.ts';
import { hasBlank, withoutTrailingBoxes } from './line-signs.ts';
import { compose, isConditional, isPromise, isPromiseInAgreement, isStem } from './promises.ts';

type DraftStatement = { readonly text: string; readonly required: boolean };

type Agreement = {
  readonly statements: readonly DraftStatement[];
  /** A line for a signature was found, so the other fields can be trusted. */
  readonly isSigned: boolean;
  readonly asksName: boolean;
  readonly asksRole: boolean;
};

type Extracted = {
  /** What remains for people to read. */
  readonly blocks: readonly Block[];
  readonly agreement: Agreement;
  readonly notes: readonly Note[];
  readonly leftOut: readonly LeftOut[];
  /** The groups whose agreements were left out. */
  readonly otherGroups: readonly string[];
};

type Options = {
  readonly audience: string;
  readonly title: string | undefined;
  /** Number or title words of the agreement to take, if several fit. */
  readonly agreement: string | undefined;
};

/** The longest statement beside a box; the pack's own rules refuse longer ones. */
const maxStatementCharacters = 400;
const maxStatements = 50;
/** JSON of all statements that fit into an acknowledgement, with room for ids. */
const maxStatementsBytes = 15 * 1024;

export function findAgreement(source: readonly Block[], options: Options): Extracted {
  const parts = splitParts(stemsAsText(withSpeakers(withFields(source))), options.title);
  const agreements = parts.filter(({ isAgreement }) => isAgreement);
  const { wanted, notes } = choose(agreements, options);
  const otherGroups = [
    ...new Set(agreements.filter((part) => part !== wanted).flatMap(({ groups }) => [...groups])),
  ];
  const leftOut: LeftOut[] = [];
  const kept: Block[] = [];
  let agreement: Agreement = { statements: [], isSigned: false, asksName: false, asksRole: false };
  let whole: readonly Block[] = [];
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    const isHeadingOfLeftOut =
      next?.isAgreement === true && next !== wanted && part.sections.every(({ body }) => body.length === 0);
    if (part === wanted) {
      const read = readAgreement(part, groupsOfAudience(options.audience).has('parent'));
      agreement = read.agreement;
      whole = flatten(part).filter(({ kind }) => kind !== 'field');
      append(kept, read.blocks);
      append(notes, read.notes);
      append(leftOut, read.leftOut);
    } else if (part.isAgreement || isHeadingOfLeftOut) {
      for (const block of flatten(part))
        leftOut.push({ text: textOf(block), reason: 'agreement for others' });
    } else append(kept, takeFields(flatten(part), notes, leftOut));
  }
  const hasText = kept.some(({ kind }) => kind !== 'heading');
  if (!hasText && agreement.statements.length > 0) {
    notes.push(
      done(
        'The document is an agreement and nothing else: its words are the text, and its promises the statements.',
      ),
    );
    return { blocks: whole, agreement, notes, leftOut, otherGroups };
  }
  return { blocks: kept, agreement, notes, leftOut, otherGroups };
}

/** Without spreading: the number of a call's arguments is limited, and a book has more paragraphs. */
function append<Each>(list: Each[], more: readonly Each[]): void {
  for (const each of more) list.push(each);
}

/** "Parent or carer" above a promise says who speaks, whatever it looks like. */
function withSpeakers(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) => {
    const next = blocks[index + 1];
    if (block.kind !== 'paragraph' || (next?.kind !== 'paragraph' && next?.kind !== 'item')) return block;
    const text = plainText(block.runs);
    const speaks = isPromise(plainText(next.runs)) || isStem(plainText(next.runs), false);
    return speaks && text.length <= 60 && !/[.;,?!]$/u.test(text) && isAudienceHeading(text)
      ? { kind: 'heading', level: 0, runs: block.runs, source: 'look' }
      : block;
  });
}

/** "Agency:" between lines to fill in is one of them, as it has nothing else to introduce. */
function withFields(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) => {
    if (block.kind !== 'paragraph') return block;
    const before = blocks[index - 1]?.kind;
    const after = blocks[index + 1]?.kind;
    const isAmong = before === 'field' ? after !== 'item' && after !== 'paragraph' : after === 'field';
    const isName = /^\p{Lu}[^.:;?!]{1,40}:[\s_.…]*$/u.test(plainText(block.runs));
    return isAmong && isName && !isStem(plainText(block.runs), true)
      ? { kind: 'field', runs: block.runs }
      : block;
  });
}

/** "I will:" above a list is no section, whatever its look; nor is a promise that is set like a heading. */
function stemsAsText(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) => {
    if (block.kind !== 'heading') return block;
    const text = plainText(block.runs);
    const isStemOfList = blocks[index + 1]?.kind === 'item' && isStem(text, true);
    const isPromiseItself = isPromise(text) && /[.;]$/u.test(text);
    return isStemOfList || isPromiseItself ? { kind: 'paragraph', runs: block.runs } : block;
  });
}

function flatten(part: Part): readonly Block[] {
  return part.sections.flatMap(({ heading, body }) =>
    heading === undefined ? [...body] : [heading, ...body],
  );
}

function choose(
  agreements: readonly Part[],
  { audience, agreement }: Options,
): { readonly wanted: Part | undefined; readonly notes: Note[] } {
  const notes: Note[] = [];
  if (agreements.length === 0) {
    notes.push(check('No agreement (“I will…”) was found: write at least one statement to be ticked.'));
    return { wanted: undefined, notes };
  }
  const fitting = fittingAgreements(agreements, audience);
  const asked = agreement?.toLowerCase();
  const named =
    asked === undefined
      ? undefined
      : /^\d+$/u.test(asked)
        ? fitting[Number(asked) - 1]
        : agreements.find(({ title }) => title.toLowerCase().includes(asked));
  if (asked !== undefined && named === undefined) {
    notes.push(check(`No agreement is called “${agreement}”; the first that fits was taken.`));
  }
  const wanted = named ?? fitting[0];
  if (agreements.length > 1) {
    const taken = wanted === undefined ? 'none is for this audience' : `taken: “${wanted.title}”`;
    notes.push(check(`The document holds ${agreements.length} agreements; ${taken}.`));
  }
  if (wanted === undefined) {
    notes.push(
      check(
        `No agreement for ${audience} was found: write at least one statement to be ticked, or take one of the others with --agreement.`,
      ),
    );
  } else if (fitting.length > 1) {
    const list = fitting.map(({ title }, index) => `${index + 1}. “${title}”`).join(', ');
    notes.push(
      check(
        `${fitting.length} agreements fit this audience: ${list}. Choose another with --agreement NUMBER.`,
      ),
    );
  }
  for (const part of agreements) {
    if (part === wanted) continue;
    const isOther = !fitting.includes(part);
    const whom = part.groups.size > 0 ? ` (for ${[...part.groups].join(', ')})` : '';
    notes.push(
      done(
        isOther
          ? `Left out, as it is for others: “${part.title}”${whom}. Import it with the audience it is for.`
          : `Left out, as another agreement was taken: “${part.title}”.`,
      ),
    );
  }
  return { wanted, notes };
}

const countersignature =
  /authorised signature|for the school|behalf of the school|head ?teacher|\bdeputy\b|approved by|manager|line manager|\bgovernor|chair of|witness|ar ran (?:yr )?ysgol|pennaeth|rheolwr/iu;

/** Lines to sign outside of any agreement: if they have blanks, they are not text of a policy. */
function takeFields(blocks: readonly Block[], notes: Note[], leftOut: LeftOut[]): readonly Block[] {
  const taken: string[] = [];
  const kept = blocks.flatMap((block, index): readonly Block[] => {
    if (block.kind !== 'field') return [block];
    const text = plainText(block.runs);
    const isAmongFields = blocks[index - 1]?.kind === 'field' || blocks[index + 1]?.kind === 'field';
    if (hasBlank(text) || isAmongFields || /sign|llofnod/iu.test(text)) {
      taken.push(text);
      leftOut.push({ text, reason: 'line for a signature' });
      return [];
    }
    return [{ kind: 'paragraph', runs: block.runs }];
  });
  if (taken.length > 0) {
    const shown = taken.slice(0, 4).map((text) => `“${text.replaceAll(/_{2,}|\.{4,}/gu, '…').slice(0, 60)}”`);
    notes.push(check(`Lines to be filled in were left out of the text: ${shown.join(', ')}.`));
  }
  return kept;
}

type Reading = {
  readonly blocks: Block[];
  readonly statements: DraftStatement[];
  readonly notes: Note[];
  readonly leftOut: LeftOut[];
  readonly labels: string[];
  /** A parent may speak of their child, and no other audience does. */
  readonly isForParents: boolean;
  isCountersigned: boolean;
  tooLong: number;
  tooMany: number;
  bytes: number;
};

function readAgreement(part: Part, isForParents: boolean) {
  const all = flatten(part);
  const reading: Reading = {
    blocks: [],
    statements: [],
    notes: [],
    leftOut: [],
    labels: [],
    isForParents,
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
  const text = statementText(plainText(block.runs));
  for (const [prompt] of plainText(block.runs).matchAll(promptBehindBlank)) {
    reading.leftOut.push({ text: prompt, reason: 'prompt of a form' });
  }
  const below = listBelow(all, index, text);
  if (below > index + 1 && isStem(text, true)) {
    const made = readStem(text, all.slice(index + 1, below), reading);
    if (made) return below;
    append(reading.blocks, all.slice(index, below));
    return below;
  }
  if (isPromiseInAgreement(text) && !/:$/u.test(text)) {
    const end = deeperEnd(all, index);
    const details = all.slice(index + 1, end).map(textOf);
    const full = details.length > 0 ? withDetails(text, details) : text;
    if (!reading.isForParents && saidByParent.test(text)) {
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

const saidByParent =
  /\b(?:my|our) (?:child(?:ren)?|sons?|daughters?)\b|\bfy (?:mhlentyn|mhlant|mab|merch)\b/iu;

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

/** "______ (name of governor)": what a blank in a sentence asks for. */
const promptBehindBlank = /(?<=(?:_{2,}|\.{5,}|…{2,})\s*)\([^)]{0,60}\)/gu;

/** Without boxes to tick and blanks for a name: "I, ______ (name), agree". */
function statementText(text: string): string {
  return withoutTrailingBoxes(text.replaceAll(/\s*\(note \S{1,6}\)/gu, ''))
    .replaceAll(/,?\s*(?:_{2,}|\.{5,}|…{2,})\s*(?:\([^)]{0,60}\))?\s*,?\s*/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
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
      return /[:–—…-]$/u.test(stem) || isDeeper ? end : index + 1;
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
  const left: Block[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const block = list[index];
    if (block === undefined || !('runs' in block)) continue;
    const text = statementText(plainText(block.runs));
    const linking = /[;,]\s*(and|or|ac?|neu)$/iu.exec(text)?.[1];
    if (linking !== undefined) {
      reading.leftOut.push({ text: linking, reason: 'words that only lead to the promises' });
    }
    let end = index + 1;
    while (list[end]?.kind === 'item' && levelOf(list[end]) > top && block.kind === 'item') end += 1;
    const below = list.slice(index + 1, end);
    const isOpen = /[:–—…]$/u.test(text);
    const { text: composed, isDoubtful } = compose(stem, text);
    if (isDoubtful) {
      reading.notes.push(
        check(
          `“${composed.slice(0, 120)}” has several sentences after “not”: see that each is still forbidden.`,
        ),
      );
    }
    const made =
      below.length === 0
        ? [composed]
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

function levelOf(block: Block | undefined): number {
  return block?.kind === 'item' ? (block as Item).level : 0;
}

/** False if the pack's rules leave no room for it. */
function add(text: string, reading: Reading): boolean {
  const pieces = shorten(text);
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
  const { notes, statements, blocks, tooLong, tooMany, isCountersigned } = reading;
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
 * Splits at sentences whose first word is I, so that each piece is a promise of its own; undefined if that does not
 * help.
 */
function shorten(text: string): readonly string[] | undefined {
  if (text.length <= maxStatementCharacters) return [text];
  const pieces = text.split(/(?<=[.;])\s+(?=(?:I|Byddaf|Ni fyddaf|Rwy)\b)/u);
  return pieces.length > 1 &&
    pieces.every((piece) => piece.length <= maxStatementCharacters && isPromise(piece))
    ? pieces
    : undefined;
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
