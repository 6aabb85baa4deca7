/** Reads plain text, including a scanner's output: joins the lines and mends them. */
import type { Language } from '../../../shared/lib/language.ts';
import {
  type Block,
  check,
  done,
  type Furniture,
  type Note,
  type Run,
  type SourceDocument,
} from './document-model.ts';
import { findBlocks, type LineBlock, type SourceLine } from './find-blocks.ts';
import { entryOf, findContents } from './find-contents.ts';
import { listSign, withoutMarks } from './line-signs.ts';
import {
  addMends,
  countLostI,
  mendBullet,
  mendCharacters,
  mendScannedWords,
  mendStrokes,
  noMends,
} from './mend-line.ts';
import { removeFurniture } from './page-furniture.ts';
import { parseInline, readMarkdown } from './read-markdown.ts';

type Options = {
  readonly language: Language;
  readonly notes: readonly Note[];
  /** True if bold words and headings carry the marks of Markdown. */
  readonly hasMarkup: boolean;
};

/** @param pages lines of each page; a text without pages is one page. */
export function readText(
  pages: readonly (readonly string[])[],
  { language, notes, hasMarkup }: Options,
): SourceDocument {
  const furnished = removeFurniture(pages);
  const lines = furnished.pages.flat();
  const contents = findContents(lines);
  const body = lines.filter(
    (_line, index) => contents === undefined || index < contents.begin || index > contents.end,
  );
  const mended = mendLines(body, language);
  const listed = contents === undefined ? [] : lines.slice(contents.begin + 1, contents.end + 1);
  const found = findBlocks(withTables(mended.lines), {
    trustsBreaks: false,
    isScan: mended.isScan,
    entries: new Set(listed.map(entryOf).filter((entry) => entry !== '')),
  });
  const restored = language === 'en-GB' ? restoreLostI(found.blocks) : { blocks: found.blocks, notes: [] };
  const furniture = [
    ...furnished.taken,
    ...mended.pageEnds.map((text) => ({ text, what: 'page number' as const })),
  ].map(({ text, what }): Furniture => ({ kind: 'furniture', what, runs: [{ text }] }));
  const entries = (contents === undefined ? [] : lines.slice(contents.begin, contents.end + 1))
    .filter((line) => line.trim() !== '')
    .map((line) => ({ kind: 'contents' as const, runs: [{ text: line.trim() }] }));
  return {
    format: 'text',
    blocks: [...furniture, ...entries, ...toModel(restored.blocks, hasMarkup)],
    isScan: mended.isScan,
    words: pages
      .flat()
      .map((line) => wordsOfLine(line, language, hasMarkup))
      .join('\n'),
    notes: [...notes, ...mended.notes, ...restored.notes, ...tellJoined(found.joinedWords)],
  };
}

/** Removes list signs and Markdown's marks, which are not words. */
function wordsOfLine(line: string, language: Language, hasMarkup: boolean): string {
  const plain = mendBullet(line, language).line.trim();
  // A scanner reads the full stop of a number as a comma.
  const words = plain.slice(listSign(plain.replace(/^(\d{1,2}),(?=\s+I\s)/u, '$1.'))?.length ?? 0);
  return hasMarkup ? withoutMarks(words) : words;
}

function mendLines(lines: readonly string[], language: Language) {
  const isScan = countLostI(lines) >= 2;
  let mends = noMends;
  const digitsRead: string[] = [];
  const digitsLeft: string[] = [];
  const words: string[] = [];
  const pageEnds: string[] = [];
  const mended = lines.map((raw) => {
    const characters = mendCharacters(raw);
    const bullet = mendBullet(characters.line, language);
    mends = [characters.mends, bullet.mends].reduce(addMends, mends);
    if (language !== 'en-GB') return bullet.line;
    const strokes = mendStrokes(bullet.line, isScan);
    mends = addMends(mends, strokes.mends);
    if (strokes.isDigitRead) digitsRead.push(strokes.line.trim());
    if (strokes.isDigitLeft) digitsLeft.push(strokes.line.trim());
    const scanned = isScan ? mendScannedWords(strokes.line) : { line: strokes.line, words: [] };
    words.push(...scanned.words);
    return scanned.line.replace(/\s+(page \d{1,3} of \d{1,3})\s*$/iu, (_whole, page: string) => {
      pageEnds.push(page);
      return '';
    });
  });
  const notes: Note[] = [];
  if (mends.strokes > 0)
    notes.push(done(`${mends.strokes} lone strokes (|) and ones were read as the word “I”.`));
  if (digitsRead.length > 0) {
    notes.push(check(`A 1 was read as the word “I”; see that none was a number: ${quoteSome(digitsRead)}.`));
  }
  if (digitsLeft.length > 0) {
    notes.push(
      check(`A 1 was left where it may be the word “I”; see that it is none: ${quoteSome(digitsLeft)}.`),
    );
  }
  if (words.length > 0) {
    notes.push(check(`Words that a scanner misread were mended; check them: ${quoteSome(words)}.`));
  }
  if (mends.bullets > 0)
    notes.push(done(`${mends.bullets} signs such as “e” or “¢” were read as list bullets.`));
  if (mends.characters > 0) notes.push(done(`Characters were mended in ${mends.characters} lines.`));
  return { lines: mended, notes, pageEnds, isScan: isScan || words.length > 1 };
}

