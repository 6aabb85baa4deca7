/** Reads the structure of a tagged PDF: its own headings, lists and tables. */
import {
  type Block,
  type Cell,
  joinRuns,
  plainText,
  type Row,
  type Run,
  trimRuns,
} from './document-model.ts';
import { listSign } from './line-signs.ts';
import { joinLines } from './mend-line.ts';
import type { PageContent, Piece, StructureNode } from './pdf-page.ts';

type Child = StructureNode['children'][number];
type State = {
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
  readonly used: Set<Piece>;
  readonly hyphenated: ReadonlySet<string>;
  readonly page: number;
};

export type StructureRead = {
  readonly blocks: readonly Block[];
  /** Pieces outside the structure: they belong to the page. */
  readonly outside: readonly Piece[];
};

/** Undefined if the structure does not hold most of the page's text. */
export function readStructure(
  content: PageContent,
  page: number,
  hyphenated: ReadonlySet<string>,
): StructureRead | undefined {
  if (content.structure === undefined) return undefined;
  const pieces = new Map<string, Piece[]>();
  for (const piece of content.pieces) {
    if (piece.contentId === undefined) continue;
    const list = pieces.get(piece.contentId) ?? [];
    list.push(piece);
    pieces.set(piece.contentId, list);
  }
  const state: State = { pieces, used: new Set(), hyphenated, page };
  const blocks: Block[] = [];
  readChildren(content.structure.children, state, undefined, blocks);
  const letters = (list: Iterable<Piece>) =>
    [...list].reduce((sum, { text }) => sum + text.replaceAll(/\s/gu, '').length, 0);
  const all = letters(content.pieces);
  if (all === 0 || letters(state.used) < all * 0.75) return undefined;
  // A structure of paragraphs only says less than the look of the page.
  const isFlat = blocks.every(({ kind }) => kind === 'paragraph');
  return isFlat ? undefined : { blocks, outside: content.pieces.filter((piece) => !state.used.has(piece)) };
}

type Place = { readonly level: number };

function readChildren(
  children: readonly Child[],
  state: State,
  place: Place | undefined,
  blocks: Block[],
): void {
  let loose: Child[] = [];
  const flush = () => {
    const runs = runsOf(loose, state);
    loose = [];
    if (plainText(runs) !== '') blocks.push({ kind: 'paragraph', runs, page: state.page });
  };
  for (const child of children) {
    if (!('role' in child) || isInline(child)) {
      loose.push(child);
      continue;
    }
    flush();
    readNode(child, state, place, blocks);
  }
  flush();
}

function isInline({ role, children }: StructureNode): boolean {
  return (
    /^(?:Span|Link|Quote|Em|Strong|Reference|Annot|Code|NonStruct|Sub|Ruby|Warichu)$/u.test(role) &&
    children.every((child) => !('role' in child) || isInline(child))
  );
}

function readNode(node: StructureNode, state: State, place: Place | undefined, blocks: Block[]): void {
  const { role, children } = node;
  const level = /^H([1-6])$/u.exec(role)?.[1];
  if (level !== undefined || role === 'H' || role === 'Title') {
    const runs = runsOf(children, state);
    const depth = role === 'Title' ? 1 : level === undefined ? 0 : Number(level);
    if (plainText(runs) !== '')
      blocks.push({ kind: 'heading', level: depth, runs, source: 'style', page: state.page });
  } else if (role === 'P' || role === 'Caption' || role === 'BlockQuote') {
    readChildren(children, state, place, blocks);
  } else if (role === 'L') readList(node, state, place, blocks);
  else if (role === 'Table') {
    const table = readTable(node, state);
    if (table !== undefined) blocks.push(table);
  } else if (role === 'TOC' || role === 'TOCI') {
    const runs = runsOf(children, state);
    if (role === 'TOCI' && plainText(runs) !== '') blocks.push({ kind: 'contents', runs, page: state.page });
    else if (role === 'TOC') readChildrenAsContents(children, state, blocks);
  } else if (role === 'Figure' || role === 'Formula') {
    const inner: Block[] = [];
    readChildren(children, state, place, inner);
    if (inner.length > 0) blocks.push(...inner);
    else
      blocks.push({
        kind: 'figure',
        description: 'alt' in node && typeof node.alt === 'string' ? node.alt : '',
        page: state.page,
      });
  } else if (role === 'Artifact') {
    const runs = runsOf(children, state);
    if (plainText(runs) !== '')
      blocks.push({ kind: 'furniture', what: 'running line', runs, page: state.page });
  } else readChildren(children, state, place, blocks);
}

