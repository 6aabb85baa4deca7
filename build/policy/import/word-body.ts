/** Walks the body of a Word document and turns it into blocks. */
import {
  type Block,
  type Cell,
  joinRuns,
  plainText,
  type Row,
  type Run,
  type Table,
} from './document-model.ts';
import type { WordNumber, WordNumbering } from './word-numbering.ts';
import { applyLook, type Look, type WordStyles } from './word-styles.ts';
import { attribute, childOf, childrenOf, firstWithin } from './xml.ts';

/** What applies to everything inside an element. */
type Context = {
  readonly look: Look;
  readonly change: 'inserted' | 'deleted' | undefined;
  readonly link: string | undefined;
  readonly isPrompt: boolean;
};

/** The paragraph that is being read. */
type OpenParagraph = {
  readonly runs: Run[];
  /** Text boxes and pictures with an anchor before, and after, the first word. */
  readonly before: Block[];
  readonly after: Block[];
  isContents: boolean;
};

type FieldState = {
  readonly isContents: boolean;
  hasResult: boolean;
  instruction: string;
  choice: string | undefined;
};

const wrappers: ReadonlySet<string> = new Set([
  'w:smartTag',
  'w:customXml',
  'w:sdtContent',
  'w:bdo',
  'w:dir',
  'w:ruby',
  'w:rubyBase',
  'w:body',
  'w:document',
  'w:hdr',
  'w:ftr',
]);

const plain: Context = {
  look: { bold: false, italic: false, struck: false, hidden: false },
  change: undefined,
  link: undefined,
  isPrompt: false,
};

export class WordBody {
  readonly changes = { insertions: 0, deletions: 0 };
  readonly #styles: WordStyles;
  readonly #numbering: WordNumbering;
  readonly #relations: ReadonlyMap<string, string>;
  /** Fields may span several paragraphs. */
  #fields: FieldState[] = [];
  /** Runs of a paragraph whose end was deleted: they belong to the next paragraph. */
  #carried: Run[] = [];
  readonly #noteMarks = new Map<string, number>();

  constructor(styles: WordStyles, numbering: WordNumbering, relations: ReadonlyMap<string, string>) {
    this.#styles = styles;
    this.#numbering = numbering;
    this.#relations = relations;
  }

  read(root: Element): Block[] {
    const blocks: Block[] = [];
    this.#readBlocks(root, plain, false, blocks);
    return blocks;
  }

  /** A header or a footer: fields of the body do not reach into it. */
  readApart(root: Element): Block[] {
    const fields = this.#fields;
    this.#fields = [];
    const blocks = this.read(root);
    this.#fields = fields;
    return blocks;
  }

  readNotes(root: Element | undefined, kind: 'footnote' | 'endnote'): Block[] {
    if (root === undefined) return [];
    const notes: Block[] = [];
    for (const element of childrenOf(root)) {
      const type = attribute(element, 'w:type');
      if (type !== undefined && type !== 'normal') continue;
      const runs = this.readApart(element).flatMap((block, index) =>
        'runs' in block ? [...(index > 0 ? [{ text: ' ' }] : []), ...block.runs] : [],
      );
      const id = `${kind}-${attribute(element, 'w:id') ?? ''}`;
      if (plainText(runs) !== '') notes.push({ kind: 'note', id, runs });
    }
    return notes;
  }

  #readBlocks(parent: Element, context: Context, isContents: boolean, blocks: Block[]): void {
    for (const element of childrenOf(parent)) {
      const { nodeName } = element;
      if (nodeName === 'w:p') this.#readParagraph(element, context, isContents, blocks);
      else if (nodeName === 'w:tbl') blocks.push(this.#readTable(element, context));
      else if (nodeName === 'w:sdt') {
        const content = childOf(element, 'w:sdtContent');
        if (content === undefined) continue;
        const gallery = attribute(firstWithin(element, 'w:docPartGallery'), 'w:val');
        const inner = isPrompting(element) ? { ...context, isPrompt: true } : context;
        this.#readBlocks(content, inner, isContents || gallery === 'Table of Contents', blocks);
      } else if (nodeName === 'w:ins' || nodeName === 'w:moveTo') {
        this.#readBlocks(element, { ...context, change: 'inserted' }, isContents, blocks);
      } else if (nodeName === 'w:del' || nodeName === 'w:moveFrom') {
        this.#readBlocks(element, { ...context, change: 'deleted' }, isContents, blocks);
      } else if (nodeName === 'mc:AlternateContent') {
        const choice = chooseAlternative(element);
        if (choice !== undefined) this.#readBlocks(choice, context, isContents, blocks);
      } else if (wrappers.has(nodeName)) this.#readBlocks(element, context, isContents, blocks);
    }
  }

