/** Reads a saved web page, with the same tree that a browser builds. */
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { fail, succeed } from '../../../shared/lib/result.ts';
import {
  type Block,
  type Cell,
  check,
  done,
  joinRuns,
  type Note,
  type NumberFormat,
  plainText,
  type Row,
  type Run,
  trimRuns,
} from './document-model.ts';
import { realAddress } from './real-address.ts';
import type { SourceAnswer } from './source.ts';
import { formatNumber } from './word-numbering.ts';

type HtmlNode = DefaultTreeAdapterTypes.ChildNode;
type HtmlElement = DefaultTreeAdapterTypes.Element;
type Look = Omit<Run, 'text'>;
type ListPlace = { readonly listId: string; readonly level: number };

const blockNames: ReadonlySet<string> = new Set(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);
const invisibleNames: ReadonlySet<string> = new Set(
  'head script style template noscript iframe object svg canvas audio video map datalist button select textarea'.split(
    ' ',
  ),
);
/** Elements beside the text of a web page. */
const asideNames: ReadonlySet<string> = new Set(['nav', 'header', 'footer', 'aside']);

type State = { lists: number; notes: Note[]; pictures: number; readonly hasMain: boolean };

export function readHtml(html: string, notes: readonly Note[]): SourceAnswer {
  const document = parse(html);
  const body = find(document.childNodes, (element) => element.tagName === 'body');
  if (body === undefined)
    return fail({ reason: 'it is a web page without a text', remedy: 'save the page again' });
  const main = find(body.childNodes, isMain);
  const state: State = { lists: 0, notes: [...notes], pictures: 0, hasMain: main !== undefined };
  const blocks: Block[] = [];
  readBlocks(body.childNodes, state, undefined, {}, blocks, main === undefined ? 'text' : 'aside');
  if (!blocks.some((block) => block.kind === 'heading' && block.level === 1)) {
    const head = find(document.childNodes, (element) => element.tagName === 'title');
    const title = head === undefined ? '' : plainText(inlineRuns(head.childNodes, {}, state));
    if (title !== '') blocks.unshift({ kind: 'heading', level: 1, runs: [{ text: title }], source: 'mark' });
  }
  if (state.pictures > 0) {
    state.notes.push(check(`${state.pictures} pictures were left out: say in words what they show.`));
  }
  const words: string[] = [];
  collectWords(body.childNodes, words);
  return succeed({ format: 'html', blocks, isScan: false, words: words.join(''), notes: state.notes });
}

function isMain(element: HtmlElement): boolean {
  return (
    element.tagName === 'main' || element.tagName === 'article' || attributeOf(element, 'role') === 'main'
  );
}

