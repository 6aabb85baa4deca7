/** Reads the text of a PDF into lines, with headings told by the size of their letters. */

import type { Language } from '../../../shared/lib/language.ts';
import { fail } from '../../../shared/lib/result.ts';
import { maxPages } from './import-limits.ts';
import { readText } from './read-text.ts';
import type { OnPage, SourceAnswer } from './source.ts';

type Line = {
  text: string;
  /** Height of the letters in points. */
  readonly size: number;
  /** Height above the foot of the page in points. */
  readonly y: number;
  /** Where the line begins and ends across the page, in points. */
  readonly x: number;
  endX: number;
};

/** Where most lines begin, and how far the longest reach. */
type Margins = { readonly left: number; readonly right: number };

export async function readPdf(
  bytes: Uint8Array,
  { language, onPage }: { readonly language: Language; readonly onPage: OnPage },
): Promise<SourceAnswer> {
  const { getDocumentProxy } = await import('unpdf');
  let pages: Line[][];
  try {
    // A copy, because the reader takes the bytes over, and it refuses Node's own kind of them.
    const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    try {
      if (document.numPages > maxPages) {
        return fail({
          reason: `it has ${document.numPages} pages; at most ${maxPages} are read`,
          remedy: 'import the part that is the policy',
        });
      }
      pages = [];
      for (let number = 1; number <= document.numPages; number += 1) {
        const page = await document.getPage(number);
        const { items } = await page.getTextContent();
        pages.push(toLines(items));
        page.cleanup();
        onPage(number, document.numPages);
      }
    } finally {
      await document.loadingTask.destroy();
    }
  } catch (error) {
    return fail(describeFailure(error));
  }
  const characters = pages.flat().reduce((sum, { text }) => sum + text.trim().length, 0);
  if (characters < 20) {
    return fail({
      reason: 'it holds no text, only pictures of pages or nothing',
      remedy: 'have it read by a text-recognition program (OCR) first and import what that makes',
    });
  }
  const bodySize = commonSize(pages.flat());
  const margins = findMargins(pages.flat());
  const read = readText(
    pages.map((lines) => toText(lines, bodySize, margins)),
    { language, notes: [], hasMarkup: false },
  );
  return { ok: true, value: { ...read, format: 'pdf' } };
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

type Items = readonly unknown[];

/** The stream's own order is the reading order; sorting by place would weave columns together. */
function toLines(items: Items): Line[] {
  const lines: Line[] = [];
  let current: Line | undefined;
  for (const item of items) {
    const piece = readPiece(item);
    if (piece === undefined) continue;
    const isSameLine = current !== undefined && Math.abs(current.y - piece.y) < piece.size * 0.5;
    if (current === undefined || !isSameLine) {
      if (piece.text.trim() === '') continue;
      current = { text: piece.text, size: piece.size, y: piece.y, x: piece.x, endX: piece.endX };
      lines.push(current);
      continue;
    }
    const gap = piece.x - current.endX;
    const needsSpace = gap > piece.size * 0.15 && !/\s$/u.test(current.text) && !/^\s/u.test(piece.text);
    current.text += (needsSpace ? ' ' : '') + piece.text;
    current.endX = piece.endX;
  }
  return lines;
}

function readPiece(item: unknown) {
  if (typeof item !== 'object' || item === null || !('str' in item) || !('transform' in item))
    return undefined;
  const { str, transform } = item;
  if (typeof str !== 'string' || !Array.isArray(transform) || str === '') return undefined;
  const [, , skew, scale, x, y] = transform.map(Number);
  const width = 'width' in item ? Number(item.width) : 0;
  const size = Math.hypot(skew ?? 0, scale ?? 0) || 1;
  return { text: str, size, x: x ?? 0, y: y ?? 0, endX: (x ?? 0) + width };
}

/** The size in which most letters are set. */
function commonSize(lines: readonly Line[]): number {
  const counts = new Map<number, number>();
  for (const { size, text } of lines) {
    const rounded = Math.round(size * 2) / 2;
    counts.set(rounded, (counts.get(rounded) ?? 0) + text.length);
  }
  return [...counts].sort((left, right) => right[1] - left[1])[0]?.[0] ?? 12;
}

function findMargins(lines: readonly Line[]): Margins {
  const counts = new Map<number, number>();
  for (const { x } of lines) counts.set(Math.round(x), (counts.get(Math.round(x)) ?? 0) + 1);
  const left = [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? 0;
  return { left, right: lines.reduce((most, { endX }) => Math.max(most, endX), 0) };
}

/**
 * Bullets are often drawn and not written. An indented line is an item of its own when the line before it was ended
 * by the author: at a colon, or well short of the margin; or when it is so itself and the next begins below it.
 */
function isDrawnItem(
  line: Line,
  previous: Line | undefined,
  next: Line | undefined,
  { left, right }: Margins,
): boolean {
  if (previous === undefined || line.x < left + 8 || line.x > left + 120) return false;
  if (/^[^\p{L}\p{N}“"'(]/u.test(line.text.trim()) || /^\S{1,4}[.)]\s/u.test(line.text.trim())) return false;
  const isShort = ({ endX }: Line) => endX < right - (right - left) * 0.2;
  const isBeside = (other: Line) => Math.abs(other.x - line.x) < 2;
  // The first of several, where no colon leads to them.
  const isFirst = next !== undefined && isBeside(next) && previous.x < line.x - 8 && isShort(line);
  return previous.text.trimEnd().endsWith(':') || (isShort(previous) && isBeside(previous)) || isFirst;
}

function toText(lines: readonly Line[], bodySize: number, margins: Margins): string[] {
  const result: string[] = [];
  let previous: Line | undefined;
  let wasHeading = false;
  for (const [index, line] of lines.entries()) {
    const text = line.text.replaceAll(/\s+/gu, ' ').trim();
    if (text === '') continue;
    const isHeading = line.size >= bodySize * 1.12 && text.length <= 120;
    const gap = previous === undefined ? 0 : previous.y - line.y;
    const isApart = previous !== undefined && (gap < 0 || gap > Math.max(line.size, previous.size) * 1.55);
    if (isHeading && wasHeading && previous !== undefined && previous.size === line.size && !isApart) {
      // A heading of two lines.
      result.push(`${result.pop() ?? ''} ${text}`);
    } else if (isHeading) {
      result.push(
        '',
        `${line.size >= bodySize * 1.6 ? '#' : line.size >= bodySize * 1.25 ? '##' : '###'} ${text}`,
      );
    } else {
      if (isApart || wasHeading) result.push('');
      result.push(isDrawnItem(line, previous, lines[index + 1], margins) ? `• ${text}` : text);
    }
    wasHeading = isHeading;
    previous = line;
  }
  return result;
}
