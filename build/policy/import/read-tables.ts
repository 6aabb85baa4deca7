/**
 * Finds out what a table is: a page's layout, promises with a column to tick, lines to sign, two languages, or data.
 */
import type { Language } from '../../../shared/lib/language.ts';
import type { LeftOut } from './clean-document.ts';
import {
  type Block,
  type Cell,
  check,
  done,
  type Note,
  plainText,
  type Row,
  type Table,
  textOf,
} from './document-model.ts';
import { guessLanguage } from './guess-language.ts';
import { isLabel, withoutTrailingBoxes } from './line-signs.ts';
import { compose, isPromiseInAgreement, isStem } from './promises.ts';

type TablesRead = {
  readonly blocks: readonly Block[];
  readonly notes: readonly Note[];
  readonly leftOut: readonly LeftOut[];
};

/** More columns than this do not fit on a narrow screen. */
const maxColumns = 8;
/** A row is one line of Markdown, and the characters that escaping adds must fit too. */
const maxRowCharacters = 1200;

export function readTables(blocks: readonly Block[], language: Language): TablesRead {
  const result: Block[] = [];
  const notes: Note[] = [];
  const leftOut: LeftOut[] = [];
  const count = { kept: 0, dissolved: 0, promises: 0 };
  for (const block of blocks) {
    if (block.kind !== 'table') {
      result.push(block);
      continue;
    }
    for (const made of readTable(block, language, notes, leftOut, count)) result.push(made);
  }
  if (count.promises > 0) notes.push(done(`${count.promises} tables of promises were read row by row.`));
  if (count.dissolved > 0) {
    notes.push(
      done(
        `${count.dissolved} tables that only arrange the page were read cell by cell, from the left and from above.`,
      ),
    );
  }
  if (count.kept > 0) notes.push(check(`${count.kept} tables were kept as tables: read them over.`));
  return { blocks: result, notes, leftOut };
}

type Counts = { kept: number; dissolved: number; promises: number };

function readTable(
  table: Table,
  language: Language,
  notes: Note[],
  leftOut: LeftOut[],
  count: Counts,
): readonly Block[] {
  const rows = dropEmpty(table.rows);
  if (rows.length === 0) return [];
  const one = oneLanguage(rows, language);
  if (one !== undefined) {
    notes.push(
      check(
        `A table has one column for each language: the column “${one.title}” was taken, the others left out.`,
      ),
    );
    for (const text of one.others) leftOut.push({ text, reason: 'other language' });
    if (one.isNamed) leftOut.push({ text: one.title, reason: 'name of a column' });
    return one.blocks.flatMap((block) =>
      block.kind === 'table' ? readTable(block, language, notes, leftOut, count) : [block],
    );
  }
  const promised = promiseColumn(rows);
  if (promised !== undefined) {
    count.promises += 1;
    return readPromises(rows, promised, leftOut).flatMap((block) =>
      block.kind === 'table' ? readTable(block, language, notes, leftOut, count) : [block],
    );
  }
  if (rows.every(isSignatureRow)) return rows.map(toField);
  if (isLayout(rows)) {
    count.dissolved += 1;
    return rows.flatMap((row) =>
      isSignatureRow(row)
        ? [toField(row)]
        : row.cells.flatMap(({ blocks }) =>
            blocks.flatMap((block) =>
              block.kind === 'table' ? readTable(block, language, notes, leftOut, count) : [block],
            ),
          ),
    );
  }
  // Lines to sign below the rows of a table are not rows of it.
  const end = rows.length - [...rows].reverse().findIndex((row) => !isSignatureRow(row));
  const data = rows.slice(0, end);
  const fields = rows.slice(end).map(toField);
  count.kept += 1;
  const hasHeader = data[0]?.isHeader === true || looksLikeHeader(data);
  const shaped = data.map((row, index) => ({ ...row, isHeader: hasHeader && index === 0 }));
  const isTooWide =
    width(shaped) > maxColumns ||
    shaped.some(
      ({ cells }) => cells.reduce((sum, cell) => sum + cellText(cell).length, 0) > maxRowCharacters,
    );
  return [...(hasHeader && !isTooWide ? [{ ...table, rows: shaped }] : toRowItems(shaped)), ...fields];
}

function width(rows: readonly Row[]): number {
  return rows[0]?.cells.length ?? 0;
}

function cellText(cell: Cell | undefined): string {
  return cell === undefined ? '' : cell.blocks.map(textOf).join(' ').replaceAll(/\s+/gu, ' ').trim();
}

/** Removes empty rows and columns. */
function dropEmpty(rows: readonly Row[]): readonly Row[] {
  const filled = rows.filter(({ cells }) => cells.some((cell) => cellText(cell) !== ''));
  const columns = Array.from({ length: width(filled) }, (_, index) => index).filter((index) =>
    filled.some(({ cells }) => cellText(cells[index]) !== '' || cells[index]?.merged === undefined),
  );
  return filled.map((row) => ({ ...row, cells: columns.map((index) => row.cells[index] ?? { blocks: [] }) }));
}

