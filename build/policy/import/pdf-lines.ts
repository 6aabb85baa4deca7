/** Joins the pieces of a PDF page into lines, and lines into rows of cells, paragraphs, items and headings. */
import type { Block, Cell, Row, Run } from './document-model.ts';
import { hasBlank, isLabel, listSign, sectionDepth } from './line-signs.ts';
import { joinLines } from './mend-line.ts';
import type { DrawnSign, PageContent, Piece, Rule, Wall } from './pdf-page.ts';
import { isPromise } from './promises.ts';

/** A part of a line without a wide gap. */
type Segment = { text: string; readonly x: number; endX: number; runs: Run[] };

export type PdfLine = {
  readonly segments: readonly Segment[];
  readonly text: string;
  readonly x: number;
  readonly endX: number;
  readonly y: number;
  readonly size: number;
  readonly isBold: boolean;
  readonly isHidden: boolean;
  readonly page: number;
  /** The sign that is drawn before it. */
  readonly sign: DrawnSign | undefined;
  /** A rule is drawn between it and the line above. */
  readonly isBelowRule: boolean;
};

export type Layout = {
  readonly bodySize: number;
  /** Sizes of headings, the largest first. */
  readonly headingSizes: readonly number[];
  /** How far most lines reach to the right. */
  readonly right: number;
  readonly hyphenated: ReadonlySet<string>;
};

/** The stream's own order is the reading order; sorting by position would mix the columns. */
export function toLines({ pieces, signs, rules, walls }: PageContent, page: number): readonly PdfLine[] {
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    const first = group?.find(({ text }) => text.trim() !== '') ?? group?.[0];
    const isSame =
      first !== undefined &&
      first.isHidden === piece.isHidden &&
      Math.abs(first.y - piece.y) < Math.max(first.size, piece.size) * 0.55 &&
      piece.x > (group?.at(-1)?.endX ?? 0) - Math.max(first.size, piece.size) * 2;
    if (group !== undefined && isSame) group.push(piece);
    else if (piece.text.trim() !== '') groups.push([piece]);
  }
  const lines = groups.map((group) => toLine(group, { signs, walls, page }));
  return joinCellLines(
    lines.map((line, index) => ({
      ...line,
      isBelowRule: hasRuleBetween(lines[index - 1], line, rules),
    })),
  );
}

/** How many lines of one cell may come before the next cell of its row. */
const maxCellLines = 8;

/** Some programs draw a table cell by cell. Below a drawn rule, a line beside an earlier line belongs to that line. */
function joinCellLines(lines: readonly PdfLine[]): readonly PdfLine[] {
  const result: PdfLine[] = [];
  let hasRule = false;
  for (const line of lines) {
    hasRule ||= line.isBelowRule;
    const from = Math.max(0, result.length - maxCellLines);
    const beside = hasRule
      ? result.findLastIndex(
          (each, index) => index >= from && Math.abs(each.y - line.y) < line.size * 0.4 && each.endX < line.x,
        )
      : -1;
    const earlier = result[beside];
    if (earlier === undefined) {
      result.push(line);
      continue;
    }
    const segments = [...earlier.segments, ...line.segments];
    result[beside] = { ...earlier, segments, text: `${earlier.text} ${line.text}`, endX: line.endX };
  }
  return result;
}

function hasRuleBetween(above: PdfLine | undefined, line: PdfLine, rules: readonly Rule[]): boolean {
  // The first line of a page has no line above it, but may be the next row of a table.
  const highest = above?.y ?? line.y + line.size * 2;
  if (highest <= line.y) return false;
  return rules.some(
    ({ y, left, right }) => y < highest && y > line.y && left < line.endX && right > line.x - 4,
  );
}

