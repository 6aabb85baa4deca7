/**
 * Reads a PDF by its own structure if it is tagged, else by the position and look of its letters. Reports for each page
 * that is a picture that its words are missing.
 */
import type { Language } from '../../../shared/lib/language.ts';
import { fail, succeed } from '../../../shared/lib/result.ts';
import {
  type Block,
  check,
  done,
  type Furniture,
  isText,
  joinRuns,
  type Note,
  plainText,
  type Run,
  rawText,
} from './document-model.ts';
import { maxPages } from './import-limits.ts';
import { isLabel, listSign, sectionDepth } from './line-signs.ts';
import { countLostI, hyphenatedWords, mendScannedWords, mendStrokes } from './mend-line.ts';
import { layoutOf, type PdfLine, toBlocks, toLines } from './pdf-lines.ts';
import { type PageContent, readPage } from './pdf-page.ts';
import { readStructure } from './pdf-structure.ts';
import type { OnPage, SourceAnswer } from './source.ts';

/** A cover may have no structure in a file that has one. */
const pagesToAsk = 3;

export async function readPdf(
  bytes: Uint8Array,
  { language, onPage }: { readonly language: Language; readonly onPage: OnPage },
): Promise<SourceAnswer> {
  const { getDocumentProxy, getResolvedPDFJS } = await import('unpdf');
  const pages: PageContent[] = [];
  try {
    const { OPS } = await getResolvedPDFJS();
    // Pass a copy: the reader takes over the bytes, and it refuses Node's own buffer type.
    const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    try {
      if (document.numPages > maxPages) {
        return fail({
          reason: `it has ${document.numPages} pages; at most ${maxPages} are read`,
          remedy: 'import the part that is the policy',
        });
      }
      const layers = await document.getOptionalContentConfig();
      // Most files have no structure; then asking each page for it would only take time.
      let isTagged = true;
      for (let number = 1; number <= document.numPages; number += 1) {
        const page = await document.getPage(number);
        pages.push(await readPage(page, { operators: OPS, layers, isTagged }));
        isTagged &&= number < pagesToAsk || pages.some(({ structure }) => structure !== undefined);
        page.cleanup();
        onPage(number, document.numPages);
      }
    } finally {
      await document.loadingTask.destroy();
    }
  } catch (error) {
    return fail(describeFailure(error));
  }
  const characters = pages.reduce((sum, page) => sum + lettersOf(page), 0);
  if (characters < 20) {
    return fail({
      reason: 'it holds no text, only pictures of pages or nothing',
      remedy: 'have it read by a text-recognition program (OCR) first and import what that makes',
    });
  }
  return succeed(toDocument(pages, language));
}

function describeFailure(error: unknown): { readonly reason: string; readonly remedy: string } {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PasswordException') {
    return {
      reason: 'it is locked with a password',
      remedy: 'save it without a password in the program that made it, and import that',
    };
  }
  return { reason: 'it is damaged, or not a PDF at all', remedy: 'make the PDF again from its original' };
}

function lettersOf({ pieces }: PageContent): number {
  return pieces.reduce((sum, { text }) => sum + text.trim().length, 0);
}

