/** Joins lines into headings, paragraphs and list items again, across the ends of pages. */
import type { Block } from './document-model.ts';
import { entryOf } from './find-contents.ts';
import { headingBySign, isLabel, isLoneSign, listSign, sectionDepth, withoutMarks } from './line-signs.ts';
import { hyphenatedWords, joinLines } from './mend-line.ts';
import { isPromise, isStem } from './promises.ts';
import { isRuleStem } from './rules-of-others.ts';

/** A part of a text with its words as written, and Markdown's marks if it has them. */
export type LineBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'item'; readonly depth: number; readonly marker: string; readonly text: string }
  | { readonly kind: 'label'; readonly text: string }
  /** A block that the reader knew already, such as a table. */
  | { readonly kind: 'ready'; readonly block: Block; readonly text: '' };

type Options = {
  readonly trustsBreaks: boolean;
  /** The entries of the list of contents, in the form of `entryOf`: such a line by itself is a heading. */
  readonly entries?: ReadonlySet<string>;
  /** A scanner may have lost the signs of some items. */
  readonly isScan: boolean;
};

type Found = {
  readonly blocks: readonly LineBlock[];
  readonly joinedWords: readonly string[];
};

/** A line of text, or a block between lines. */
export type SourceLine = string | Block;

type Line = {
  readonly text: string;
  readonly indent: number;
  readonly isAfterGap: boolean;
  readonly ready?: Block;
};

/** The longest block that may be an item that lost its bullet. */
const maxItemCharacters = 180;
const maxHeadingCharacters = 80;
const maxNumberedHeadingCharacters = 140;
/** A longer paragraph has no end that the reader could find. */
const maxBlockCharacters = 10_000;
/** A line that reaches this far was broken by the page, not by its author. */
const fullLineShare = 0.78;

export function findBlocks(
  source: readonly SourceLine[],
  { trustsBreaks, isScan, entries = new Set() }: Options,
): Found {
  const lines = toLines(source);
  const width = wrapWidth(lines);
  const hyphenated = hyphenatedWords(source.filter((line) => typeof line === 'string'));
  const blocks: Open[] = [];
  const joinedWords: string[] = [];
  for (const [index, line] of lines.entries()) {
    const before = blocks.at(-1);
    if (line.ready !== undefined) {
      blocks.push({ block: { kind: 'ready', block: line.ready, text: '' }, lastLine: '', indent: 0 });
      continue;
    }
    const started =
      listedHeading(line, entries) ?? startOf(line, before, lines, index, { trustsBreaks, width });
    if (started !== undefined) {
      blocks.push({ ...started, lastLine: line.text });
    } else if (
      before !== undefined &&
      before.block.kind !== 'ready' &&
      continues(line, before, { trustsBreaks, width })
    ) {
      const { text, wasHyphenated } = joinLines(before.block.text, line.text, hyphenated);
      if (wasHyphenated) joinedWords.push(wordAround(text, before.block.text.length - 1));
      blocks[blocks.length - 1] = { ...before, block: withText(before.block, text), lastLine: line.text };
    } else {
      blocks.push({
        block: { kind: 'paragraph', text: line.text },
        lastLine: line.text,
        indent: line.indent,
      });
    }
  }
  const found = blocks.map(({ block }) => block);
  const listed = trustsBreaks ? found : listAfterColon(found, width !== undefined, isScan);
  return { blocks: listed, joinedWords };
}

function withText(block: LineBlock, text: string): LineBlock {
  return block.kind === 'ready' ? block : { ...block, text };
}

function listedHeading(
  { text, indent, isAfterGap }: Line,
  entries: ReadonlySet<string>,
): Omit<Open, 'lastLine'> | undefined {
  if (!isAfterGap || entries.size === 0 || !entries.has(entryOf(text)) || isLabel(text)) return undefined;
  return { block: { kind: 'heading', level: sectionLevel(text), text: text.replace(/:$/u, '') }, indent };
}

type Open = { readonly block: LineBlock; readonly lastLine: string; readonly indent: number };
type Layout = { readonly trustsBreaks: boolean; readonly width: number | undefined };

