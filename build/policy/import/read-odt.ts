/** Reads an OpenDocument text (.odt) from its own XML, which holds more than any conversion keeps. */
import { fail, succeed } from '../../../shared/lib/result.ts';
import {
  type Block,
  type Cell,
  check,
  joinRuns,
  type Note,
  type NumberFormat,
  plainText,
  type Row,
  type Run,
} from './document-model.ts';
import type { SourceAnswer } from './source.ts';
import { unpackDocument } from './unpack-document.ts';
import { formatNumber } from './word-numbering.ts';
import { attribute, childOf, childrenOf, firstWithin, isElement, parseXml } from './xml.ts';

type ListLevel = {
  readonly format: NumberFormat | 'none';
  readonly prefix: string;
  readonly suffix: string;
  readonly start: number;
  /** How many levels the number shows. */
  readonly shown: number;
};
type TextLook = Pick<Run, 'bold' | 'italic' | 'struck' | 'hidden'>;
type ListPlace = {
  readonly id: string;
  readonly style: string | undefined;
  readonly level: number;
  readonly counters: number[];
};

export function readOdt(bytes: Uint8Array): SourceAnswer {
  const parts = unpackDocument(bytes, (name) => name === 'content.xml' || name === 'styles.xml');
  const remedy = 'open it in LibreOffice and save it again';
  if (typeof parts === 'string') return fail({ reason: parts, remedy });
  const content = parts['content.xml'];
  if (content === undefined) return fail({ reason: 'its text part is missing (is it locked?)', remedy });
  try {
    const root = parseXml(content);
    const styles = parts['styles.xml'] === undefined ? undefined : parseXml(parts['styles.xml']);
    const reader = new OdtReader(root, styles);
    const text = firstWithin(root, 'office:text');
    if (text === undefined) return fail({ reason: 'it is an OpenDocument file but no text', remedy });
    const blocks: Block[] = [...reader.runningLines(styles)];
    reader.readBlocks(text, undefined, blocks);
    return succeed({
      format: 'odt',
      blocks: [...blocks, ...reader.noteBlocks],
      isScan: false,
      words: wordsOf(text),
      notes: reader.tell(),
    });
  } catch {
    return fail({ reason: 'its inside is not that of an OpenDocument text', remedy });
  }
}

class OdtReader {
  readonly noteBlocks: Block[] = [];
  readonly #textStyles = new Map<string, Element>();
  readonly #listStyles = new Map<string, ReadonlyMap<number, ListLevel>>();
  readonly #outline = new Map<number, ListLevel>();
  readonly #outlineCounters: number[] = [];
  readonly #listCounters = new Map<string, number[]>();
  #changes = 0;
  #lists = 0;
  readonly #lastListOfStyle = new Map<string, number[]>();

  constructor(...roots: readonly (Element | undefined)[]) {
    for (const root of roots) {
      if (root === undefined) continue;
      for (const group of childrenOf(root)) {
        if (!/^office:(?:automatic-)?styles$/u.test(group.nodeName)) continue;
        for (const style of childrenOf(group)) this.#readStyle(style);
      }
    }
  }

  tell(): readonly Note[] {
    return this.#changes === 0
      ? []
      : [
          check(
            `The document has ${this.#changes} open tracked changes: the inserted words were taken and the deleted ones left out. Accept or reject each first.`,
          ),
        ];
  }

  *runningLines(styles: Element | undefined): Generator<Block> {
    const masters = styles === undefined ? undefined : childOf(styles, 'office:master-styles');
    if (masters === undefined) return;
    for (const master of childrenOf(masters)) {
      for (const part of childrenOf(master)) {
        if (!/^style:(?:header|footer)/u.test(part.nodeName)) continue;
        const blocks: Block[] = [];
        this.readBlocks(part, undefined, blocks);
        for (const block of blocks) {
          if (!('runs' in block)) continue;
          const what = /^\D{0,8}\d+\D{0,6}\d*$/u.test(plainText(block.runs)) ? 'page number' : 'running line';
          yield { kind: 'furniture', what, runs: block.runs };
        }
      }
    }
  }

