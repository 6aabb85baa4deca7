/** One model of a document, between the readers of each format and everything made from it. */

/** A stretch of text in one look. `\n` is a line break by the author, `\t` a tab. */
export type Run = {
  readonly text: string;
  readonly bold?: true;
  readonly italic?: true;
  /** Struck through by the author: no longer valid. */
  readonly struck?: true;
  /** Readers do not see it in the program that wrote the document. */
  readonly hidden?: true;
  /** Inserted by a tracked change that the author has not accepted yet. */
  readonly inserted?: true;
  /** Deleted by a tracked change that the author has not accepted yet. */
  readonly deleted?: true;
  /** The prompt of a form field ("Click here to enter text"), or its row of blanks. */
  readonly prompt?: true;
  /** Address of a link. */
  readonly link?: string;
  /** The run is the mark of this note. */
  readonly noteId?: string;
};

export type NumberFormat =
  | 'bullet'
  | 'decimal'
  | 'lower-letter'
  | 'upper-letter'
  | 'lower-roman'
  | 'upper-roman';

/** How the reader knows that a line is a heading: by a style, by a mark of the format, or by its look. */
type HeadingSource = 'style' | 'mark' | 'look';

export type Heading = {
  readonly kind: 'heading';
  /** 1 is the highest; 0 if only its look makes it a heading. */
  readonly level: number;
  readonly runs: readonly Run[];
  readonly source: HeadingSource;
  readonly page?: number;
};
type Paragraph = {
  readonly kind: 'paragraph';
  readonly runs: readonly Run[];
  readonly page?: number;
};
export type Item = {
  readonly kind: 'item';
  readonly runs: readonly Run[];
  /** Shared by the items of one list. */
  readonly listId: string;
  /** 0 is the outermost. */
  readonly level: number;
  readonly format: NumberFormat;
  /** As the author sees it: `•`, `2.`, `(b)`, `3.1`. */
  readonly label: string;
  readonly page?: number;
};
export type Cell = {
  readonly blocks: readonly Block[];
  /** Continues the cell to its left, or the one above it. */
  readonly merged?: 'left' | 'above';
};
export type Row = { readonly cells: readonly Cell[]; readonly isHeader: boolean };
export type Table = {
  readonly kind: 'table';
  /** All rows have the same number of cells: merged cells are repeated without their content. */
  readonly rows: readonly Row[];
  readonly page?: number;
};
/** A picture or drawing without words of its own. */
type Figure = { readonly kind: 'figure'; readonly description: string; readonly page?: number };
/** The text of a footnote or an endnote. */
type NoteBlock = {
  readonly kind: 'note';
  readonly id: string;
  readonly runs: readonly Run[];
  readonly page?: number;
};
/** A line for a signature, a name or a date, with nothing filled in. */
type Field = { readonly kind: 'field'; readonly runs: readonly Run[]; readonly page?: number };
/** An entry of a list of contents, or the heading of that list. */
type ContentsEntry = {
  readonly kind: 'contents';
  readonly runs: readonly Run[];
  readonly page?: number;
};
/** Text that belongs to the page rather than to the document. */
export type Furniture = {
  readonly kind: 'furniture';
  readonly what: 'running line' | 'page number';
  readonly runs: readonly Run[];
  readonly page?: number;
};
/** A line drawn between two parts. */
type Rule = { readonly kind: 'rule'; readonly page?: number };

export type Block =
  | Heading
  | Paragraph
  | Item
  | Table
  | Figure
  | NoteBlock
  | Field
  | ContentsEntry
  | Furniture
  | Rule;

/** Blocks that are lines of text for readers. */
export type TextBlock = Heading | Paragraph | Item | Field;

type DocumentFormat = 'word' | 'odt' | 'pdf' | 'html' | 'markdown' | 'text';

export type SourceDocument = {
  readonly format: DocumentFormat;
  readonly blocks: readonly Block[];
  /** A scanner has read the letters, so any of them may be wrong. */
  readonly isScan: boolean;
  /** Every word of the file, read regardless of structure: the word account compares the pack with it. */
  readonly words: string;
  /** What the reader noticed and the author must know. */
  readonly notes: readonly Note[];
};