function toDocument(pages: readonly PageContent[], language: Language) {
  const lines = pages.map((page, index) => toLines(page, index + 1));
  const furniture = findFurniture(lines, pages);
  const isScan = pages.some((page) => page.isScan) || countLostI(lines.flat().map(({ text }) => text)) >= 2;
  const mended = isScan && language === 'en-GB' ? lines.map((page) => page.map(mendLine)) : lines;
  const body = mended.map((page, index) =>
    page.filter((_line, at) => furniture.get(index)?.has(at) !== true),
  );
  const hyphenated = hyphenatedWords(body.flat().map(({ text }) => text));
  const layout = layoutOf(body.flat(), hyphenated);
  const blocks: Block[] = [];
  const joined: string[] = [];
  let waiting: PdfLine[] = [];
  const flush = () => {
    const made = toBlocks(waiting, layout);
    for (const block of made.blocks) blocks.push(block);
    joined.push(...made.joined);
    waiting = [];
  };
  for (const [index, page] of pages.entries()) {
    const read = isScan ? undefined : readStructure(page, index + 1, hyphenated);
    if (read === undefined) {
      waiting.push(...(body[index] ?? []));
      continue;
    }
    flush();
    const outside = new Set(read.outside.map(({ text }) => text.trim()).filter((text) => text !== ''));
    for (const text of outside) blocks.push(asFurniture(text, index + 1));
    appendPage(blocks, read.blocks);
  }
  flush();
  for (const [index, page] of lines.entries()) {
    for (const at of furniture.get(index) ?? []) {
      const text = page[at]?.text ?? '';
      if (
        pages[index]?.structure === undefined ||
        !blocks.some(
          (block) => block.kind === 'furniture' && block.page === index + 1 && plainText(block.runs) === text,
        )
      ) {
        blocks.push(asFurniture(text, index + 1));
      }
    }
  }
  const noted = takeNotes(blocks);
  return {
    format: 'pdf' as const,
    blocks: noted,
    isScan,
    words: lines
      .flat()
      .map(({ text }) => text.slice(listSign(text)?.length ?? 0))
      .join('\n'),
    notes: tell(pages, joined, isScan),
  };
}

/** Mends run by run what a scanner misread. */
function mendLine(line: PdfLine): PdfLine {
  const mend = (text: string) => mendScannedWords(mendStrokes(text).line).line;
  return {
    ...line,
    text: mend(line.text),
    segments: line.segments.map((segment) => ({
      ...segment,
      text: mend(segment.text),
      runs: segment.runs.map((run) => ({ ...run, text: mend(run.text) })),
    })),
  };
}

function asFurniture(text: string, page: number): Furniture {
  return {
    kind: 'furniture',
    what: /^\D{0,10}\d{1,3}(?:\D{1,6}\d{1,3})?\D{0,3}$/u.test(text) ? 'page number' : 'running line',
    runs: [{ text }],
    page,
  };
}