function toLine(
  pieces: readonly Piece[],
  {
    signs,
    walls,
    page,
  }: { readonly signs: readonly DrawnSign[]; readonly walls: readonly Wall[]; readonly page: number },
): PdfLine {
  const solid = pieces.filter(({ text }) => text.trim() !== '');
  const main = solid.reduce(
    (best, piece) => (piece.text.length > best.text.length ? piece : best),
    solid[0] ?? emptyPiece,
  );
  const segments: Segment[] = [];
  for (const piece of solid) {
    const last = segments.at(-1);
    const gap = last === undefined ? 0 : piece.x - last.endX;
    const isRaised = piece.size < main.size * 0.82 && piece.y > main.y + main.size * 0.15;
    const isMark = isRaised && /^\d{1,2}$/u.test(piece.text.trim()) && last !== undefined;
    const run: Run = {
      text: piece.text,
      ...(piece.isBold && { bold: true as const }),
      ...(piece.isItalic && { italic: true as const }),
      ...(piece.isHidden && { hidden: true as const }),
      ...(isMark && { noteId: `pdf-${piece.text.trim()}` }),
    };
    // A list sign and its text are one segment, whatever the distance.
    const isBehindSign = last !== undefined && segments.length === 1 && isSignAlone(last.text);
    const isApart = gap > main.size || hasWallBetween(last, piece, walls);
    if (last === undefined || (isApart && !isBehindSign)) {
      segments.push({ text: piece.text, x: piece.x, endX: piece.endX, runs: [run] });
      continue;
    }
    const needsSpace =
      (gap > main.size * 0.15 || isBehindSign) &&
      !/\s$/u.test(last.text) &&
      !/^\s/u.test(piece.text) &&
      !isMark;
    if (needsSpace) {
      last.text += ' ';
      last.runs.push({ text: ' ' });
    }
    last.text += piece.text;
    last.endX = piece.endX;
    last.runs.push(run);
  }
  joinNumber(segments);
  const x = segments[0]?.x ?? 0;
  const letters = solid.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  return {
    segments,
    text: segments
      .map(({ text }) => text)
      .join(' ')
      .replaceAll(/\s+/gu, ' ')
      .trim(),
    x,
    endX: segments.at(-1)?.endX ?? 0,
    y: main.y,
    size: main.size,
    isBold: letters.length > 0 && letters.every(({ isBold }) => isBold),
    isHidden: solid.every(({ isHidden }) => isHidden),
    page,
    isBelowRule: false,
    sign: signs.find(
      (sign) =>
        sign.x < x && sign.x > x - 45 && sign.y > main.y - main.size * 0.4 && sign.y < main.y + main.size,
    ),
  };
}

/** The cells of a narrow column are close together, and only the line between them shows where one ends. */
function hasWallBetween(last: Segment | undefined, { x, y, size }: Piece, walls: readonly Wall[]): boolean {
  if (last === undefined) return false;
  const middle = y + size * 0.3;
  return walls.some(
    (wall) => wall.x > last.endX - 1 && wall.x < x + 1 && wall.bottom < middle && wall.top > middle,
  );
}

/** The number of a clause and its words are one segment, whatever the distance. */
function joinNumber(segments: Segment[]): void {
  const [first, second] = segments;
  if (segments.length !== 2 || first === undefined || second === undefined) return;
  if (!/^(?:\d{1,2}(?:\.\d{1,2})*|[A-Z]\.\d{1,2})\.?$/u.test(first.text.trim())) return;
  segments.splice(0, 2, {
    text: `${first.text.trim()} ${second.text}`,
    x: first.x,
    endX: second.endX,
    runs: [...first.runs, { text: ' ' }, ...second.runs],
  });
}

const emptyPiece: Piece = {
  text: '',
  x: 0,
  y: 0,
  endX: 0,
  size: 1,
  isBold: false,
  isItalic: false,
  isHidden: false,
  contentId: undefined,
};

function isSignAlone(text: string): boolean {
  const sign = text.trim();
  return sign.length <= 6 && (listSign(`${sign} x`)?.length ?? 0) >= sign.length;
}