  #readParagraph(element: Element, context: Context, isContents: boolean, blocks: Block[]): void {
    const properties = childOf(element, 'w:pPr');
    const styleId = attribute(properties && childOf(properties, 'w:pStyle'), 'w:val');
    const paragraph: OpenParagraph = {
      runs: this.#carried,
      before: [],
      after: [],
      isContents: isContents || this.#fields.some((field) => field.isContents),
    };
    this.#carried = [];
    this.#readRuns(element, { ...context, look: this.#styles.lookOf(styleId) }, paragraph);
    const mark = properties && childOf(properties, 'w:rPr');
    if (mark && (childOf(mark, 'w:del') ?? childOf(mark, 'w:moveFrom')) !== undefined) {
      // The paragraph's end was deleted, so its content moves to the front of the next. A deleted paragraph leaves
      // nothing.
      this.#carried = paragraph.runs;
      blocks.push(...paragraph.before, ...paragraph.after);
      return;
    }
    const runs = joinRuns(paragraph.runs);
    blocks.push(...paragraph.before);
    const isEmpty = plainText(runs) === '' && runs.every(({ noteId }) => noteId === undefined);
    const block = isEmpty ? undefined : this.#toBlock(properties, styleId, runs, paragraph.isContents);
    // After a heading, a box beside it would belong to its section; only a title has no section above it.
    const isSection = block?.kind === 'heading' && block.level > 1;
    if (isSection) blocks.push(...paragraph.after);
    if (block !== undefined) blocks.push(block);
    if (!isSection) blocks.push(...paragraph.after);
  }

  #toBlock(
    properties: Element | undefined,
    styleId: string | undefined,
    runs: readonly Run[],
    isContents: boolean,
  ): Block {
    const role = this.#styles.roleOf(styleId);
    const isVisible = runs.some(({ hidden, deleted, text }) => !hidden && !deleted && text.trim() !== '');
    if (isContents || role.role === 'contents') return { kind: 'contents', runs };
    // A hidden paragraph takes no number of its list.
    const number = isVisible ? this.#numberOf(properties, styleId) : undefined;
    const outline = attribute(properties && childOf(properties, 'w:outlineLvl'), 'w:val');
    const level =
      role.role === 'title'
        ? 1
        : role.role === 'heading'
          ? role.level + 1
          : outline !== undefined && Number(outline) < 9
            ? Number(outline) + 2
            : undefined;
    if (level !== undefined) {
      const label = number === undefined || number.format === 'bullet' ? '' : number.label;
      const labelled = label === '' ? runs : [{ text: `${label} ` }, ...runs];
      return { kind: 'heading', level, runs: labelled, source: 'style' };
    }
    if (number !== undefined && number.format !== 'none') {
      return {
        kind: 'item',
        runs,
        listId: number.listId,
        level: number.level,
        format: number.format,
        label: number.label,
      };
    }
    return { kind: 'paragraph', runs };
  }

  #numberOf(
    properties: Element | undefined,
    styleId: string | undefined,
  ): (WordNumber & { readonly level: number }) | undefined {
    const direct = properties && childOf(properties, 'w:numPr');
    const styled = this.#styles.numberingOf(styleId);
    const numId = attribute(direct && childOf(direct, 'w:numId'), 'w:val') ?? styled?.numId;
    // 0 switches off the list of the style.
    if (numId === undefined || numId === '0') return undefined;
    const own = attribute(direct && childOf(direct, 'w:ilvl'), 'w:val');
    const level =
      own !== undefined
        ? Number(own)
        : styled === undefined
          ? 0
          : (this.#numbering.levelOfStyle(styled.styleId) ?? styled.level ?? 0);
    const number = this.#numbering.next(numId, level);
    return number === undefined ? undefined : { ...number, level };
  }

  #readRuns(parent: Element, context: Context, paragraph: OpenParagraph): void {
    for (const element of childrenOf(parent)) {
      switch (element.nodeName) {
        case 'w:r':
          this.#readRun(element, context, paragraph);
          break;
        case 'w:hyperlink': {
          const anchor = attribute(element, 'w:anchor');
          const target =
            this.#relations.get(attribute(element, 'r:id') ?? '') ??
            (anchor === undefined ? undefined : `#${anchor}`);
          this.#readRuns(element, target === undefined ? context : { ...context, link: target }, paragraph);
          break;
        }
        case 'w:ins':
        case 'w:moveTo':
          if (element.nodeName === 'w:ins') this.changes.insertions += 1;
          this.#readRuns(element, { ...context, change: 'inserted' }, paragraph);
          break;
        case 'w:del':
        case 'w:moveFrom':
          if (element.nodeName === 'w:del') this.changes.deletions += 1;
          this.#readRuns(element, { ...context, change: 'deleted' }, paragraph);
          break;
        case 'w:sdt': {
          const content = childOf(element, 'w:sdtContent');
          const inner = isPrompting(element) ? { ...context, isPrompt: true } : context;
          if (content !== undefined) this.#readRuns(content, inner, paragraph);
          break;
        }
        case 'w:fldSimple':
          this.#readRuns(element, context, paragraph);
          break;
        case 'm:oMath':
        case 'm:oMathPara':
          paragraph.runs.push(toRun(element.textContent ?? '', context));
          break;
        default:
          if (wrappers.has(element.nodeName)) this.#readRuns(element, context, paragraph);
      }
    }
  }

  #readRun(element: Element, outer: Context, paragraph: OpenParagraph): void {
    const properties = childOf(element, 'w:rPr');
    const context =
      properties === undefined
        ? outer
        : { ...outer, look: applyLook(this.#withCharacterStyle(outer.look, properties), properties) };
    for (const child of childrenOf(element)) {
      const { nodeName } = child;
      const isInstruction = this.#fields.at(-1)?.hasResult === false;
      if (nodeName === 'w:fldChar') this.#turnField(child, context, paragraph);
      else if (nodeName === 'w:instrText') {
        const field = this.#fields.at(-1);
        if (field !== undefined) field.instruction += child.textContent ?? '';
        if (field !== undefined && /^\s*TOC\b/u.test(field.instruction) && !field.isContents) {
          this.#fields[this.#fields.length - 1] = { ...field, isContents: true };
          paragraph.isContents = true;
        }
      } else if (!isInstruction) this.#readPiece(child, context, paragraph);
    }
  }

  #withCharacterStyle(look: Look, properties: Element): Look {
    const id = attribute(childOf(properties, 'w:rStyle'), 'w:val');
    if (id === undefined) return look;
    const styled = this.#styles.lookOf(id);
    return {
      bold: look.bold || styled.bold,
      italic: look.italic || styled.italic,
      struck: look.struck || styled.struck,
      hidden: look.hidden || styled.hidden,
    };
  }

  #readPiece(child: Element, context: Context, paragraph: OpenParagraph): void {
    const push = (text: string) => {
      if (text !== '') paragraph.runs.push(toRun(text, context));
    };
    switch (child.nodeName) {
      case 'w:t':
        push(isOfSigns(child) ? toSigns(child.textContent ?? '') : (child.textContent ?? ''));
        break;
      case 'w:delText':
        paragraph.runs.push(toRun(child.textContent ?? '', { ...context, change: 'deleted' }));
        break;
      case 'w:tab':
      case 'w:ptab':
        push('\t');
        break;
      case 'w:br':
        if ((attribute(child, 'w:type') ?? 'textWrapping') === 'textWrapping') push('\n');
        break;
      case 'w:cr':
        push('\n');
        break;
      case 'w:noBreakHyphen':
        push('-');
        break;
      case 'w:sym':
        push(String.fromCodePoint(Number.parseInt(attribute(child, 'w:char') ?? '20', 16)));
        break;
      case 'w:footnoteReference':
      case 'w:endnoteReference': {
        const kind = child.nodeName === 'w:footnoteReference' ? 'footnote' : 'endnote';
        const noteId = `${kind}-${attribute(child, 'w:id') ?? ''}`;
        const number = this.#noteMarks.get(noteId) ?? this.#noteMarks.size + 1;
        this.#noteMarks.set(noteId, number);
        paragraph.runs.push({ ...toRun(String(number), context), noteId });
        break;
      }
      case 'w:drawing':
      case 'w:pict':
      case 'w:object':
        this.#readDrawing(child, context, paragraph);
        break;
      case 'mc:AlternateContent': {
        const choice = chooseAlternative(child);
        if (choice !== undefined) {
          for (const each of childrenOf(choice)) this.#readPiece(each, context, paragraph);
        }
        break;
      }
      default:
        break;
    }
  }

  /** The words of a text box come before the paragraph with its anchor, unless words precede the anchor. */
  #readDrawing(element: Element, context: Context, paragraph: OpenParagraph): void {
    const place = plainText(paragraph.runs) === '' ? paragraph.before : paragraph.after;
    const boxes = [...allWithin(element, 'w:txbxContent')];
    const carried = this.#carried;
    this.#carried = [];
    for (const box of boxes) this.#readBlocks(box, { ...plain, change: context.change }, false, place);
    this.#carried = carried;
    const isPicture = ['pic:pic', 'v:imagedata', 'a:blip', 'c:chart', 'dgm:relIds'].some(
      (name) => firstWithin(element, name) !== undefined,
    );
    if (isPicture || (boxes.length === 0 && element.nodeName === 'w:object')) {
      const properties = firstWithin(element, 'wp:docPr');
      const description = attribute(properties, 'descr') ?? attribute(properties, 'title') ?? '';
      place.push({ kind: 'figure', description });
    }
  }

  #turnField(element: Element, context: Context, paragraph: OpenParagraph): void {
    const type = attribute(element, 'w:fldCharType');
    if (type === 'begin') {
      this.#fields.push({
        isContents: false,
        hasResult: false,
        instruction: '',
        choice: legacyFieldText(element),
      });
    } else if (type === 'separate') {
      const field = this.#fields.at(-1);
      if (field !== undefined) field.hasResult = true;
    } else if (type === 'end') {
      const field = this.#fields.pop();
      // The fields of old forms keep the chosen entry beside the text.
      if (field?.choice !== undefined) paragraph.runs.push(toRun(field.choice, context));
    }
  }

  #readTable(element: Element, context: Context): Table {
    const rows: Row[] = [];
    for (const row of rowsWithin(element)) {
      const properties = childOf(row, 'w:trPr');
      const isDeleted = properties !== undefined && childOf(properties, 'w:del') !== undefined;
      const inner: Context = isDeleted ? { ...context, change: 'deleted' } : context;
      const cells: Cell[] = [];
      const before = Number(attribute(properties && childOf(properties, 'w:gridBefore'), 'w:val') ?? 0);
      for (let index = 0; index < Math.min(before, 60); index += 1) cells.push({ blocks: [] });
      for (const cell of cellsWithin(row)) {
        const cellProperties = childOf(cell, 'w:tcPr');
        const merge = cellProperties && childOf(cellProperties, 'w:vMerge');
        const isContinued = merge !== undefined && attribute(merge, 'w:val') !== 'restart';
        const blocks: Block[] = [];
        this.#readBlocks(cell, inner, false, blocks);
        cells.push(isContinued ? { blocks, merged: 'above' } : { blocks });
        const span = Number(attribute(cellProperties && childOf(cellProperties, 'w:gridSpan'), 'w:val') ?? 1);
        for (let index = 1; index < Math.min(span, 60); index += 1)
          cells.push({ blocks: [], merged: isContinued ? 'above' : 'left' });
      }
      rows.push({
        cells,
        isHeader: properties !== undefined && childOf(properties, 'w:tblHeader') !== undefined,
      });
    }
    const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
    return {
      kind: 'table',
      rows: rows.map(({ cells, isHeader }) => ({
        isHeader,
        cells: [...cells, ...Array.from({ length: width - cells.length }, () => ({ blocks: [] }))],
      })),
    };
  }
}

