/** Reads the structure of a policy text, as far as `lint` reports on it. */

export type MarkdownOutline = {
  readonly headings: readonly { readonly level: number; readonly line: number }[];
  readonly listItemCount: number;
  readonly links: readonly { readonly target: string; readonly line: number }[];
  /** Lines with a picture. */
  readonly imageLines: readonly number[];
  /** Lines with text that Markdown reads as HTML. */
  readonly htmlLines: readonly number[];
  /** Rows of tables with more cells than the header row. Markdown drops the cells beyond it. */
  readonly wideRowLines: readonly number[];
  /** Lines that are too long to check. */
  readonly longLines: readonly number[];
};

/** Characters. On longer lines, hostile text could make the patterns below slow. */
export const maxLineCharacters = 2000;

/**
 * Reads the outline of canonical Markdown. Line numbers count from 1. It knows the parts of CommonMark that occur in
 * policies and prefers a finding in doubt: for example, it reads indented code as ordinary text. It does not decide what
 * the gate shows: the gate's renderer has its own parser and never renders HTML.
 */
export function outlineMarkdown(text: string): MarkdownOutline {
  const headings: { level: number; line: number }[] = [];
  const links: { target: string; line: number }[] = [];
  const imageLines: number[] = [];
  const htmlLines: number[] = [];
  const wideRowLines: number[] = [];
  const longLines: number[] = [];
  const isWideRow = createTableReader();
  let listItemCount = 0;
  let fence: string | undefined;
  let previousIsParagraph = false;

  for (const [index, source] of text.split('\n').entries()) {
    const line = index + 1;
    if (source.length > maxLineCharacters) {
      longLines.push(line);
      previousIsParagraph = true;
      continue;
    }
    const fenceMark = /^\s*(`{3,}|~{3,})(.*)$/u.exec(source);
    if (fence !== undefined) {
      if (fenceMark?.[1]?.startsWith(fence) === true && fenceMark[2]?.trim() === '') fence = undefined;
      continue;
    }
    if (fenceMark?.[1] !== undefined) {
      fence = fenceMark[1];
      previousIsParagraph = false;
      continue;
    }

    if (isWideRow(source)) wideRowLines.push(line);
    const heading = /^ {0,3}(#{1,6})(?:\s|$)/u.exec(source)?.[1];
    const underline: string | undefined = previousIsParagraph
      ? /^ {0,3}(=+|-+)\s*$/u.exec(source)?.[1]
      : undefined;
    const isRule = /^\s*([-*_])(?:\s*\1){2,}\s*$/u.test(source);
    const isListItem = !isRule && /^\s*(?:>\s*)*(?:[-*+]|\d{1,9}[.)])(?:\s|$)/u.test(source);
    if (heading !== undefined) headings.push({ level: heading.length, line });
    // A heading in the form of a text line with a line of = or - below it.
    else if (underline !== undefined)
      headings.push({ level: underline.startsWith('=') ? 1 : 2, line: line - 1 });
    else if (isListItem) listItemCount += 1;
    previousIsParagraph =
      source.trim() !== '' && heading === undefined && underline === undefined && !isRule && !isListItem;

    const plain = withoutCodeSpans(source).replace(/\\[!-/:-@[-`{-~]/gu, '');
    const withoutAutolinks = plain.replace(
      /<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>/giu,
      (_whole, target: string) => {
        links.push({ target, line });
        return '';
      },
    );
    if (/<[a-z/!?]/iu.test(withoutAutolinks)) htmlLines.push(line);
    if (/!\[[^\]]*\][([]/u.test(withoutAutolinks)) imageLines.push(line);
    for (const [, target = ''] of withoutAutolinks.matchAll(/(?<!!)\[[^\]]*\]\(([^)]*)\)/gu)) {
      links.push({ target, line });
    }
    const definition = /^ {0,3}\[[^\]]+\]:\s*(\S+)/u.exec(withoutAutolinks)?.[1];
    if (definition !== undefined) links.push({ target: definition, line });
  }
  return { headings, listItemCount, links, imageLines, htmlLines, wideRowLines, longLines };
}

/** Reads line after line, and finds rows of a GFM table that have more cells than its header row. */
function createTableReader(): (line: string) => boolean {
  let columns: number | undefined;
  let previous = '';
  return (line) => {
    const header = previous;
    previous = line;
    if (line.trim() === '') columns = undefined;
    else if (columns !== undefined) return countCells(line) > columns;
    else if (/^\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*$/u.test(line) && header.includes('|')) {
      // Only a delimiter row with as many cells as the row above it makes a table.
      if (countCells(line) === countCells(header)) columns = countCells(line);
    }
    return false;
  };
}

/** The stroke in `\|` is a letter of its cell, also within a code span. */
function countCells(row: string): number {
  const inner = row.replaceAll('\\|', '').trim().replace(/^\|/u, '').replace(/\|$/u, '');
  return inner.split('|').length;
}

/** A code span reaches from a run of backticks to the next run of the same length on its line. */
function withoutCodeSpans(line: string): string {
  const runs = [...line.matchAll(/`+/gu)].map(({ index, 0: { length } }) => ({ start: index, length }));
  let result = '';
  let kept = 0;
  for (const [position, run] of runs.entries()) {
    // Inside a span that is already removed, or an escaped backtick.
    if (run.start < kept || line[run.start - 1] === '\\') continue;
    const end = runs.slice(position + 1).find(({ length }) => length === run.length);
    if (end === undefined) continue;
    result += line.slice(kept, run.start);
    kept = end.start + end.length;
  }
  return result + line.slice(kept);
}