function isSignatureRow(row: Row): boolean {
  const texts = row.cells.map(cellText).filter((text) => text !== '');
  return (
    texts.length > 0 &&
    texts.every((text) => isLabel(text) || isBlank(text)) &&
    texts.some((text) => isLabel(text))
  );
}

function isBlank(text: string): boolean {
  return /^[\s_.…☐□\-[\]]*$/u.test(text);
}

function toField(row: Row): Block {
  const texts = row.cells.map(cellText).filter((text) => text !== '' && !isBlank(text));
  return { kind: 'field', runs: [{ text: texts.join('   ') }] };
}

/** What a column beside promises holds: a number, a box, initials, yes or no. */
function isBesidePromise(text: string): boolean {
  return (
    isBlank(text) ||
    /^(?:\(?\w{1,4}[.)]?|[☐☑☒□■✓✔✗\uE000-\uF8FF\s/|[\]xX]+|yes|no|y\s*\/\s*n|yes\s*\/\s*no|ydw|nac ydw|ie|na)$/iu.test(
      text,
    )
  );
}

/** The column that holds the promises of a table; undefined if it holds none. */
function promiseColumn(rows: readonly Row[]): number | undefined {
  if (width(rows) < 2) return undefined;
  for (let column = 0; column < width(rows); column += 1) {
    const header = cellText(rows[0]?.cells[column]);
    const leads = isStem(header, true);
    const body = rows.filter(
      (row, index) => !(index === 0 && (leads || !isPromiseText(cellText(row.cells[column])))),
    );
    const texts = body.map(({ cells }) => cellText(cells[column]));
    const promises = texts.filter((text) => isPromiseText(text) || (leads && text !== '')).length;
    if (promises === 0 || promises < texts.filter((text) => text !== '').length * 0.6) continue;
    const isAlone = body.every(({ cells }) =>
      cells.every(
        (cell, index) => index === column || isBesidePromise(cellText(cell)) || isLabel(cellText(cell)),
      ),
    );
    if (isAlone) return column;
  }
  return undefined;
}

function isPromiseText(text: string): boolean {
  return isPromiseInAgreement(withoutTrailingBoxes(text.replace(/^(?:\(?\d{1,3}[.)]?\s+|[☐☑□✓✔]\s*)/u, '')));
}

function readPromises(rows: readonly Row[], column: number, leftOut: LeftOut[]): readonly Block[] {
  const blocks: Block[] = [];
  const header = cellText(rows[0]?.cells[column]);
  const stem = isStem(header, true) ? header : undefined;
  for (const [index, row] of rows.entries()) {
    const cell = row.cells[column];
    const text = cellText(cell);
    if (index === 0 && (row.isHeader || !isPromiseText(text) || stem !== undefined)) {
      for (const each of row.cells) leave(cellText(each), leftOut);
      continue;
    }
    if (isSignatureRow(row)) {
      blocks.push(toField(row));
      continue;
    }
    if (cell === undefined || text === '') {
      const other = row.cells.map(cellText).filter((each) => each !== '');
      if (other.length > 0) blocks.push({ kind: 'paragraph', runs: [{ text: other.join(' ') }] });
      continue;
    }
    for (const [at, each] of row.cells.entries()) if (at !== column) leave(cellText(each), leftOut);
    const [only, ...more] = cell.blocks;
    if (stem !== undefined && !isPromiseText(text)) {
      blocks.push(asItem([{ text: compose(stem, text).text }]));
    } else if (only !== undefined && more.length === 0 && 'runs' in only) blocks.push(asItem(only.runs));
    else blocks.push(...cell.blocks);
  }
  return blocks;
}

/** Numbers, boxes and the names of columns have no place beside a statement. */
function leave(text: string, leftOut: LeftOut[]): void {
  if (text !== '') leftOut.push({ text, reason: 'words that only lead to the promises' });
}

function asItem(runs: Extract<Block, { kind: 'item' }>['runs']): Block {
  return { kind: 'item', runs, listId: 'table', level: 0, format: 'bullet', label: '•' };
}

/** One column, one row, or cells that hold whole sections: the table only arranges the page. */
function isLayout(rows: readonly Row[]): boolean {
  const texts = (row: Row) => row.cells.filter((cell) => cellText(cell) !== '');
  if (width(rows) === 1 || rows.every((row) => texts(row).length <= 1 || isSignatureRow(row))) return true;
  if (
    rows.length === 1 &&
    !rows.some((row) => texts(row).length > 1 && texts(row).every((cell) => cellText(cell).length < 60))
  )
    return true;
  const cells = rows.flatMap(({ cells: each }) => each);
  if (cells.some(({ blocks }) => blocks.some(({ kind }) => kind === 'heading'))) return true;
  const isStructured = ({ blocks }: Cell) =>
    blocks.filter((block) => 'runs' in block && isPromiseInAgreement(plainText(block.runs))).length >= 2 ||
    blocks.some((block) => 'runs' in block && isStem(plainText(block.runs), false));
  return cells.some(isStructured) || cells.some(({ blocks }) => blocks.some(({ kind }) => kind === 'table'));
}

