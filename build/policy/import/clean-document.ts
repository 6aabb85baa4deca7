/** Keeps what readers see and the author means, and records the rest as left out. */
import {
  type Block,
  type Cell,
  check,
  done,
  dropStart,
  isText,
  joinRuns,
  type Note,
  plainText,
  type Row,
  type Run,
  type SourceDocument,
  splitRuns,
  textOf,
  trimRuns,
} from './document-model.ts';
import { entryOf, findContents } from './find-contents.ts';
import { bulletLength, hasBlank, isLabel, listSign, sectionDepth } from './line-signs.ts';
import { mendCharacters } from './mend-line.ts';
import { isPromise, isStem } from './promises.ts';
import { realAddress } from './real-address.ts';

export type LeftOutReason =
  | 'contents'
  | 'running line'
  | 'page number'
  | 'hidden'
  | 'struck out'
  | 'deleted by a tracked change'
  | 'prompt of a form'
  | 'note without a mark'
  | 'anchor of a heading'
  | 'line for a signature'
  | 'agreement for others'
  | 'what the school signs'
  | 'words that only lead to the promises'
  | 'word that changes in its sentence'
  | 'other language'
  | 'name of a column';

/** Words of the source that the pack leaves out, and why. */
export type LeftOut = { readonly text: string; readonly reason: LeftOutReason };