/** One line of the report: what was done, or what the author must check. */
export type Note = { readonly kind: 'done' | 'check'; readonly text: string };

export const done = (text: string): Note => ({ kind: 'done', text });
export const check = (text: string): Note => ({ kind: 'check', text });

export function isText(block: Block): block is TextBlock {
  return (
    block.kind === 'heading' || block.kind === 'paragraph' || block.kind === 'item' || block.kind === 'field'
  );
}

/** The words of runs on one line. */
export function plainText(runs: readonly Run[]): string {
  const known = plainTexts.get(runs);
  if (known?.count === runs.length) return known.text;
  const raw = rawText(runs);
  const text = /[^\S ]| {2}/u.test(raw) ? raw.replaceAll(/\s+/gu, ' ').trim() : raw.trim();
  plainTexts.set(runs, { count: runs.length, text });
  return text;
}

/** Every step of the import asks for the words of the same runs. Readers add runs to a list, but change none. */
const plainTexts = new WeakMap<readonly Run[], { readonly count: number; readonly text: string }>();

/** The words of runs unchanged, with tabs and line breaks. */
export function rawText(runs: readonly Run[]): string {
  let text = '';
  for (const run of runs) text += run.text;
  return text;
}

/** The words of a block on one line; those of a table cell by cell. */
export function textOf(block: Block): string {
  switch (block.kind) {
    case 'table':
      return block.rows
        .flatMap(({ cells }) => cells.map(({ blocks }) => blocks.map(textOf).join(' ')))
        .filter((text) => text !== '')
        .join(' ');
    case 'figure':
      return block.description;
    case 'rule':
      return '';
    default:
      return plainText(block.runs);
  }
}

/** Joins neighbours of the same look and drops empty runs. */
export function joinRuns(runs: readonly Run[]): readonly Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    if (run.text === '' && run.noteId === undefined) continue;
    const last = joined.at(-1);
    if (last !== undefined && looksAlike(last, run)) {
      joined[joined.length - 1] = { ...last, text: last.text + run.text };
    } else joined.push(run);
  }
  return joined;
}

function looksAlike(left: Run, right: Run): boolean {
  return (
    left.bold === right.bold &&
    left.italic === right.italic &&
    left.struck === right.struck &&
    left.hidden === right.hidden &&
    left.inserted === right.inserted &&
    left.deleted === right.deleted &&
    left.prompt === right.prompt &&
    left.link === right.link &&
    left.noteId === undefined &&
    right.noteId === undefined
  );
}

/** The same runs without the space at their outer ends. */
export function trimRuns(runs: readonly Run[]): readonly Run[] {
  const trimmed = [...runs];
  while (trimmed[0]?.text.trim() === '' && trimmed[0].noteId === undefined) trimmed.shift();
  while (trimmed.at(-1)?.text.trim() === '' && trimmed.at(-1)?.noteId === undefined) trimmed.pop();
  const first = trimmed[0];
  if (first !== undefined) trimmed[0] = { ...first, text: first.text.trimStart() };
  const last = trimmed.at(-1);
  if (last !== undefined) trimmed[trimmed.length - 1] = { ...last, text: last.text.trimEnd() };
  return trimmed;
}

/** Cuts `count` characters off the front. */
export function dropStart(runs: readonly Run[], count: number): readonly Run[] {
  let left = count;
  const kept: Run[] = [];
  for (const run of runs) {
    if (left >= run.text.length && left > 0) {
      left -= run.text.length;
      continue;
    }
    kept.push(left > 0 ? { ...run, text: run.text.slice(left) } : run);
    left = 0;
  }
  return trimRuns(kept);
}

/** Splits runs at each separator, and drops the separators. */
export function splitRuns(runs: readonly Run[], separator: string): readonly (readonly Run[])[] {
  const parts: Run[][] = [[]];
  for (const run of runs) {
    for (const [index, text] of run.text.split(separator).entries()) {
      if (index > 0) parts.push([]);
      parts.at(-1)?.push({ ...run, text });
    }
  }
  return parts.map((part) => trimRuns(joinRuns(part)));
}