function* rowsWithin(element: Element): Generator<Element> {
  for (const child of childrenOf(element)) {
    if (child.nodeName === 'w:tr') yield child;
    else if (['w:sdt', 'w:sdtContent', 'w:customXml', 'w:ins', 'w:del'].includes(child.nodeName)) {
      yield* rowsWithin(child);
    }
  }
}

function* cellsWithin(element: Element): Generator<Element> {
  for (const child of childrenOf(element)) {
    if (child.nodeName === 'w:tc') yield child;
    else if (['w:sdt', 'w:sdtContent', 'w:customXml'].includes(child.nodeName)) yield* cellsWithin(child);
  }
}

function* allWithin(element: Element, name: string): Generator<Element> {
  for (const child of childrenOf(element)) {
    if (child.nodeName === name) yield child;
    else if (child.nodeName === 'mc:AlternateContent') {
      const choice = chooseAlternative(child);
      if (choice !== undefined) yield* allWithin(choice, name);
    } else yield* allWithin(child, name);
  }
}

/** The new form holds everything that the old one does, unless only the old one has words. */
function chooseAlternative(element: Element): Element | undefined {
  const choice = childOf(element, 'mc:Choice');
  const fallback = childOf(element, 'mc:Fallback');
  if (choice === undefined) return fallback;
  const hasWords = (each: Element) => firstWithin(each, 'w:t') !== undefined;
  return fallback !== undefined && !hasWords(choice) && hasWords(fallback) ? fallback : choice;
}