function readChildrenAsContents(children: readonly Child[], state: State, blocks: Block[]): void {
  for (const child of children) {
    if (!('role' in child)) continue;
    if (child.role === 'TOC') readChildrenAsContents(child.children, state, blocks);
    else {
      const runs = runsOf(child.children, state);
      if (plainText(runs) !== '') blocks.push({ kind: 'contents', runs, page: state.page });
    }
  }
}

function readList(list: StructureNode, state: State, place: Place | undefined, blocks: Block[]): void {
  const inner = { level: place === undefined ? 0 : place.level + 1 };
  for (const item of list.children) {
    if (!('role' in item)) continue;
    if (item.role === 'L') {
      readList(item, state, inner, blocks);
      continue;
    }
    const labels = item.children.filter((child) => 'role' in child && child.role === 'Lbl');
    const label = plainText(runsOf(labels, state));
    const content: Block[] = [];
    readChildren(
      item.children.filter((child) => !labels.includes(child)),
      state,
      inner,
      content,
    );
    const [first, ...rest] = content;
    if (first?.kind !== 'paragraph') {
      blocks.push(...content);
      continue;
    }
    const typed = label === '' ? listSign(plainText(first.runs)) : listSign(`${label} x`);
    const runs = label === '' && typed !== undefined ? cutFront(first.runs, typed.length) : first.runs;
    blocks.push(
      {
        kind: 'item',
        runs,
        listId: 'pdf',
        level: inner.level,
        format: typed?.format ?? 'bullet',
        label: typed?.label ?? '•',
        page: state.page,
      },
      ...rest,
    );
  }
}

function cutFront(runs: readonly Run[], count: number): readonly Run[] {
  let left = count;
  return trimRuns(
    runs.map((run) => {
      const text = run.text.slice(Math.min(left, run.text.length));
      left -= run.text.length - text.length;
      return { ...run, text };
    }),
  );
}

function readTable(table: StructureNode, state: State): Block | undefined {
  const rows: Row[] = [];
  const walk = (node: StructureNode, isHead: boolean) => {
    for (const child of node.children) {
      if (!('role' in child)) continue;
      if (child.role !== 'TR') {
        walk(child, isHead || child.role === 'THead');
        continue;
      }
      const cells: Cell[] = [];
      let areHeaders = true;
      for (const cell of child.children) {
        if (!('role' in cell)) continue;
        const blocks: Block[] = [];
        readChildren(cell.children, state, undefined, blocks);
        areHeaders &&= cell.role === 'TH';
        cells.push({ blocks });
      }
      // The structure of a page also names the rows of the same table that are on other pages.
      const isHere = cells.some(({ blocks }) => blocks.length > 0);
      if (isHere) rows.push({ cells, isHeader: isHead || (areHeaders && cells.length > 1) });
    }
  };
  walk(table, false);
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  if (width === 0) return undefined;
  return {
    kind: 'table',
    page: state.page,
    rows: rows.map(({ cells, isHeader }) => ({
      isHeader,
      cells: [...cells, ...Array.from({ length: width - cells.length }, () => ({ blocks: [] }))],
    })),
  };
}

/** The text of nodes, line by line as the page breaks it. */
function runsOf(children: readonly Child[], state: State): readonly Run[] {
  const pieces: Piece[] = [];
  const collect = (child: Child) => {
    if ('role' in child) child.children.forEach(collect);
    else if (child.type === 'content') pieces.push(...(state.pieces.get(child.id) ?? []));
  };
  children.forEach(collect);
  let runs: Run[] = [];
  let text = '';
  let last: Piece | undefined;
  for (const piece of pieces) {
    state.used.add(piece);
    const run: Run = {
      text: piece.text,
      ...(piece.isBold && { bold: true as const }),
      ...(piece.isItalic && { italic: true as const }),
      ...(piece.isHidden && { hidden: true as const }),
    };
    const isNewLine =
      last !== undefined && Math.abs(last.y - piece.y) > Math.max(last.size, piece.size) * 0.6;
    const isApart = last !== undefined && (isNewLine || piece.x - last.endX > piece.size * 0.15);
    if (!isApart || /\s$/u.test(text) || /^\s/u.test(piece.text)) {
      runs.push(run);
      text += piece.text;
    } else {
      const joined = isNewLine
        ? joinLines(text, piece.text, state.hyphenated)
        : { text: `${text} ${piece.text}` };
      const end = runs.at(-1);
      if (joined.text === `${text} ${piece.text}`) runs.push({ text: ' ' }, run);
      else if (joined.text === text + piece.text || end === undefined) runs.push(run);
      else runs = [...runs.slice(0, -1), { ...end, text: end.text.slice(0, -1) }, run];
      text = joined.text;
    }
    if (piece.text.trim() !== '') last = piece;
  }
  return trimRuns(joinRuns(runs));
}