  readBlocks(parent: Element, list: ListPlace | undefined, blocks: Block[]): void {
    for (const element of childrenOf(parent)) this.#readBlock(element, list, blocks);
  }

  #readBlock(element: Element, list: ListPlace | undefined, blocks: Block[]): void {
    switch (element.nodeName) {
      case 'text:p':
      case 'text:h':
        this.#readParagraph(element, blocks);
        break;
      case 'text:list':
        this.#readList(element, list, blocks);
        break;
      case 'table:table':
        blocks.push(this.#readTable(element));
        break;
      case 'text:table-of-content': {
        const entries: Block[] = [];
        this.readBlocks(element, undefined, entries);
        for (const entry of entries) if ('runs' in entry) blocks.push({ kind: 'contents', runs: entry.runs });
        break;
      }
      case 'text:tracked-changes':
        this.#changes += [...childrenOf(element)].length;
        this.#readDeleted(element, blocks);
        break;
      case 'text:section':
        this.#readSection(element, list, blocks);
        break;
      case 'text:index-body':
      case 'text:index-title':
        this.readBlocks(element, list, blocks);
        break;
      default:
        if (element.nodeName.startsWith('draw:')) this.#readFrame(element, blocks);
    }
  }

  #readSection(element: Element, list: ListPlace | undefined, blocks: Block[]): void {
    const display = attribute(element, 'text:display');
    const inner: Block[] = [];
    this.readBlocks(element, list, inner);
    for (const block of inner) {
      const isHidden = display === 'none' && 'runs' in block;
      blocks.push(
        isHidden ? { ...block, runs: block.runs.map((run) => ({ ...run, hidden: true as const })) } : block,
      );
    }
  }

  /** Keeps deleted words apart from the text, under the id of their change. */
  #readDeleted(changes: Element, blocks: Block[]): void {
    for (const region of childrenOf(changes)) {
      const deletion = childOf(region, 'text:deletion');
      if (deletion === undefined) continue;
      const inner: Block[] = [];
      this.readBlocks(deletion, undefined, inner);
      for (const block of inner) {
        if (!('runs' in block) || plainText(block.runs) === '') continue;
        blocks.push({
          kind: 'paragraph',
          runs: block.runs.map((run) => ({ ...run, deleted: true as const })),
        });
      }
    }
  }

  #readParagraph(element: Element, blocks: Block[]): void {
    const frames: Block[] = [];
    const runs = joinRuns(
      this.#readRuns(element, this.#lookOf(attribute(element, 'text:style-name')), frames),
    );
    const block = plainText(runs) === '' ? undefined : this.#toBlock(element, runs);
    // A box beside a heading comes before it: after it, the box would belong to its section.
    if (block?.kind === 'heading') blocks.push(...frames, block);
    else blocks.push(...(block === undefined ? [] : [block]), ...frames);
  }

  #toBlock(element: Element, runs: readonly Run[]): Block {
    const styles = [...this.#chain(attribute(element, 'text:style-name'))];
    if (styles.some((name) => /^(?:Contents_20_(?:\d|Heading)|TOC_20_?Heading)/u.test(name))) {
      return { kind: 'contents', runs };
    }
    if (styles.includes('Title')) return { kind: 'heading', level: 1, runs, source: 'style' };
    const level = attribute(element, 'text:outline-level');
    if (element.nodeName !== 'text:h' || level === undefined) {
      // Some converters keep the style of a heading but not its outline level.
      const styled = styles.flatMap((name) => /^Heading_20_(\d)$/u.exec(name)?.[1] ?? [])[0];
      return styled === undefined
        ? { kind: 'paragraph', runs }
        : { kind: 'heading', level: Number(styled) + 1, runs, source: 'style' };
    }
    const label = this.#outlineLabel(Number(level), attribute(element, 'text:is-list-header') === 'true');
    return {
      kind: 'heading',
      level: Number(level) + 1,
      runs: label === '' ? runs : [{ text: `${label} ` }, ...runs],
      source: 'style',
    };
  }

  #outlineLabel(level: number, isUnnumbered: boolean): string {
    const style = this.#outline.get(level);
    if (isUnnumbered || style === undefined) return '';
    return count(this.#outlineCounters, level - 1, (index) => this.#outline.get(index + 1));
  }

  #readList(element: Element, outer: ListPlace | undefined, blocks: Block[]): void {
    const style = attribute(element, 'text:style-name') ?? outer?.style;
    this.#lists += 1;
    const id = attribute(element, 'xml:id') ?? attribute(element, 'text:id') ?? `odt-${this.#lists}`;
    const continued = attribute(element, 'text:continue-list');
    const goesOn = attribute(element, 'text:continue-numbering') === 'true';
    const counters =
      outer?.counters ??
      (continued === undefined ? undefined : this.#listCounters.get(continued)) ??
      (goesOn ? this.#lastListOfStyle.get(style ?? '') : undefined) ??
      [];
    if (outer === undefined) this.#lastListOfStyle.set(style ?? '', counters);
    this.#listCounters.set(id, counters);
    const place: ListPlace = {
      id: outer?.id ?? continued ?? id,
      style,
      level: outer === undefined ? 0 : outer.level + 1,
      counters,
    };
    for (const item of childrenOf(element)) {
      if (item.nodeName !== 'text:list-item' && item.nodeName !== 'text:list-header') continue;
      const start = attribute(item, 'text:start-value');
      if (start !== undefined) counters[place.level] = Number(start) - 1;
      this.#readItem(item, place, blocks);
    }
  }

  #readItem(item: Element, place: ListPlace, blocks: Block[]): void {
    const levels = this.#listStyles.get(place.style ?? '');
    let isNumbered = item.nodeName === 'text:list-header';
    for (const child of childrenOf(item)) {
      if (child.nodeName === 'text:list') {
        this.#readList(child, place, blocks);
        isNumbered = true;
        continue;
      }
      const made: Block[] = [];
      this.#readBlock(child, place, made);
      for (const block of made) {
        if (isNumbered || block.kind !== 'paragraph') {
          blocks.push(block);
          continue;
        }
        isNumbered = true;
        const format = levels?.get(place.level + 1)?.format ?? 'bullet';
        const label = count(place.counters, place.level, (index) => levels?.get(index + 1));
        if (format === 'none') blocks.push(block);
        else {
          blocks.push({
            kind: 'item',
            runs: block.runs,
            listId: place.id,
            level: place.level,
            format,
            label: format === 'bullet' ? '•' : label,
          });
        }
      }
    }
  }

  #readTable(element: Element): Block {
    const rows: Row[] = [];
    const readRow = (row: Element, isHeader: boolean) => {
      const cells: Cell[] = [];
      /** The columns that the last cell of this row still spans. */
      let spanned = 0;
      for (const cell of childrenOf(row)) {
        const isCovered = cell.nodeName === 'table:covered-table-cell';
        if (!isCovered && cell.nodeName !== 'table:table-cell') continue;
        const inner: Block[] = [];
        this.readBlocks(cell, undefined, inner);
        if (!isCovered) spanned = Number(attribute(cell, 'table:number-columns-spanned') ?? 1) - 1;
        const repeated = Math.min(Number(attribute(cell, 'table:number-columns-repeated') ?? 1), 60);
        for (let index = 0; index < repeated; index += 1) {
          cells.push(
            isCovered
              ? { blocks: inner, merged: spanned > 0 ? 'left' : 'above' }
              : { blocks: index === 0 ? inner : [] },
          );
          if (isCovered) spanned -= 1;
        }
      }
      rows.push({ cells, isHeader });
    };
    const walk = (parent: Element, isHeader: boolean) => {
      for (const child of childrenOf(parent)) {
        if (child.nodeName === 'table:table-row') readRow(child, isHeader);
        else if (child.nodeName === 'table:table-header-rows') walk(child, true);
        else if (/^table:table-row/u.test(child.nodeName)) walk(child, isHeader);
      }
    };
    walk(element, false);
    const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
    return {
      kind: 'table',
      rows: rows.map(({ cells, isHeader }) => ({
        isHeader,
        cells: [...cells, ...Array.from({ length: width - cells.length }, () => ({ blocks: [] }))],
      })),
    };
  }

  #readFrame(element: Element, blocks: Block[]): void {
    const box = element.nodeName === 'draw:frame' ? childOf(element, 'draw:text-box') : element;
    if (box !== undefined) this.readBlocks(box, undefined, blocks);
    else if (firstWithin(element, 'draw:image') !== undefined) {
      const description = childOf(element, 'svg:desc') ?? childOf(element, 'svg:title');
      blocks.push({ kind: 'figure', description: description?.textContent ?? '' });
    }
  }

  #readRuns(parent: Element, look: TextLook, frames: Block[]): Run[] {
    const runs: Run[] = [];
    for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
      if (node.nodeType === 3) {
        runs.push({ ...look, text: (node.nodeValue ?? '').replaceAll(/\s+/gu, ' ') });
      } else if (isElement(node)) this.#readInline(node, look, frames, runs);
    }
    return runs;
  }

  #readInline(element: Element, look: TextLook, frames: Block[], runs: Run[]): void {
    switch (element.nodeName) {
      case 'text:s':
        runs.push({ ...look, text: ' '.repeat(Math.min(Number(attribute(element, 'text:c') ?? 1), 200)) });
        break;
      case 'text:tab':
        runs.push({ ...look, text: '\t' });
        break;
      case 'text:line-break':
        runs.push({ ...look, text: '\n' });
        break;
      case 'text:a': {
        const link = attribute(element, 'xlink:href') ?? '';
        for (const run of this.#readRuns(element, look, frames))
          runs.push(link === '' ? run : { ...run, link });
        break;
      }
      case 'text:span':
        runs.push(
          ...this.#readRuns(element, this.#lookOf(attribute(element, 'text:style-name'), look), frames),
        );
        break;
      case 'text:note':
        this.#readNote(element, look, runs);
        break;
      case 'text:placeholder':
        for (const run of this.#readRuns(element, look, frames)) runs.push({ ...run, prompt: true });
        break;
      case 'text:hidden-text':
        runs.push({ ...look, text: attribute(element, 'text:string-value') ?? '', hidden: true });
        break;
      case 'office:annotation':
        break;
      default:
        if (element.nodeName.startsWith('draw:')) this.#readFrame(element, frames);
        else runs.push(...this.#readRuns(element, look, frames));
    }
  }

  #readNote(element: Element, look: TextLook, runs: Run[]): void {
    const id = attribute(element, 'text:id') ?? `odt-note-${this.noteBlocks.length + 1}`;
    const mark = childOf(element, 'text:note-citation')?.textContent ?? String(this.noteBlocks.length + 1);
    const body = childOf(element, 'text:note-body');
    const inner: Block[] = [];
    if (body !== undefined) this.readBlocks(body, undefined, inner);
    const words = inner.flatMap((block, index) =>
      'runs' in block ? [...(index > 0 ? [{ text: ' ' }] : []), ...block.runs] : [],
    );
    runs.push({ ...look, text: mark, noteId: id });
    this.noteBlocks.push({ kind: 'note', id, runs: words });
  }

  #lookOf(styleName: string | undefined, outer: TextLook = {}): TextLook {
    let look = outer;
    for (const name of [...this.#chain(styleName)].reverse()) {
      const style = this.#textStyles.get(name);
      const properties = style && childOf(style, 'style:text-properties');
      if (properties === undefined) continue;
      const weight = attribute(properties, 'fo:font-weight');
      const slant = attribute(properties, 'fo:font-style');
      const strike = attribute(properties, 'style:text-line-through-style');
      const display = attribute(properties, 'text:display');
      look = {
        ...look,
        ...(weight !== undefined && { bold: weight === 'bold' || Number(weight) >= 600 }),
        ...(slant !== undefined && { italic: slant === 'italic' }),
        ...(strike !== undefined && { struck: strike !== 'none' }),
        ...(display !== undefined && { hidden: display === 'none' }),
      } as TextLook;
    }
    return Object.fromEntries(Object.entries(look).filter(([, value]) => value)) as TextLook;
  }

  *#chain(styleName: string | undefined): Generator<string> {
    let name = styleName;
    for (let depth = 0; name !== undefined && depth < 20; depth += 1) {
      yield name;
      name = attribute(this.#textStyles.get(name), 'style:parent-style-name');
    }
  }

  #readStyle(style: Element): void {
    const name = attribute(style, 'style:name') ?? '';
    if (style.nodeName === 'style:style') this.#textStyles.set(name, style);
    else if (style.nodeName === 'text:list-style') this.#listStyles.set(name, readLevels(style));
    else if (style.nodeName === 'text:outline-style') {
      for (const [level, each] of readLevels(style)) this.#outline.set(level, each);
    }
  }
}