export function layoutOf(lines: readonly PdfLine[], hyphenated: ReadonlySet<string>): Layout {
  const counts = new Map<number, number>();
  const round = (size: number) => Math.round(size * 2) / 2;
  for (const { size, text } of lines) counts.set(round(size), (counts.get(round(size)) ?? 0) + text.length);
  const bodySize = [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? 11;
  const headingSizes = [...counts.keys()]
    .filter((size) => size >= bodySize * 1.1)
    .sort((one, other) => other - one);
  const ends = lines.map(({ endX }) => endX).sort((one, other) => one - other);
  return { bodySize, headingSizes, right: ends[Math.floor(ends.length * 0.97)] ?? 500, hyphenated };
}

type Open =
  | {
      readonly kind: 'heading' | 'paragraph' | 'item';
      runs: Run[];
      text: string;
      last: PdfLine;
      textX: number;
      readonly make: (runs: readonly Run[]) => Block;
    }
  | undefined;

/** The blocks of all pages together, so that a paragraph continues over the end of a page. */
export function toBlocks(
  lines: readonly PdfLine[],
  layout: Layout,
): { readonly blocks: readonly Block[]; readonly joined: readonly string[] } {
  const blocks: Block[] = [];
  const joined: string[] = [];
  let open: Open;
  const close = () => {
    if (open !== undefined) blocks.push(open.make(open.runs));
    open = undefined;
  };
  const bulletPlaces: number[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined) break;
    const table = tableAt(lines, index, layout);
    if (table !== undefined) {
      close();
      blocks.push(table.block);
      index = table.end - 1;
      continue;
    }
    const previous = lines[index - 1];
    const started = startOf(line, previous, lines[index + 1], layout, bulletPlaces, open);
    if (started === undefined && open !== undefined && continues(open, line, layout)) {
      const runs = runsOf(line);
      const { text, wasHyphenated } = joinLines(open.text, line.text, layout.hyphenated);
      if (wasHyphenated) joined.push(wordAround(text, open.text.length - 1));
      open.runs = joinRunLines(open.runs, runs, open.text, text);
      open.text = text;
      open.last = line;
      continue;
    }
    close();
    open = started ?? {
      kind: 'paragraph',
      runs: runsOf(line),
      text: line.text,
      last: line,
      textX: line.x,
      make: (runs) => ({ kind: 'paragraph', runs, page: line.page }),
    };
  }
  close();
  return { blocks, joined };
}

function runsOf(line: PdfLine): Run[] {
  return line.segments.flatMap(({ runs }, index) => (index > 0 ? [{ text: '\t' }, ...runs] : runs));
}

function joinRunLines(first: readonly Run[], second: readonly Run[], before: string, joined: string): Run[] {
  const last = first.at(-1);
  if (last === undefined) return [...second];
  if (joined.startsWith(`${before} `)) return [...first, { text: ' ' }, ...second];
  // Whether the hyphen at the end stays.
  const isKept = joined.startsWith(before);
  return [
    ...first.slice(0, -1),
    { ...last, text: isKept ? last.text.trimEnd() : last.text.trimEnd().slice(0, -1) },
    ...second,
  ];
}

function wordAround(text: string, at: number): string {
  const start = text.lastIndexOf(' ', at) + 1;
  const end = text.indexOf(' ', at);
  return text.slice(start, end === -1 ? undefined : end).replace(/[.,;:]$/u, '');
}

function startOf(
  line: PdfLine,
  previous: PdfLine | undefined,
  next: PdfLine | undefined,
  layout: Layout,
  bulletPlaces: number[],
  open: Open,
): Open {
  const sign = listSign(line.text);
  const isDrawn = sign === undefined && line.sign !== undefined;
  if ((sign !== undefined || isDrawn) && !isHeading(line, previous, next, layout, open)) {
    const signX = isDrawn ? (line.sign?.x ?? line.x) : line.x;
    const isFollowing = open?.kind === 'item' || open?.text.endsWith(':') === true;
    if (!isFollowing) bulletPlaces.length = 0;
    while ((bulletPlaces.at(-1) ?? -Infinity) > signX + 6) bulletPlaces.pop();
    if (Math.abs((bulletPlaces.at(-1) ?? -Infinity) - signX) > 6) bulletPlaces.push(signX);
    const level = Math.max(0, bulletPlaces.length - 1);
    const label = sign?.label ?? '•';
    const format = sign?.format ?? 'bullet';
    return {
      kind: 'item',
      runs: dropFront(runsOf(line), sign?.length ?? 0, line.text),
      text: line.text.slice(sign?.length ?? 0),
      last: line,
      textX: isDrawn ? line.x : textBehindSign(line, sign?.length ?? 0),
      make: (runs) => ({ kind: 'item', runs, listId: 'pdf', level, format, label, page: line.page }),
    };
  }
  if (isHeading(line, previous, next, layout, open)) {
    const level = headingLevel(line, layout);
    if (open?.kind === 'heading' && isSameHeading(open.last, line)) return undefined;
    return {
      kind: 'heading',
      runs: runsOf(line),
      text: line.text,
      last: line,
      textX: line.x,
      make: (runs) => ({ kind: 'heading', level, runs, source: 'look', page: line.page }),
    };
  }
  // A field is a line by itself.
  if (isLabel(line.text)) {
    return {
      kind: 'heading',
      runs: runsOf(line),
      text: line.text,
      last: line,
      textX: line.x,
      make: (runs) => ({ kind: 'field', runs, page: line.page }),
    };
  }
  return undefined;
}