function isPrompting(control: Element): boolean {
  const properties = childOf(control, 'w:sdtPr');
  return properties !== undefined && childOf(properties, 'w:showingPlcHdr') !== undefined;
}

/** The chosen entry of a drop-down list, or the box of a check box, in a form made before content controls. */
function legacyFieldText(begin: Element): string | undefined {
  const data = childOf(begin, 'w:ffData');
  if (data === undefined) return undefined;
  const value = (parent: Element, name: string) => attribute(childOf(parent, name), 'w:val');
  const list = childOf(data, 'w:ddList');
  if (list !== undefined) {
    const entries = [...childrenOf(list)].filter(({ nodeName }) => nodeName === 'w:listEntry');
    const chosen = entries[Number(value(list, 'w:result') ?? value(list, 'w:default') ?? 0)];
    return attribute(chosen, 'w:val');
  }
  const box = childOf(data, 'w:checkBox');
  if (box === undefined) return undefined;
  const mark = childOf(box, 'w:checked') ?? childOf(box, 'w:default');
  const isTicked = mark !== undefined && !['0', 'false'].includes(attribute(mark, 'w:val') ?? '1');
  return isTicked ? '☑' : '☐';
}

function toRun(text: string, { look, change, link, isPrompt }: Context): Run {
  return {
    text,
    ...(look.bold && { bold: true as const }),
    ...(look.italic && { italic: true as const }),
    ...(look.struck && { struck: true as const }),
    ...(look.hidden && { hidden: true as const }),
    ...(change === 'inserted' && { inserted: true as const }),
    ...(change === 'deleted' && { deleted: true as const }),
    ...(isPrompt && { prompt: true as const }),
    ...(link !== undefined && { link }),
  };
}

/** The run is set in a font whose letters are pictures: there "ü" is a tick, and "§" a bullet. */
function isOfSigns(text: Element): boolean {
  const run = text.parentNode?.nodeName === 'w:r' ? (text.parentNode as unknown as Element) : undefined;
  const properties = run === undefined ? undefined : childOf(run, 'w:rPr');
  const fonts = properties === undefined ? undefined : childOf(properties, 'w:rFonts');
  return /^(?:wingdings(?: [23])?|webdings)$/iu.test(attribute(fonts, 'w:ascii') ?? '');
}

/** Such letters in the private use area, where `w:sym` and PDFs have them too. */
function toSigns(text: string): string {
  return text.replaceAll(/[!-\u00FF]/gu, (letter) =>
    String.fromCodePoint(0xf000 + (letter.codePointAt(0) ?? 0)),
  );
}