function readLevels(style: Element): ReadonlyMap<number, ListLevel> {
  const levels = new Map<number, ListLevel>();
  for (const element of childrenOf(style)) {
    const level = Number(attribute(element, 'text:level') ?? 1);
    const format = attribute(element, 'style:num-format') ?? '';
    const isBullet = /bullet|image/u.test(element.nodeName);
    levels.set(level, {
      format: isBullet ? 'bullet' : formatOf(format),
      prefix: attribute(element, 'style:num-prefix') ?? '',
      suffix: attribute(element, 'style:num-suffix') ?? '',
      start: Number(attribute(element, 'text:start-value') ?? 1),
      shown: Number(attribute(element, 'text:display-levels') ?? 1),
    });
  }
  return levels;
}

function formatOf(name: string): NumberFormat | 'none' {
  switch (name) {
    case '':
      return 'none';
    case 'a':
      return 'lower-letter';
    case 'A':
      return 'upper-letter';
    case 'i':
      return 'lower-roman';
    case 'I':
      return 'upper-roman';
    default:
      return 'decimal';
  }
}

/** Counts a level up and returns its number as shown; '' if the level has none. */
function count(counters: number[], level: number, levelAt: (index: number) => ListLevel | undefined): string {
  counters.length = Math.min(counters.length, level + 1);
  for (let index = 0; index < level; index += 1) counters[index] ??= levelAt(index)?.start ?? 1;
  const own = levelAt(level);
  counters[level] = (counters[level] ?? (own?.start ?? 1) - 1) + 1;
  if (own === undefined || own.format === 'none' || own.format === 'bullet') return '';
  const parts: string[] = [];
  for (let index = Math.max(0, level + 1 - own.shown); index <= level; index += 1) {
    parts.push(formatNumber(counters[index] ?? 1, levelAt(index)?.format ?? 'decimal'));
  }
  return `${own.prefix}${parts.filter((part) => part !== '').join('.')}${own.suffix}`.trim();
}

/** Every word of the text by its letters alone, without comments. */
function wordsOf(root: Element): string {
  const words: string[] = [];
  const walk = (parent: Element) => {
    for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
      if (node.nodeType === 3) words.push(node.nodeValue ?? '');
      else if (isElement(node) && node.nodeName !== 'office:annotation') {
        if (/^text:(?:p|h|tab|line-break|s|note)$/u.test(node.nodeName)) words.push('\n');
        walk(node);
      }
    }
  };
  walk(root);
  return words.join('');
}