/** Quotes the first ones only, so that a long document does not bury its other notes. */
function quoteSome(lines: readonly string[]): string {
  const shown = lines.slice(0, 20).map((line) => `“${line.slice(0, 120)}”`);
  return shown.join(', ') + (lines.length > shown.length ? ` and ${lines.length - shown.length} more` : '');
}

/** Rows between strokes are a table in Markdown's form, even in a text that is not Markdown. */
function withTables(lines: readonly string[]): readonly SourceLine[] {
  const isRow = (line: string | undefined) => line !== undefined && /^\s*\|.*\|\s*$/u.test(line);
  const result: SourceLine[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    let end = index;
    while (isRow(lines[end])) end += 1;
    if (end - index < 2) {
      result.push(lines[index] ?? '');
      continue;
    }
    const rows = lines.slice(index, end);
    const width = (rows[0]?.match(/(?<!\\)\|/gu)?.length ?? 2) - 1;
    const hasDelimiter = /^[\s|:-]+$/u.test(rows[1] ?? '');
    const source = hasDelimiter ? rows : [`|${' |'.repeat(width)}`, `|${'---|'.repeat(width)}`, ...rows];
    result.push(...readMarkdown(source.join('\n'), []).blocks);
    index = end - 1;
  }
  return result;
}

/** A scanner that reads I as a stroke loses it entirely at the start of a line. */
function restoreLostI(blocks: readonly LineBlock[]): {
  readonly blocks: readonly LineBlock[];
  readonly notes: readonly Note[];
} {
  const notes: Note[] = [];
  let isAfterStem = false;
  const restored = blocks.map((block) => {
    const isItemLike = block.kind === 'paragraph' || block.kind === 'item';
    const isBelowStem = isAfterStem && block.kind === 'item';
    isAfterStem = isBelowStem || (isItemLike && /:$/u.test(block.text));
    if (!isItemLike || isBelowStem) return block;
    if (!/^(?:have read|will not|agree to|understand that|consent to)\b/u.test(block.text)) return block;
    notes.push(check(`“I” was put before “${block.text.slice(0, 50)}”, where it seems to be lost.`));
    return { ...block, text: `I ${block.text}` };
  });
  return { blocks: restored, notes };
}

function tellJoined(words: readonly string[]): readonly Note[] {
  if (words.length === 0) return [];
  const shown = words.slice(0, 8).join(', ');
  return [done(`${words.length} words that were broken at the end of a line were joined: ${shown}.`)];
}

function toModel(blocks: readonly LineBlock[], hasMarkup: boolean): Block[] {
  const toRuns = (text: string): readonly Run[] => (hasMarkup ? parseInline(text) : [{ text }]);
  let list = 0;
  let wasItem = false;
  const toBlock = (block: LineBlock): Block => {
    switch (block.kind) {
      case 'ready':
        return block.block;
      case 'heading':
        return {
          kind: 'heading',
          level: block.level,
          runs: toRuns(block.text),
          source: block.level > 0 ? 'mark' : 'look',
        };
      case 'paragraph':
        return { kind: 'paragraph', runs: toRuns(block.text) };
      case 'label':
        return { kind: 'field', runs: toRuns(block.text) };
      case 'item':
        return {
          kind: 'item',
          runs: toRuns(block.text),
          listId: `text-${list}`,
          level: block.depth,
          format: listSign(`${block.marker} x`)?.format ?? 'bullet',
          label: block.marker,
        };
    }
  };
  return blocks.map((block) => {
    if (block.kind === 'item' && !wasItem) list += 1;
    wasItem = block.kind === 'item';
    return toBlock(block);
  });
}