function textBehindSign(line: PdfLine, length: number): number {
  const width = line.endX - line.x;
  return line.x + (width * length) / Math.max(1, line.text.length);
}

function dropFront(runs: readonly Run[], count: number, text: string): Run[] {
  const kept = text.slice(count);
  let left = rawOf(runs).replaceAll(/\s+/gu, ' ').trim().length - kept.length;
  const result: Run[] = [];
  for (const [index, run] of runs.entries()) {
    const own = run.text.replaceAll(/\s+/gu, ' ');
    const trimmed = index === 0 ? own.trimStart() : own;
    if (left >= trimmed.length) {
      left -= trimmed.length;
      continue;
    }
    result.push({ ...run, text: trimmed.slice(left) });
    left = 0;
  }
  return result;
}

function rawOf(runs: readonly Run[]): string {
  return runs.map(({ text }) => text).join('');
}

function headingLevel(line: PdfLine, { headingSizes, bodySize }: Layout): number {
  const rank = headingSizes.findIndex((size) => Math.abs(size - line.size) <= 0.5);
  if (rank >= 0 && line.size >= bodySize * 1.1) return Math.min(rank + 1, 5);
  const depth = sectionDepth(line.text);
  return depth === undefined ? 0 : headingSizes.length + depth;
}

function isSameHeading(first: PdfLine, second: PdfLine): boolean {
  return (
    first.page === second.page &&
    Math.abs(first.size - second.size) < 0.6 &&
    first.isBold === second.isBold &&
    first.y - second.y < first.size * 1.6 &&
    listSign(second.text) === undefined
  );
}