function find(nodes: readonly HtmlNode[], fits: (element: HtmlElement) => boolean): HtmlElement | undefined {
  for (const node of nodes) {
    if (!('tagName' in node)) continue;
    if (fits(node)) return node;
    const inner = find(node.childNodes, fits);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function collectWords(nodes: readonly HtmlNode[], words: string[]): void {
  for (const node of nodes) {
    if ('value' in node) words.push(node.value);
    else if ('tagName' in node && !invisibleNames.has(node.tagName)) {
      if (blockNames.has(node.tagName) || node.tagName === 'br') words.push('\n');
      collectWords(node.childNodes, words);
    }
  }
}

/** @param where `aside` outside the main part of a page that has one. */
function readBlocks(
  nodes: readonly HtmlNode[],
  state: State,
  place: ListPlace | undefined,
  look: Look,
  blocks: Block[],
  where: 'text' | 'aside',
): void {
  let inline: HtmlNode[] = [];
  const flush = () => {
    const runs = trimRuns(joinRuns(inlineRuns(inline, look, state)));
    inline = [];
    if (plainText(runs) === '') return;
    blocks.push(
      where === 'aside' ? { kind: 'furniture', what: 'running line', runs } : { kind: 'paragraph', runs },
    );
  };
  for (const node of nodes) {
    if (!('tagName' in node)) {
      if ('value' in node) inline.push(node);
      continue;
    }
    if (invisibleNames.has(node.tagName)) continue;
    if (!hasBlock(node)) {
      inline.push(node);
      continue;
    }
    flush();
    readBlock(node, state, place, lookOf(node, look), blocks, isMain(node) ? 'text' : where);
  }
  flush();
}

/** A block, or an inline element into which a page has put a block. */
function hasBlock(node: HtmlElement): boolean {
  return (
    blockNames.has(node.tagName) || node.childNodes.some((child) => 'tagName' in child && hasBlock(child))
  );
}

function readBlock(
  node: HtmlElement,
  state: State,
  place: ListPlace | undefined,
  look: Look,
  blocks: Block[],
  where: 'text' | 'aside',
): void {
  const name = node.tagName;
  const level = /^h([1-6])$/u.exec(name)?.[1];
  if (level !== undefined && where === 'text') {
    const runs = trimRuns(joinRuns(inlineRuns(node.childNodes, look, state)));
    if (plainText(runs) !== '') blocks.push({ kind: 'heading', level: Number(level), runs, source: 'mark' });
  } else if (name === 'hr') blocks.push({ kind: 'rule' });
  else if (name === 'table') {
    const table = readTable(node, state, look, where);
    if (table.kind === 'table' && table.rows.length > 0) blocks.push(table);
  } else if ((name === 'ul' || name === 'ol') && where === 'text') {
    readList(node, state, place, look, blocks);
  } else if (name === 'pre') {
    for (const text of wordsIn(node).split(/\n{2,}/u)) {
      if (text.trim() !== '') blocks.push({ kind: 'paragraph', runs: [{ ...look, text: text.trim() }] });
    }
  } else {
    const isAside = asideNames.has(name) && !state.hasMain && name !== 'header';
    readBlocks(node.childNodes, state, place, look, blocks, isAside ? 'aside' : where);
  }
}

function wordsIn(node: HtmlElement): string {
  const words: string[] = [];
  collectWords(node.childNodes, words);
  return words.join('');
}

function readList(
  list: HtmlElement,
  state: State,
  place: ListPlace | undefined,
  look: Look,
  blocks: Block[],
): void {
  state.lists += 1;
  const inner = { listId: `html-${state.lists}`, level: place === undefined ? 0 : place.level + 1 };
  const items = list.childNodes.filter((node): node is HtmlElement => 'tagName' in node);
  const isReversed = attributeOf(list, 'reversed') !== undefined;
  let number = Number(attributeOf(list, 'start') ?? (isReversed ? items.length : 1));
  const format = formatOf(list);
  for (const item of items) {
    if (item.tagName === 'ul' || item.tagName === 'ol') {
      readList(item, state, inner, look, blocks);
      continue;
    }
    number = Number(attributeOf(item, 'value') ?? number);
    const content: Block[] = [];
    readBlocks(item.childNodes, state, inner, lookOf(item, look), content, 'text');
    const [first, ...rest] = content;
    const isLed = first?.kind === 'paragraph';
    blocks.push({
      kind: 'item',
      runs: isLed ? first.runs : [],
      listId: inner.listId,
      level: inner.level,
      format,
      label: format === 'bullet' ? '•' : `${formatNumber(number, format)}.`,
    });
    for (const block of isLed ? rest : content) blocks.push(block);
    number += isReversed ? -1 : 1;
  }
}

function formatOf(list: HtmlElement): NumberFormat {
  if (list.tagName === 'ul') return 'bullet';
  const style =
    /list-style(?:-type)?:[^;]*\b(lower-alpha|lower-latin|upper-alpha|upper-latin|lower-roman|upper-roman)/u.exec(
      attributeOf(list, 'style') ?? '',
    )?.[1];
  switch (style ?? attributeOf(list, 'type')) {
    case 'a':
    case 'lower-alpha':
    case 'lower-latin':
      return 'lower-letter';
    case 'A':
    case 'upper-alpha':
    case 'upper-latin':
      return 'upper-letter';
    case 'i':
    case 'lower-roman':
      return 'lower-roman';
    case 'I':
    case 'upper-roman':
      return 'upper-roman';
    default:
      return 'decimal';
  }
}

function readTable(table: HtmlElement, state: State, look: Look, where: 'text' | 'aside'): Block {
  const rows: Row[] = [];
  /** The columns that a cell of an earlier row still fills, with the number of rows left. */
  const open: number[] = [];
  const readRow = (row: HtmlElement, isInHead: boolean) => {
    const cells: Cell[] = [];
    const fillOpen = () => {
      while ((open[cells.length] ?? 0) > 0) {
        open[cells.length] = (open[cells.length] ?? 1) - 1;
        cells.push({ blocks: [], merged: 'above' });
      }
    };
    let hasOnlyHeaders = true;
    for (const cell of row.childNodes) {
      if (!('tagName' in cell) || (cell.tagName !== 'td' && cell.tagName !== 'th')) continue;
      fillOpen();
      const blocks: Block[] = [];
      readBlocks(cell.childNodes, state, undefined, lookOf(cell, look), blocks, where);
      hasOnlyHeaders &&= cell.tagName === 'th';
      const width = Math.min(Number(attributeOf(cell, 'colspan') ?? 1) || 1, 60);
      const height = Math.min(Number(attributeOf(cell, 'rowspan') ?? 1) || 1, 500);
      for (let index = 0; index < width; index += 1) {
        open[cells.length] = height - 1;
        cells.push(index === 0 ? { blocks } : { blocks: [], merged: 'left' });
      }
    }
    fillOpen();
    if (cells.length > 0) rows.push({ cells, isHeader: isInHead || (hasOnlyHeaders && cells.length > 1) });
  };
  const walk = (node: HtmlElement, isInHead: boolean) => {
    for (const child of node.childNodes) {
      if (!('tagName' in child)) continue;
      if (child.tagName === 'tr') readRow(child, isInHead);
      else if (['thead', 'tbody', 'tfoot'].includes(child.tagName)) walk(child, child.tagName === 'thead');
    }
  };
  walk(table, false);
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  return {
    kind: 'table',
    rows: rows.map(({ cells, isHeader }) => ({
      isHeader,
      cells: [...cells, ...Array.from({ length: width - cells.length }, () => ({ blocks: [] }))],
    })),
  };
}

function inlineRuns(nodes: readonly HtmlNode[], look: Look, state: State): Run[] {
  const runs: Run[] = [];
  for (const node of nodes) {
    if ('value' in node) runs.push({ ...look, text: node.value.replaceAll(/[^\S\u00A0]+/gu, ' ') });
    if (!('tagName' in node) || invisibleNames.has(node.tagName)) continue;
    if (node.tagName === 'br') runs.push({ ...look, text: '\n' });
    else if (node.tagName === 'img') {
      state.pictures += 1;
      const text = attributeOf(node, 'alt') ?? '';
      if (text !== '')
        state.notes.push(done(`A picture that is described as “${text.slice(0, 80)}” was left out.`));
    } else if (node.tagName === 'input') runs.push({ ...look, text: inputText(node) });
    else runs.push(...inlineRuns(node.childNodes, lookOf(node, look), state));
  }
  return runs;
}

function inputText(input: HtmlElement): string {
  const type = attributeOf(input, 'type') ?? 'text';
  if (type === 'checkbox' || type === 'radio')
    return attributeOf(input, 'checked') === undefined ? '☐ ' : '☑ ';
  return type === 'hidden' || type === 'submit' || type === 'button' ? '' : ' ______ ';
}

function lookOf(node: HtmlElement, look: Look): Look {
  const style = attributeOf(node, 'style') ?? '';
  const name = node.tagName;
  const link = name === 'a' ? attributeOf(node, 'href') : undefined;
  return {
    ...look,
    ...((name === 'b' || name === 'strong' || /font-weight:\s*(?:bold|[6-9]00)/u.test(style)) && {
      bold: true as const,
    }),
    ...((name === 'i' || name === 'em' || /font-style:\s*italic/u.test(style)) && { italic: true as const }),
    ...((name === 's' || name === 'strike' || /line-through/u.test(style)) && { struck: true as const }),
    ...(name === 'del' && { deleted: true as const }),
    ...((attributeOf(node, 'hidden') !== undefined ||
      /display:\s*none|visibility:\s*hidden/u.test(style)) && {
      hidden: true as const,
    }),
    ...(link !== undefined && !link.startsWith('javascript:') && { link: realAddress(link) }),
  };
}

function attributeOf(node: HtmlElement, name: string): string | undefined {
  return node.attrs.find((each) => each.name === name)?.value;
}