/** Continues a paragraph, a list or a table that the end of a page has split. */
function appendPage(blocks: Block[], more: readonly Block[]): void {
  const [first, ...rest] = more;
  const at = blocks.findLastIndex(({ kind }) => kind !== 'furniture');
  const last = blocks[at];
  if (
    first !== undefined &&
    last !== undefined &&
    isText(last) &&
    first.kind === 'paragraph' &&
    last.kind !== 'heading'
  ) {
    const before = plainText(last.runs);
    const after = plainText(first.runs);
    if (!/[.:;!?]["”’)]*$/u.test(before) && /^[\p{Ll}\d(]/u.test(after)) {
      blocks[at] = { ...last, runs: joinRuns([...last.runs, { text: ' ' }, ...first.runs]) };
      blocks.push(...rest);
      return;
    }
  }
  if (
    first?.kind === 'table' &&
    last?.kind === 'table' &&
    first.rows[0]?.cells.length === last.rows[0]?.cells.length
  ) {
    const again = JSON.stringify(first.rows[0]?.cells) === JSON.stringify(last.rows[0]?.cells);
    if (again || first.rows[0]?.isHeader !== true) {
      blocks[at] = { ...last, rows: [...last.rows, ...(again ? first.rows.slice(1) : first.rows)] };
      blocks.push(...rest);
      return;
    }
  }
  blocks.push(...more);
}

const pageNumber =
  /^(?:[-–—\s]*\d{1,3}[-–—\s]*|(?:page|tudalen|p\.)\s*\d{1,3}(?:\s*(?:of|o|\/)\s*\d{1,3})?|\d{1,3}\s*(?:of|o|\/)\s*\d{1,3})$/iu;
/** What a browser prints around a page: the address, the day and the time. */
const printed =
  /^(?:file|https?|about):\S*(?:\s+\d+\/\d+)?$|^\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d{2}(?:\s?[AP]M)?\b/iu;

/** Lines at the edge of pages that appear again in the same position, and page numbers; by page and index. */
function findFurniture(
  pages: readonly (readonly PdfLine[])[],
  contents: readonly PageContent[],
): ReadonlyMap<number, ReadonlySet<number>> {
  const key = ({ text, y }: PdfLine) =>
    `${text
      .toLowerCase()
      .replaceAll(/[\d\s]+/gu, ' ')
      .trim()}@${Math.round(y / 4)}`;
  const isAtEdge = (line: PdfLine, height: number) => line.y > height * 0.87 || line.y < height * 0.11;
  const seen = new Map<string, number>();
  const numbered = new Map<string, number>();
  for (const { text } of pages.flat()) {
    if (sectionDepth(text) !== undefined) numbered.set(text, (numbered.get(text) ?? 0) + 1);
  }
  // "1. Part 1" and "2. Part 2" at the top of two pages are headings: a running line has the same number before it.
  const isSection = ({ text }: PdfLine) => numbered.get(text) === 1;
  for (const [index, page] of pages.entries()) {
    const height = contents[index]?.height ?? 842;
    for (const each of new Set(page.filter((line) => isAtEdge(line, height)).map(key))) {
      seen.set(each, (seen.get(each) ?? 0) + 1);
    }
  }
  const result = new Map<number, Set<number>>();
  for (const [index, page] of pages.entries()) {
    const height = contents[index]?.height ?? 842;
    const taken = new Set<number>();
    for (const [at, line] of page.entries()) {
      if (!isAtEdge(line, height)) continue;
      const count = seen.get(key(line)) ?? 0;
      const isRunning = count >= 2 && count > pages.length / 2 && !isLabel(line.text) && !isSection(line);
      if (isRunning || pageNumber.test(line.text) || printed.test(line.text)) taken.add(at);
    }
    result.set(index, taken);
  }
  return result;
}

/** A paragraph whose first number is that of a mark in the text above is the text of that note. */
function takeNotes(blocks: readonly Block[]): readonly Block[] {
  const marks = new Set(
    blocks.flatMap((block) =>
      'runs' in block ? block.runs.flatMap(({ noteId }) => (noteId === undefined ? [] : [noteId])) : [],
    ),
  );
  if (marks.size === 0) return blocks;
  return blocks.map((block): Block => {
    if (block.kind !== 'paragraph' && block.kind !== 'item') return block;
    const text = plainText(block.runs);
    const number = block.kind === 'item' ? undefined : /^(\d{1,2})\s*(?=\p{L})/u.exec(text);
    const id = number?.[1] === undefined ? undefined : `pdf-${number[1]}`;
    if (id === undefined || number === null || !marks.has(id) || block.runs[0]?.noteId !== undefined)
      return block;
    marks.delete(id);
    return {
      kind: 'note',
      id,
      runs: [
        {
          text: rawText(block.runs)
            .trim()
            .slice(number?.[0].length ?? 0),
        } satisfies Run,
      ],
    };
  });
}

function tell(pages: readonly PageContent[], joined: readonly string[], isScan: boolean): readonly Note[] {
  const notes: Note[] = [];
  const isPicture = (page: PageContent) =>
    (page.pictureShare > 0.12 && lettersOf(page) < 200) || (page.pictures > 0 && lettersOf(page) < 20);
  const missing = isScan ? [] : pages.flatMap((page, index) => (isPicture(page) ? [index + 1] : []));
  for (const page of missing) {
    notes.push(
      check(
        `Page ${page} is a picture or holds one in place of text: its words are missing. Have it read by a text-recognition program (OCR).`,
      ),
    );
  }
  const others = pages.flatMap((page, index) =>
    page.pictures > 0 && !missing.includes(index + 1) && !isScan ? [index + 1] : [],
  );
  if (others.length > 0)
    notes.push(check(`Pictures on pages ${others.join(', ')} were left out: say in words what they show.`));
  if (isScan) notes.push(check('The text was read by a scanner’s program: check names, numbers and dates.'));
  if (joined.length > 0) {
    notes.push(
      done(
        `${joined.length} words that were broken at the end of a line were joined: ${joined.slice(0, 8).join(', ')}.`,
      ),
    );
  }
  return notes;
}