function toLines(source: readonly SourceLine[]): Line[] {
  const lines: Line[] = [];
  let isAfterGap = true;
  let loneSign = '';
  for (const raw of source) {
    if (typeof raw !== 'string') {
      lines.push({ text: '', indent: 0, isAfterGap: true, ready: raw });
      isAfterGap = true;
      continue;
    }
    const text = raw.trim();
    if (text === '') {
      isAfterGap = true;
      continue;
    }
    // In some texts the sign of an item is a line by itself.
    if (isLoneSign(text)) {
      loneSign = `${text} `;
      continue;
    }
    const indent = /^\s*/u.exec(raw)?.[0].replaceAll('\t', '    ').length ?? 0;
    lines.push({ text: `${loneSign}${joinCells(raw)}`, indent, isAfterGap });
    isAfterGap = false;
    loneSign = '';
  }
  return lines;
}

/** The cells of a row, separated by tabs, become one item. */
function joinCells(raw: string): string {
  const text = raw.trim();
  if (!text.includes('\t')) return text.replaceAll(/ {2,}/gu, ' ');
  const cells = text
    .split(/\t+/u)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
  return cells.length > 1 ? `- ${cells.join(cells.length === 2 ? ': ' : ' – ')}` : (cells[0] ?? '');
}

/** If the page breaks the lines, most are about as long as the longest. Undefined if each line is a paragraph. */
function wrapWidth(lines: readonly Line[]): number | undefined {
  const lengths = lines.map(({ text }) => text.length).sort((left, right) => left - right);
  const long = lengths[Math.floor(lengths.length * 0.95)] ?? 0;
  if (long > 140 || (lengths.at(-1) ?? 0) > 220) return undefined;
  // Where the page breaks the lines, many go on in small letters.
  const inner = lines.filter(
    ({ text, isAfterGap }) => !isAfterGap && listSign(text) === undefined && !isLabel(text),
  );
  const low = inner.filter(({ text }) => /^[\p{Ll}/,(&\d]/u.test(text)).length;
  return inner.length >= 6 && low < inner.length * shareOfLowLines ? undefined : Math.max(long, 40);
}

const shareOfLowLines = 0.1;

function startOf(
  line: Line,
  before: Open | undefined,
  lines: readonly Line[],
  index: number,
  layout: Layout,
): Omit<Open, 'lastLine'> | undefined {
  const { text, indent } = line;
  if (isLabel(text)) return { block: { kind: 'label', text }, indent };
  const signed = headingBySign(text);
  const isPart = isPartOf(/^(\d{1,2})\.\d/u.exec(text)?.[1], before);
  if (signed !== undefined && (signed.level > 0 || line.isAfterGap)) {
    return { block: { kind: 'heading', level: signed.level, text: signed.text }, indent };
  }
  const sign = listSign(text);
  // The opening mark of bold words is no bullet, and the I of a promise is no roman number.
  if (sign !== undefined && !/^\*\*(?!\s)/u.test(text)) {
    const isNumber = sign.format === 'decimal';
    if (!(isNumber && looksLikeHeading(line, before, lines, index, layout))) {
      return { block: toItem(sign.label, text.slice(sign.length), indent, before), indent };
    }
  }
  if (!isPart && looksLikeHeading(line, before, lines, index, layout)) {
    return { block: { kind: 'heading', level: sectionLevel(text), text: text.replace(/:$/u, '') }, indent };
  }
  // "3.1 Only for work" below "3. I will use it:" is an item of that item.
  const part = /^(\d{1,2})\.\d{1,2}[.)]?\s+(?=\S)/u.exec(text);
  if (part !== null && isPartOf(part[1], before)) {
    return {
      block: { kind: 'item', depth: 1, marker: part[0].trim(), text: text.slice(part[0].length) },
      indent,
    };
  }
  // "2.1.3 Users must…": a numbered paragraph is always a new block.
  if (/^(?:\d{1,2}(?:\.\d{1,2}){1,3}|[A-Z]\.\d{1,2})\.?\s+\p{Lu}/u.test(text)) {
    return { block: { kind: 'paragraph', text }, indent };
  }
  return undefined;
}

/** The item before has that number, and introduces its parts; or is one of them. */
function isPartOf(number: string | undefined, before: Open | undefined): boolean {
  if (before?.block.kind !== 'item' || number === undefined) return false;
  const { marker, depth, text } = before.block;
  return depth === 0
    ? new RegExp(`^${number}[.)]$`, 'u').test(marker) && text.endsWith(':')
    : marker.startsWith(`${number}.`);
}