/** Short words without numbers over a column, or a first row that is bold where the others are not. */
function looksLikeHeader(rows: readonly Row[]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined || rest.length === 0) return false;
  const texts = first.cells.map(cellText);
  const isBold = (row: Row) =>
    row.cells.some((cell) => cellText(cell) !== '') &&
    row.cells.every(({ blocks }) =>
      blocks.every(
        (block) =>
          block.kind === 'heading' ||
          ('runs' in block && block.runs.every(({ bold, text }) => bold === true || text.trim() === '')),
      ),
    );
  if (isBold(first) && !rest.every(isBold)) return true;
  if (texts.every((text) => text === '')) return false;
  const isShort = texts.every((text) => text.length <= 40 && !/[.;:!?]$|\d{3}|@|https?:/u.test(text));
  const named = texts.filter((text) => text !== '').length;
  if (!isShort || named < texts.length - 1) return false;
  if (texts.length >= 3) return true;
  return (
    twoColumnHeader.test(texts.join(' | ')) || rest.every(({ cells }) => cellText(cells.at(-1)).length > 60)
  );
}

const twoColumnHeader =
  /\b(?:statement|action|rule|name|role|what|who|when|where|why|how|term|definition|meaning|description|example|date|version|step|sanction|consequence|responsibilit(?:y|ies)|contact|item|use|device|activity|allowed|not allowed|do|don['’]t|dos|acceptable|unacceptable|staff|pupils|yes|no|rheol|enw|rôl|beth|pwy|ystyr|disgrifiad|dyddiad|gweithred)\b/iu;

/** A table with too many columns, or without names for them, becomes one line per row. */
function toRowItems(rows: readonly Row[]): readonly Block[] {
  const [first] = rows;
  const names = first?.isHeader === true ? first.cells.map(cellText) : undefined;
  return rows.flatMap((row): readonly Block[] => {
    if (row.isHeader) return [];
    const texts = row.cells.map(cellText);
    const text =
      names !== undefined
        ? texts.map((each, index) => `${names[index] || `Column ${index + 1}`}: ${each || '–'}`).join('; ')
        : texts.length === 2 && texts[0] !== '' && texts[1] !== ''
          ? `${texts[0]?.replace(/:$/u, '')}: ${texts[1]}`
          : texts
              .filter((each, index) => each !== '' || row.cells[index]?.merged === undefined)
              .map((each) => each || '–')
              .join(' – ');
    const filled = texts.filter((each) => each !== '').length;
    if (filled === 0) return [];
    return [asItem([{ text: filled === 1 ? texts.join('') : text }])];
  });
}

/** The column of the wanted language, if each column is a language. */
function oneLanguage(
  rows: readonly Row[],
  language: Language,
):
  | {
      readonly blocks: readonly Block[];
      readonly title: string;
      readonly others: readonly string[];
      /** The first row only names the languages. */
      readonly isNamed: boolean;
    }
  | undefined {
  const columns = width(rows);
  if (columns < 2 || columns > 3) return undefined;
  const isEnglishName = (text: string) => /^(?:english|saesneg|in english)(?: version)?\W*$/iu.test(text);
  const isWelshName = (text: string) => /^(?:welsh|cymraeg|yn gymraeg)(?: version)?\W*$/iu.test(text);
  const head = rows[0]?.cells.map(cellText) ?? [];
  const namedWanted = head.findIndex(language === 'en-GB' ? isEnglishName : isWelshName);
  const namedOther = head.findIndex(language === 'en-GB' ? isWelshName : isEnglishName);
  let wanted = namedWanted;
  let others = [namedOther];
  let body: readonly Row[] = rows.slice(1);
  const isNamed = namedWanted !== -1 && namedOther !== -1;
  if (!isNamed) {
    const guesses = head.map((_, index) =>
      guessLanguage(rows.map(({ cells }) => cellText(cells[index])).join(' ')),
    );
    wanted = guesses.indexOf(language);
    others = guesses.flatMap((guess, index) => (guess !== undefined && guess !== language ? [index] : []));
    body = rows;
    if (wanted === -1 || others.length === 0) return undefined;
  }
  return {
    title: head[wanted] ?? language,
    isNamed,
    blocks: body.flatMap(({ cells }) => cells[wanted]?.blocks ?? []),
    others: others.flatMap((index) => rows.map(({ cells }) => cellText(cells[index]))),
  };
}