function isHeading(
  line: PdfLine,
  previous: PdfLine | undefined,
  next: PdfLine | undefined,
  { bodySize, right }: Layout,
  open: Open,
): boolean {
  const { text } = line;
  if (text.length > 160 || !/\p{L}{2}/u.test(text) || hasBlank(text) || isLabel(text)) return false;
  if (line.size >= bodySize * 1.1) return !/[;,]$/u.test(text);
  const gapBefore = previous === undefined || previous.page !== line.page ? Infinity : previous.y - line.y;
  const gapAfter = next === undefined || next.page !== line.page ? Infinity : line.y - next.y;
  if (/[.;,!]$/u.test(text) || isPromise(text)) return false;
  const isApart = gapBefore > line.size * 1.5 || gapBefore < 0 || open?.kind === 'heading';
  if (line.isBold && text.length <= 110 && /^[\p{Lu}\d(“"]/u.test(text)) {
    return isApart || next?.isBold === false;
  }
  if (!isApart || gapAfter <= line.size * 1.5 || text.length > 70 || /[:?]$/u.test(text)) return false;
  if (!/^(?:\d[\d.]*\s+)?\p{Lu}/u.test(text) || listSign(text)?.format === 'bullet') return false;
  const isCapital = text === text.toUpperCase() && /\p{L}{4}/u.test(text);
  const endsBefore = open === undefined || open.kind === 'heading' || /[.;:!?]["”’)]*$/u.test(open.text);
  const isShort = line.endX < right * 0.7;
  // A short line by itself between a full stop and a complete sentence.
  return (
    isCapital ||
    (endsBefore &&
      isShort &&
      text.split(' ').length >= 2 &&
      next !== undefined &&
      /\p{L}/u.test(next.text) &&
      (next.text.length > text.length * 1.5 || listSign(next.text) !== undefined))
  );
}

function continues(open: NonNullable<Open>, line: PdfLine, { right, bodySize }: Layout): boolean {
  const { last } = open;
  if (Math.abs(last.size - line.size) > 0.8 && open.kind !== 'item') return false;
  if (last.isHidden !== line.isHidden) return false;
  if (open.kind === 'heading')
    return isSameHeading(last, line) && last.isBold === line.isBold && line.size >= bodySize;
  if (isPromise(line.text) && /[.;!?]$/u.test(open.text)) return false;
  const isLow = /^[\p{Ll}(,;’'&/]/u.test(line.text);
  const gap = last.y - line.y;
  const isOverPage = last.page !== line.page || gap < -last.size * 2;
  const firstWord = /^\S+/u.exec(line.text)?.[0].length ?? 1;
  const letterWidth = (line.endX - line.x) / Math.max(1, line.text.length);
  // The author has ended a line in which the next word would have fitted.
  const isFull = last.endX + (firstWord + 1) * letterWidth > right - 2;
  const hasEnded = /[.:;!?]["”’)]*$/u.test(open.text);
  if (isOverPage)
    return (
      isFull &&
      !hasEnded &&
      (isLow || /\b(?:the|a|an|of|to|and|or|for|in|on|by|with|your)$/iu.test(open.text))
    );
  if (gap > Math.max(last.size, line.size) * 1.55) return false;
  if (open.kind === 'item' && line.x < open.textX - 14 && line.x < last.x - 6) return isLow && !hasEnded;
  if (isFull) return true;
  return isLow && !hasEnded && last.endX > right * 0.8;
}

/** Lines whose parts form columns. */
function tableAt(
  lines: readonly PdfLine[],
  from: number,
  layout: Layout,
): { readonly block: Block; readonly end: number } | undefined {
  const first = lines[from];
  if (first === undefined || first.segments.length < 2 || !isRowLike(first)) return undefined;
  let end = from;
  for (; end < lines.length; end += 1) {
    const line = lines[end];
    const before = lines[end - 1];
    if (line === undefined) break;
    if (end > from && before?.page !== line.page) {
      if (isRowOverPage(line, lines.slice(from, end))) continue;
      break;
    }
    if (end > from && (before === undefined || before.y <= line.y)) break;
    if (end > from && before !== undefined && before.y - line.y > line.size * 3.2) break;
    if (line.size >= layout.bodySize * 1.1 && line.segments.length < 2) break;
    if (line.segments.length < 2 && !isInColumn(line, lines.slice(from, end))) break;
    if (line.segments.length >= 2 && !isRowLike(line)) break;
  }
  end = withoutTail(lines, from, end);
  const rows = lines.slice(from, end);
  if (rows.filter(({ segments }) => segments.length >= 2).length < 2) return undefined;
  const columns = columnsOf(rows);
  if (columns.length < 2 || columns.length > 12) return undefined;
  return { block: { kind: 'table', rows: toRows(rows, columns), page: first.page }, end };
}

/** Neither an item with its sign nor a line to sign. */
function isRowLike({ text, segments }: PdfLine): boolean {
  if (isLabel(text) && hasBlank(text)) return false;
  return !(
    segments.length === 2 &&
    isSignAlone(segments[0]?.text ?? '') &&
    listSign(segments[0]?.text.trim().concat(' x') ?? '')?.format === 'bullet'
  );
}

/** A second line of a cell, or a row in which only one cell is filled. */
function isInColumn(line: PdfLine, rows: readonly PdfLine[]): boolean {
  const columns = columnsOf(rows);
  const at = columns.findIndex(({ left }) => Math.abs(left - line.x) < 4);
  if (at > 0) return line.endX < (columns[at + 1]?.left ?? Infinity);
  return at === 0 && line.endX < (columns[1]?.left ?? 0) - 2;
}

type Column = { left: number; right: number };

/** Short lines below a table, at its left and with a gap above, are not rows of it. */
/** The first line of a page is the next row if its cells start where those of the rows above do. */
function isRowOverPage(line: PdfLine, above: readonly PdfLine[]): boolean {
  const rows = above.filter(({ segments }) => segments.length >= 2);
  const starts = rows.flatMap(({ segments }) => segments.map(({ x }) => x));
  const [head] = rows;
  // The names of columns are often centred, so below them only the number of cells counts.
  const isBelowHead =
    head?.isBold === true &&
    rows.length === 1 &&
    !line.isBold &&
    line.segments.length <= head.segments.length;
  return (
    line.page === (above.at(-1)?.page ?? 0) + 1 &&
    line.segments.length >= 2 &&
    isRowLike(line) &&
    (isBelowHead || line.segments.every(({ x }) => starts.some((start) => Math.abs(start - x) < 4)))
  );
}

function withoutTail(lines: readonly PdfLine[], from: number, end: number): number {
  let last = end;
  while (last - 1 > from && (lines[last - 1]?.segments.length ?? 0) < 2) {
    const line = lines[last - 1];
    const above = lines[last - 2];
    if (line === undefined || above === undefined) break;
    const isNear = above.y - line.y < line.size * 1.6 || line.isBelowRule;
    if (
      isNear &&
      !(
        line.isBelowRule === false &&
        /[.:]$/u.test(line.text) &&
        above.segments.length >= 2 &&
        line.text.length > 60
      )
    )
      break;
    last -= 1;
  }
  return last;
}

/** Ranges of the page's width that parts of several lines share. */
function columnsOf(rows: readonly PdfLine[]): readonly Column[] {
  const parts = rows
    .filter(({ segments }) => segments.length >= 2)
    .flatMap(({ segments }) => segments.map(({ x, endX }) => ({ left: x, right: endX })))
    .sort((one, other) => one.left - other.left);
  const columns: Column[] = [];
  for (const part of parts) {
    const last = columns.at(-1);
    if (last !== undefined && part.left < last.right - 1) last.right = Math.max(last.right, part.right);
    else columns.push({ ...part });
  }
  return columns;
}

function toRows(lines: readonly PdfLine[], columns: readonly Column[]): readonly Row[] {
  const rows: { cells: Run[][]; line: PdfLine }[] = [];
  const gaps = lines.slice(1).map((line, index) => (lines[index]?.y ?? 0) - line.y);
  const hasRules = lines.slice(1).filter(({ isBelowRule }) => isBelowRule).length >= 1;
  const usual = [...gaps].sort((one, other) => one - other)[Math.floor(gaps.length / 2)] ?? 0;
  for (const [index, line] of lines.entries()) {
    const cells = columns.map((): Run[] => []);
    for (const segment of line.segments) {
      const at = columns.findLastIndex(({ left }) => left <= segment.x + 4);
      const cell = cells[Math.max(0, at)];
      if (cell !== undefined) cell.push(...(cell.length > 0 ? [{ text: ' ' }] : []), ...segment.runs);
    }
    const last = rows.at(-1);
    const gap = index === 0 ? Infinity : (gaps[index - 1] ?? Infinity);
    const isTight = gap < usual * 0.85 && gap < line.size * 1.45;
    const lacksFirst = (cells[0]?.length ?? 0) === 0;
    const isOverPage = last !== undefined && last.line.page !== line.page;
    const goesOn = isOverPage
      ? false
      : hasRules
        ? !line.isBelowRule
        : isTight || (lacksFirst && line.segments.length < columns.length);
    if (last !== undefined && gap < line.size * 1.6 && goesOn) {
      for (const [column, cell] of cells.entries()) {
        const target = last.cells[column];
        if (cell.length > 0 && target !== undefined)
          target.push(...(target.length > 0 ? [{ text: ' ' }] : []), ...cell);
      }
      continue;
    }
    rows.push({ cells, line });
  }
  return rows.map(({ cells }) => ({
    isHeader: false,
    cells: cells.map((runs): Cell => ({ blocks: runs.length === 0 ? [] : [{ kind: 'paragraph', runs }] })),
  }));
}