function toItem(marker: string, text: string, indent: number, before: Open | undefined): LineBlock {
  const previous = before?.block.kind === 'item' ? before : undefined;
  const previousDepth = previous?.block.kind === 'item' ? previous.block.depth : 0;
  // After "3.1" and "3.2" comes "4.", which is no part of an item.
  const isAfterParts = previous?.block.kind === 'item' && /^\d{1,2}\.\d/u.test(previous.block.marker);
  // The numbers 9 and 10 end below one another, so their starts differ.
  const isAligned =
    previous?.block.kind === 'item' &&
    /^\d/u.test(marker) &&
    indent + marker.length === previous.indent + previous.block.marker.length;
  const depth = isAligned
    ? previousDepth
    : previous === undefined || (isAfterParts && /^\d{1,2}[.)]$/u.test(marker))
      ? 0
      : indent > previous.indent
        ? Math.min(previousDepth + 1, 3)
        : indent < previous.indent
          ? Math.max(0, indent === 0 ? 0 : previousDepth - 1)
          : previousDepth;
  return {
    kind: 'item',
    depth,
    marker,
    text,
  };
}

function looksLikeHeading(
  { text, isAfterGap: hasGap }: Line,
  before: Open | undefined,
  lines: readonly Line[],
  index: number,
  { trustsBreaks, width }: Layout,
): boolean {
  if (trustsBreaks && !/^(?:\d|appendix|annex|schedule|atodiad)/iu.test(text)) return false;
  // Two headings may follow one another without a gap.
  const isAfterGap = hasGap || before?.block.kind === 'heading';
  const plain = text.replaceAll('*', '').trim();
  const isNumbered = sectionDepth(plain) !== undefined;
  if (plain.length > (isNumbered ? maxNumberedHeadingCharacters : maxHeadingCharacters + 30)) return false;
  if (!/\p{L}{3}/u.test(plain) || /\s[|¦]\s/u.test(plain)) return false;
  // "As a pupil, I will:" introduces its lines, whatever they look like.
  if (
    before?.block.kind === 'paragraph' &&
    /\b(?:I|we)\b[^.]*:$/u.test(before.block.text) &&
    !/[:.]$/u.test(plain) &&
    isStem(before.block.text, true)
  )
    return false;
  if (isRuleStem(plain)) return false;
  if (isPromise(plain.replace(/^\d{1,2}[.)]\s+/u, '')) || /^[•\-–]/u.test(plain)) return false;
  if (
    /^(?:appendix|annex|schedule|atodiad|rhan|part)\s+(?:[A-Z]|\d{1,2})\b/iu.test(plain) &&
    !/\.$/u.test(plain)
  ) {
    return isAfterGap;
  }
  const next = lines[index + 1];
  if (next !== undefined && /^[\p{Ll}/,(]/u.test(next.text)) return false;
  if (isNumbered) {
    // "… you agree that:", "1. You are old enough", "2. …": a list starts, as its first item has no text below.
    const isListStart =
      /^1[.)]\s/u.test(plain) && /^2[.)]\s/u.test(next?.text ?? '') && before?.block.kind === 'paragraph';
    if (isListStart && before.block.text.endsWith(':')) return false;
    // A numbered paragraph that the page has broken continues on the next line.
    if (next?.isAfterGap === false && width !== undefined && text.length >= width * fullLineShare)
      return false;
    return (
      isAfterGap &&
      // A long heading is written as titles are; otherwise it is a short paragraph without its full stop.
      (plain.length <= maxHeadingCharacters + 30 || shareOfCapitals(plain) >= 0.6) &&
      !/[;:,?]$|(?<!\betc)\.$/u.test(plain) &&
      /^[\dA-Z.]+\s+(?:[a-z]\) )?\p{Lu}/u.test(plain)
    );
  }
  if (plain.length > maxHeadingCharacters || !/^\p{Lu}/u.test(plain) || !isAfterGap) return false;
  if (/[.;,?!]$/u.test(plain)) return false;
  if (
    before === undefined &&
    index === 0 &&
    next?.isAfterGap === true &&
    plain.length <= 80 &&
    namesPolicy.test(plain)
  )
    return true;
  const isAlone = next === undefined || next.isAfterGap || next.ready !== undefined;
  if (isAlone && plain.length <= 60 && standsAsTitle.test(plain)) return true;
  const words = longWords(plain);
  if (/:$/u.test(plain) && plain.split(' ').length > 4) return false;
  if (/\p{L}{4}/u.test(plain) && plain === plain.toUpperCase()) return true;
  const capitals = shareOfCapitals(plain);
  const endsBefore = before === undefined || before.block.kind === 'heading' || hasEnded(before.block.text);
  const reachesEdge =
    width !== undefined && before !== undefined && before.lastLine.length >= width * fullLineShare;
  if (capitals >= 0.6 && (endsBefore || (capitals === 1 && !reachesEdge))) return true;
  // "Failure to follow the standards": a short line by itself, after a full stop and before a longer paragraph.
  return (
    endsBefore &&
    before?.block.kind !== 'heading' &&
    plain.length <= 60 &&
    words.length >= 2 &&
    !/:$/u.test(plain) &&
    next?.isAfterGap === true &&
    (paragraphLength(lines, index + 1) > 120 ||
      (width !== undefined && next.text.length >= width * fullLineShare))
  );
}