export type Cleaned = {
  readonly blocks: readonly Block[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Note[];
};

type State = {
  readonly leftOut: LeftOut[];
  readonly notes: Note[];
  readonly brokenLetters: Map<string, number>;
  readonly noteNumbers: Map<string, string>;
  characters: number;
  figures: string[];
  joined: string[];
};

export function cleanDocument({ blocks, format }: SourceDocument): Cleaned {
  const state: State = {
    leftOut: [],
    notes: [],
    brokenLetters: new Map(),
    noteNumbers: new Map(),
    characters: 0,
    figures: [],
    joined: [],
  };
  const visible = cleanAll(blocks, state);
  const withoutList = takeContents(visible, state);
  const looked = withoutList.flatMap((block) => lookAgain(block, true));
  const joined = format === 'text' ? looked : joinTorn(looked, state);
  return { blocks: joined, leftOut: state.leftOut, notes: tell(state) };
}

function tell(state: State): readonly Note[] {
  const { leftOut, brokenLetters, figures, joined, characters } = state;
  const notes: Note[] = [];
  const of = (reason: LeftOutReason) => leftOut.filter((each) => each.reason === reason);
  const quote = (texts: readonly string[], most = 3) =>
    texts
      .slice(0, most)
      .map((text) => `“${text.slice(0, 60)}”`)
      .join(', ') + (texts.length > most ? ', …' : '');
  const contents = of('contents');
  if (contents.length > 0) {
    notes.push(
      check(
        `A list of contents was left out, ${contents.length} lines from ${quote(contents.slice(0, 1).map(({ text }) => text))} to ${quote(contents.slice(-1).map(({ text }) => text))}.`,
      ),
    );
  }
  const numbers = of('page number').length;
  if (numbers > 0) notes.push(done(`${numbers} page numbers were taken out.`));
  const running = new Set(of('running line').map(({ text }) => text));
  if (running.size > 0) {
    notes.push(
      done(`Lines repeated on every page, or beside the text, were taken out: ${quote([...running], 6)}.`),
    );
  }
  for (const { text } of of('hidden').slice(0, 20)) {
    notes.push(check(`Hidden in the document, and so left out: “${text.slice(0, 120)}”.`));
  }
  for (const { text } of of('struck out').slice(0, 50)) {
    notes.push(check(`Struck out in the document, and so left out: “${text.slice(0, 120)}”.`));
  }
  for (const { text } of of('deleted by a tracked change').slice(0, 20)) {
    notes.push(check(`Deleted by an open tracked change, and so left out: “${text.slice(0, 120)}”.`));
  }
  if (figures.length > 0) {
    const described = figures.filter((text) => text !== '');
    notes.push(
      check(
        `Pictures were left out (${figures.length}): say in words what they show${described.length > 0 ? `; their descriptions: ${quote(described, 5)}` : ''}.`,
      ),
    );
  }
  if (brokenLetters.size > 0) {
    const mends = [...brokenLetters].map(([mend, count]) => `${mend} (${count})`).join(', ');
    notes.push(check(`Letters that a broken font had spoilt were mended; check the words: ${mends}.`));
  }
  if (characters > 0) notes.push(done(`Characters were mended in ${characters} places.`));
  if (joined.length > 0) {
    notes.push(check(`${joined.length} lines were put together with the line before: ${quote(joined, 8)}.`));
  }
  return [...state.notes, ...notes];
}

function cleanAll(blocks: readonly Block[], state: State): Block[] {
  const kept: Block[] = [];
  const noteTexts = new Map(
    blocks.flatMap((block) => (block.kind === 'note' ? [[block.id, block] as const] : [])),
  );
  for (const block of blocks) {
    switch (block.kind) {
      case 'contents':
        leave(state, plainText(block.runs), 'contents');
        break;
      case 'furniture':
        leave(state, plainText(block.runs), block.what);
        break;
      case 'figure':
        state.figures.push(block.description);
        break;
      case 'rule':
        break;
      case 'note':
        break;
      case 'table': {
        const rows = block.rows.map(
          ({ cells, isHeader }): Row => ({
            isHeader,
            cells: cells.map((cell): Cell => ({ ...cell, blocks: cleanAll(cell.blocks, state) })),
          }),
        );
        const notes = rows.flatMap(({ cells }) => cells.flatMap((cell) => cell.blocks)).filter(isNoteText);
        kept.push({ ...block, rows: rows.map((row) => ({ ...row, cells: row.cells.map(withoutNoteText) })) });
        kept.push(...notes);
        break;
      }
      default: {
        const cleaned = cleanRuns(block.runs, state);
        const runs = block.kind === 'heading' ? withoutAnchor(cleaned, state) : cleaned;
        if (plainText(runs) !== '') kept.push({ ...block, runs });
        // The words of a note come right after the paragraph that calls it.
        for (const { noteId } of block.runs) {
          const note = noteId === undefined ? undefined : noteTexts.get(noteId);
          if (note === undefined || noteId === undefined) continue;
          noteTexts.delete(noteId);
          const text = cleanRuns(note.runs, state);
          const mark = state.noteNumbers.get(noteId) ?? '';
          kept.push({ kind: 'paragraph', runs: [{ text: `${noteMark(mark)} ` }, ...text] });
        }
      }
    }
  }
  // Programs keep notes whose mark was deleted; readers do not see them.
  for (const note of noteTexts.values()) leave(state, plainText(note.runs), 'note without a mark');
  return kept;
}

/** `Heading {#name}`: some programs write the anchor of a heading after it. */
function withoutAnchor(runs: readonly Run[], state: State): readonly Run[] {
  const last = runs.at(-1);
  const anchor = last === undefined ? null : /\s*\{#[^{}]*\}\s*$/u.exec(last.text);
  if (last === undefined || anchor === null) return runs;
  leave(state, anchor[0].trim(), 'anchor of a heading');
  return trimRuns([...runs.slice(0, -1), { ...last, text: last.text.slice(0, anchor.index) }]);
}

function isNoteText(block: Block): boolean {
  return block.kind === 'paragraph' && /^\(note \S+\) /u.test(block.runs[0]?.text ?? '');
}

function withoutNoteText(cell: Cell): Cell {
  return { ...cell, blocks: cell.blocks.filter((block) => !isNoteText(block)) };
}

function noteMark(mark: string): string {
  return `(note ${mark})`;
}

function leave(state: State, text: string, reason: LeftOutReason): void {
  if (text !== '') state.leftOut.push({ text, reason });
}

/** Letters that "Microsoft Print to PDF" writes where a font joins two. They occur in no word of English or Welsh. */
const spoiltLetters: Readonly<Record<string, string>> = {
  '\u019F': 'ti',
  '\u01A9': 'tt',
  '\u014D': 'ft',
  '\u019E': 'tf',
  '\u014C': 'ft',
  '\u01AA': 'tti',
  '\u01AB': 'tti',
};
const spoilt = /\u019F|\u01A9|\u014D|\u019E|\u01AA|\u01AB/u;

function mendSpoilt(text: string, state: State): string {
  if (!spoilt.test(text)) return text;
  return text.replaceAll(/[\u019F\u01A9\u014D\u019E\u01AA\u01AB]/gu, (letter) => {
    const right = spoiltLetters[letter] ?? letter;
    const mend = `${letter} → ${right}`;
    state.brokenLetters.set(mend, (state.brokenLetters.get(mend) ?? 0) + 1);
    return right;
  });
}

function cleanRuns(runs: readonly Run[], state: State): readonly Run[] {
  const kept: Run[] = [];
  const gone: { text: string; reason: LeftOutReason }[] = [];
  for (const run of joinRuns(runs)) {
    const reason = reasonToLeave(run);
    if (reason !== undefined) {
      const last = gone.at(-1);
      if (last?.reason === reason) last.text += run.text;
      else gone.push({ text: run.text, reason });
      continue;
    }
    if (run.noteId !== undefined) {
      const mark = run.text.replaceAll(/[[\]()]/gu, '').trim() || '*';
      state.noteNumbers.set(run.noteId, mark);
      kept.push({ text: ` ${noteMark(mark)}` });
      continue;
    }
    const link = run.link === undefined ? {} : { link: realAddress(run.link) };
    kept.push({ ...run, ...link, text: mendText(run.text, state) });
  }
  for (const { text, reason } of gone) leave(state, text.replaceAll(/\s+/gu, ' ').trim(), reason);
  if (gone.length === 0) return trimRuns(kept);
  // Removing words leaves two spaces between their neighbours, and one before a full stop.
  return trimRuns(tidySpaces(kept));
}

function tidySpaces(runs: readonly Run[]): readonly Run[] {
  let before = '';
  return runs.map((run) => {
    let { text } = run;
    if (/\s$/u.test(before) || before === '') text = text.replace(/^ +/u, '');
    before = text === '' ? before : text;
    return { ...run, text };
  });
}

function reasonToLeave(run: Run): LeftOutReason | undefined {
  if (run.deleted) return 'deleted by a tracked change';
  if (run.hidden) return 'hidden';
  if (run.struck) return 'struck out';
  if (run.prompt) return 'prompt of a form';
  return undefined;
}

function mendText(text: string, state: State): string {
  if (/^[\t\n -~]*$/u.test(text)) return text;
  const whole = mendSpoilt(text, state);
  let result = '';
  // Line by line, with the breaks and outer spaces that the next run needs.
  for (const [index, line] of whole.split('\n').entries()) {
    const { line: mended, mends } = mendCharacters(line);
    state.characters += mends.characters;
    const end = /\s*$/u.exec(line)?.[0] ?? '';
    result +=
      (index > 0 ? '\n' : '') + mended.trimEnd() + (end.includes('\t') ? '\t' : end === '' ? '' : ' ');
  }
  return result;
}

/** Several lines in a row that are only links to other places of the text are its contents. */
function takeLinkedContents(blocks: readonly Block[], state: State): readonly Block[] {
  const headings = new Set(
    blocks.flatMap((block) => (block.kind === 'heading' ? [entryOf(textOf(block))] : [])),
  );
  const isLinked = (block: Block | undefined) =>
    (block?.kind === 'paragraph' || block?.kind === 'item') &&
    block.runs.every(({ link, text }) => link?.startsWith('#') === true || /^[\s\d.]*$/u.test(text)) &&
    block.runs.some(({ link }) => link?.startsWith('#') === true) &&
    headings.has(entryOf(textOf(block)));
  return blocks.filter((block, index) => {
    const isContents = isLinked(block) && (isLinked(blocks[index - 1]) || isLinked(blocks[index + 1]));
    const isTitle = isLinked(blocks[index + 1]) && /^(?:table of )?contents$|^cynnwys$/iu.test(textOf(block));
    if (isContents || isTitle) leave(state, textOf(block), 'contents');
    return !isContents && !isTitle;
  });
}

/** A list of contents that no style marks. */
function takeContents(source: readonly Block[], state: State): readonly Block[] {
  const blocks = takeLinkedContents(source, state);
  const found = findContents(
    blocks.map((block) => {
      if (block.kind === 'table') return '';
      return block.kind === 'item' && block.format !== 'bullet'
        ? `${block.label} ${textOf(block)}`
        : textOf(block);
    }),
  );
  if (found === undefined) return blocks;
  const { begin, end } = found;
  const taken = blocks.slice(begin, end + 1);
  if (taken.some(({ kind }) => kind === 'table')) return blocks;
  for (const block of taken) leave(state, textOf(block), 'contents');
  return [...blocks.slice(0, begin), ...blocks.slice(end + 1)];
}

/** Finds out from a line's looks what its format does not say: an item after a typed sign, a field, a bold heading. */
function lookAgain(block: Block, mayBeHeading: boolean): readonly Block[] {
  if (block.kind === 'table') {
    return [
      {
        ...block,
        rows: block.rows.map((row) => ({
          ...row,
          // A single bold line in a cell names its column or its row.
          cells: row.cells.map((cell) => ({
            ...cell,
            blocks: cell.blocks.flatMap((each) =>
              lookAgain(each, cell.blocks.length > 1 || row.cells.length === 1),
            ),
          })),
        })),
      },
    ];
  }
  if (block.kind === 'item') {
    const text = plainText(block.runs);
    const signs = bulletLength(text);
    const runs = signs === 0 ? block.runs : dropStart(trimRuns(block.runs), signs);
    const parts = splitLines(runs);
    return parts.map((part, index) =>
      index === 0 ? { ...block, runs: part } : { kind: 'paragraph' as const, runs: part },
    );
  }
  if (block.kind !== 'paragraph') return [block];
  return splitLines(block.runs).map((runs) => lookAtParagraph(runs, mayBeHeading));
}

/** Splits the lines of one paragraph if each is something of its own: a promise, a field, an item. */
function splitLines(runs: readonly Run[]): readonly (readonly Run[])[] {
  const lines = splitRuns(runs, '\n').filter((line) => plainText(line) !== '');
  if (lines.length < 2) return [runs];
  const isOwn = (line: readonly Run[]) => {
    const text = plainText(line);
    return (
      isLabel(text) ||
      isPromise(text) ||
      isStem(text, false) ||
      (listSign(text) !== undefined && !/^[-–—]/u.test(text))
    );
  };
  const own = lines.filter(isOwn).length;
  return own > 0 ? lines : [runs];
}

function lookAtParagraph(runs: readonly Run[], mayBeHeading: boolean): Block {
  const trimmed = trimRuns(runs);
  const text = plainText(trimmed);
  if (isLabel(text)) return { kind: 'field', runs: trimmed };
  const sign = listSign(text);
  if (sign !== undefined && text.length > sign.length && !isWholeBold(trimmed)) {
    return {
      kind: 'item',
      runs: dropStart(trimmed, sign.length),
      listId: 'typed',
      level: 0,
      format: sign.format,
      label: sign.label,
    };
  }
  if (mayBeHeading && looksLikeHeading(trimmed, text)) {
    const depth = sectionDepth(text);
    return { kind: 'heading', level: depth === undefined ? 0 : depth + 1, runs: trimmed, source: 'look' };
  }
  return { kind: 'paragraph', runs: trimmed };
}

function isWholeBold(runs: readonly Run[]): boolean {
  return runs.every(({ bold, text }) => bold === true || !/[\p{L}\p{N}]/u.test(text));
}

/** A short line, all bold, that is not a sentence. */
function looksLikeHeading(runs: readonly Run[], text: string): boolean {
  if (hasBlank(text) || text.length > 120 || !/^[\p{Lu}\d“"‘']/u.test(text)) return false;
  if (isPromise(text) && !isStem(text, true)) return false;
  if (isWholeBold(runs)) return text.length <= 100 && !/[.;,!]$/u.test(text);
  // "1.2 Passwords" and "APPENDIX A" are headings, whatever they look like.
  if (isNumberedTitle(text)) return true;
  const isAppendix = /^(?:appendix|annex|schedule|atodiad)\s+(?:[A-Z]|\d{1,2})\b/iu.test(text);
  return isAppendix && !/[.;,]$/u.test(text) && text.length <= 100;
}

/** "3.2 Use of Social Media": a number of two parts, and words written as in a title. */
function isNumberedTitle(text: string): boolean {
  if (!/^(?:\d{1,2}(?:\.\d{1,2}){1,3}|[A-Z]\.\d{1,2})\.?\s+\p{Lu}/u.test(text)) return false;
  if (text.length > 140 || /[;:,?!]$|(?<!\betc)\.$/u.test(text)) return false;
  const words = text.match(/\p{L}[\p{L}'’&-]{3,}/gu) ?? [];
  return words.filter((word) => /^\p{Lu}/u.test(word)).length >= words.length * 0.6;
}

/**
 * In some texts each printed line is a paragraph. Joins a line to the next if its sentence is open and the next starts
 * in small letters.
 */
function joinTorn(blocks: readonly Block[], state: State): readonly Block[] {
  const result: Block[] = [];
  let isBelowColon = false;
  for (const block of blocks) {
    const before = result.at(-1);
    if (before !== undefined && goesOn(before, block, isBelowColon) && isText(before) && isText(block)) {
      state.joined.push(plainText(block.runs));
      result[result.length - 1] = {
        ...before,
        runs: joinRuns([...before.runs, { text: ' ' }, ...block.runs]),
      };
      continue;
    }
    if (isText(block) && block.kind !== 'item') {
      const text = plainText(block.runs);
      if (/[:;]$/u.test(text)) isBelowColon = true;
      else if (block.kind === 'heading' || /^\p{Lu}/u.test(text)) isBelowColon = false;
    }
    result.push(block);
  }
  return result;
}

/** Words that do not end a sentence. */
const connective =
  /(?:,|\b(?:and|or|the|a|an|of|to|by|for|in|on|at|with|from|that|which|who|whom|if|unless|when|where|because|as|but|than|only|their|your|my|its|our|is|are|be|been|not|will|must|may|should|have|has|a'r|ac|neu|y|yr|o|gan|ar|am|wrth|sy|sydd|yn|i))$/iu;

function goesOn(before: Block, block: Block, isBelowColon: boolean): boolean {
  if (block.kind !== 'paragraph' || (before.kind !== 'paragraph' && before.kind !== 'item')) return false;
  const first = plainText(before.runs);
  const second = plainText(block.runs);
  if (/[.:;?!…][”"’')\]]*$/u.test(first) || isPromise(second)) return false;
  if (connective.test(first) && !/,$/u.test(first))
    return /^[\p{Ll}\d“"‘'(]/u.test(second) || /\b(?:the|a|an|of|and|to)$/iu.test(first);
  if (!/^\p{Ll}/u.test(second)) return false;
  // Short lines in small letters below a colon are a list without signs.
  if (isBelowColon && before.kind === 'paragraph') return false;
  return first.length >= 35;
}