/** The first line of a text is its title if it names one of these. */
const namesPolicy =
  /\b(?:polic(?:y|ies)|polisi|acceptable use|defnydd derbyniol|agreement|cytundeb|rules|rheolau|code of conduct)\b/iu;

/** The name of an agreement by itself: "Staff agreement", "Agreement for pupils", "Declaration (staff)". */
const standsAsTitle =
  /^(?:agreement|declaration|pledge|contract|cytundeb|datganiad|addewid)\b[^.:;]*$|\b(?:agreement|declaration|pledge|contract|code of conduct|cytundeb|datganiad)(?:\s*[-–(:].{1,40})?$/iu;

function longWords(text: string): readonly string[] {
  return text.match(/\p{L}[\p{L}'’&-]{3,}/gu) ?? [];
}

/** The share among its longer words; 0 if it has none. */
function shareOfCapitals(text: string): number {
  const words = longWords(text);
  return words.filter((word) => /^\p{Lu}/u.test(word)).length / Math.max(1, words.length);
}

function paragraphLength(lines: readonly Line[], from: number): number {
  let length = 0;
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined || (index > from && line.isAfterGap)) break;
    length += line.text.length + 1;
  }
  return length;
}

function sectionLevel(text: string): number {
  const depth = sectionDepth(text);
  if (depth !== undefined) return depth + 1;
  const isTop =
    /^(?:appendix|annex|schedule|atodiad)\b/iu.test(text) ||
    (text === text.toUpperCase() && /\p{L}{4}/u.test(text));
  return isTop ? 2 : 0;
}

/** The last words show how a text ends, so the search need not read a whole book. */
function endOf(text: string): string {
  return text.slice(-60);
}

function hasEnded(text: string): boolean {
  return /[.;:?!][”"'’)*-]*$/u.test(endOf(text));
}

/** Words that do not end a sentence. */
const connective =
  /(?:[,/]|\b(?:and|or|the|a|an|of|to|by|for|in|on|at|with|from|that|which|who|whom|if|unless|when|where|because|as|but|than|ensure|only|their|your|my|its|our|is|are|be|not|i|a'r|ac|neu|y|yr|o|gan|ar|am|wrth|sy|sydd))$/iu;

/** Words after which a sentence goes on, wherever its line ends. */
const mustGoOn = /(?:,|\b(?:and|or|the|a|an|of|by|with|from|your|my|our|its|their|ac|neu|y|yr|gan|â))$/iu;

function continues(line: Line, before: Open, { trustsBreaks, width }: Layout): boolean {
  const { block, lastLine } = before;
  if (block.kind === 'heading' || block.kind === 'label' || block.kind === 'ready') return false;
  if (block.text.length > maxBlockCharacters) return false;
  const awaitsMore = connective.test(endOf(block.text)) || isOpenBracket(block.text);
  const hadRoom = width !== undefined && lastLine.length < width * 0.8 && /\bonly$/iu.test(endOf(block.text));
  const mayGoOn = awaitsMore && width !== undefined && !hasEnded(block.text) && !hadRoom;
  if (isPromise(withoutMarks(line.text)) && !mayGoOn) return false;
  if (trustsBreaks) return !line.isAfterGap;

  // "…to anyone; or", then a capital: one item of a list ends and the next starts.
  const startsHigh = /^[\p{Lu}\d]/u.test(line.text);
  if (startsHigh && line.isAfterGap && /[;,]\s*(?:and|or|neu|ac)$/iu.test(endOf(block.text))) return false;
  const isParallel = firstWords(block.text, 2) === firstWords(line.text, 2);
  const isParallelWord = firstWords(block.text, 1) === firstWords(line.text, 1);
  const startsLow = /^[\p{Ll}/,)’'&]/u.test(line.text);
  // Each line of a list of promises is a promise, also one that would be none elsewhere: "I ask before I print."
  if (/^I\b/u.test(line.text) && hasEnded(block.text) && isPromise(withoutMarks(block.text))) return false;
  if (!hasEnded(block.text)) {
    if (startsHigh && isParallelWord && line.isAfterGap && !/^I\b/u.test(line.text)) return false;
    // Where each line is a paragraph, a line with a gap above it does not belong to the last item of a list.
    const isApart =
      width === undefined && line.isAfterGap && block.kind === 'item' && !/^\p{Lu}/u.test(block.text);
    // Where each line is a paragraph, a capital starts the next one, even after "…only".
    const isNext = width === undefined && startsHigh && !mustGoOn.test(endOf(block.text));
    if ((startsLow && !isApart) || (awaitsMore && !isNext)) return true;
    if (isParallel || width === undefined) return false;
    return lastLine.length >= width * fullLineShare || (!line.isAfterGap && lastLine.length >= width * 0.5);
  }
  // "Accounts:" on its own line names what comes next.
  if (startsHigh && /^\p{Lu}[^.:;?!]{2,60}:$/u.test(line.text)) return false;
  // A line without a sign that stands below the words of its item belongs to it.
  const isBelowItem = block.kind === 'item' && !line.isAfterGap && line.indent > before.indent;
  if (isBelowItem && listSign(line.text) === undefined) return true;
  // An item that introduces an enumeration in small letters continues in its lines.
  if (block.kind === 'item' && block.text.endsWith(':') && startsLow && width !== undefined) return true;
  if (line.isAfterGap || width === undefined) return false;
  if (startsLow) return true;
  // If the next word had no room, the page has broken the line, whatever letter comes next.
  const firstWord = /^\S+/u.exec(line.text)?.[0].length ?? 0;
  if (lastLine.length + 1 + firstWord > width) return true;
  return !isParallel && !isParallelWord && lastLine.length >= width * 0.75;
}

/** A bracket that was opened at the end is closed on the next line. */
function isOpenBracket(text: string): boolean {
  return /\([^()]{1,80}$/u.test(text.slice(-82));
}

function firstWords(text: string, count: number): string {
  return text.slice(0, 100).toLowerCase().split(/\s+/u).slice(0, count).join(' ');
}

function wordAround(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 40), at);
  const start = before.search(/\S+$/u);
  return (
    /^\S+/u
      .exec(start === -1 ? text.slice(at, at + 40) : before.slice(start) + text.slice(at, at + 40))?.[0]
      .replace(/[.,;:]$/u, '') ?? ''
  );
}

/**
 * After "… in the following ways:" short paragraphs are a list that lost its bullets. It ends at a longer paragraph or
 * a heading. A list that lost only some of its bullets continues in the same way.
 */
function listAfterColon(
  blocks: readonly LineBlock[],
  isWrapped: boolean,
  isScan: boolean,
): readonly LineBlock[] {
  if (!isWrapped) return blocks;
  const result: LineBlock[] = [];
  let inList = false;
  // True if the items with bullets start in small letters: then a capital without a bullet is no item.
  let itemsAreLow = false;
  let hasSigns = false;
  for (const [index, block] of blocks.entries()) {
    const isItemLike =
      block.kind === 'paragraph' &&
      block.text.length <= maxItemCharacters &&
      !/(?::|…|\.\.\.)$/u.test(block.text);
    const isLost = isScan || result.at(-1)?.kind !== 'item' || !hasSigns;
    if (isItemLike && inList && isLost && !(itemsAreLow && /^\p{Lu}/u.test(block.text))) {
      result.push({ kind: 'item', depth: 0, marker: '•', text: block.text });
      continue;
    }
    const next = blocks[index + 1];
    const opensList =
      block.kind === 'paragraph' &&
      /:-?$/u.test(block.text) &&
      next !== undefined &&
      (next.kind === 'item' || (next.kind === 'paragraph' && next.text.length <= maxItemCharacters));
    if (block.kind === 'item') {
      itemsAreLow = /^\p{Ll}/u.test(block.text);
      hasSigns = true;
    } else {
      hasSigns = false;
      inList = opensList;
      itemsAreLow = false;
    }
    result.push(block);
  }
  return result;
}
