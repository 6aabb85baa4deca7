/** Reads Markdown by its own grammar: CommonMark with tables, task lists, footnotes and front matter. */
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import {
  type Block,
  type Cell,
  check,
  done,
  dropStart,
  joinRuns,
  type Note,
  plainText,
  type Run,
  type SourceDocument,
  trimRuns,
} from './document-model.ts';
import { realAddress } from './real-address.ts';

/** The nodes of a Markdown tree, by the parser's own types. */
type Root = ReturnType<typeof fromMarkdown>;
type RootContent = Root['children'][number];
type MarkdownTable = Extract<RootContent, { type: 'table' }>;
type ListItem = Extract<RootContent, { type: 'list' }>['children'][number];
type PhrasingContent = Extract<RootContent, { type: 'paragraph' }>['children'][number];
type Nodes = Root | RootContent;

type State = {
  readonly definitions: Map<string, string>;
  readonly notes: Note[];
  lists: number;
  comments: number;
  frontMatter: string | undefined;
};
type Look = Omit<Run, 'text' | 'noteId'>;
/** The list that holds the blocks. */
type ListPlace = { readonly listId: string; readonly level: number };

export function readMarkdown(text: string, notes: readonly Note[]): SourceDocument {
  const tree = fromMarkdown(withoutAnchors(text), {
    extensions: [gfm(), frontmatter(['yaml', 'toml'])],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(['yaml', 'toml'])],
  });
  const state: State = {
    definitions: new Map(),
    notes: [...notes],
    lists: 0,
    comments: 0,
    frontMatter: undefined,
  };
  collectDefinitions(tree, state);
  const blocks: Block[] = [];
  readAll(tree.children, state, undefined, blocks);
  if (state.frontMatter !== undefined) {
    const title = /^title:\s*["']?(.+?)["']?\s*$/mu.exec(state.frontMatter)?.[1];
    if (title !== undefined && !blocks.some((block) => block.kind === 'heading' && block.level === 1)) {
      blocks.unshift({ kind: 'heading', level: 1, runs: [{ text: title }], source: 'mark' });
    }
    state.notes.push(
      done('The settings at the top of the file (front matter) are no text and were left out.'),
    );
  }
  if (state.comments > 0) {
    state.notes.push(check(`${state.comments} comments that nobody sees were left out.`));
  }
  return {
    format: 'markdown',
    blocks,
    isScan: false,
    words: visibleWords(text),
    notes: state.notes,
  };
}

/** `## Heading {#name}`: some programs write the anchor of a heading after it. */
function withoutAnchors(text: string): string {
  return text.replaceAll(/^(#{1,6} .*?)[ \t]*\{#[^{}\n]*\}[ \t]*$/gmu, '$1');
}

/** The words of the text without addresses, anchors and invisible parts. */
function visibleWords(text: string): string {
  return withoutAnchors(text)
    .replace(/^---\n.*?\n---\n/su, '')
    .replaceAll(/<!--.*?-->/gsu, ' ')
    .replaceAll(/\]\([^)\n]*\)/gu, '] ')
    .replaceAll(/^ {0,3}\[[^\]\n]+\]:\s*\S+.*$/gmu, (line) =>
      /^ {0,3}\[\^/u.test(line) ? line.replace(/^[^:]*:/u, '') : '',
    )
    .replaceAll(/\[\^[^\]\n]+\]/gu, ' ')
    .replaceAll(/^\s*[-*+]\s+\[[xX]\]/gmu, ' ')
    .replaceAll(/^\s*(?:>\s*)*\d{1,9}[.)]\s/gmu, ' ')
    .replaceAll(/<\/?[a-z][^<>\n]*>/giu, ' ')
    .replaceAll(/\\([!-/:-@[-`{-~])/gu, '$1')
    .replaceAll(/[*_~`]+/gu, '');
}

function collectDefinitions(node: Nodes, state: State): void {
  if (node.type === 'definition') state.definitions.set(node.identifier, node.url);
  if ('children' in node) for (const child of node.children) collectDefinitions(child, state);
}

function readAll(
  nodes: readonly RootContent[],
  state: State,
  place: ListPlace | undefined,
  blocks: Block[],
): void {
  for (const node of nodes) readNode(node, state, place, blocks);
}

function readNode(node: RootContent, state: State, place: ListPlace | undefined, blocks: Block[]): void {
  switch (node.type) {
    case 'heading':
      blocks.push({ kind: 'heading', level: node.depth, runs: toRuns(node.children, state), source: 'mark' });
      break;
    case 'paragraph': {
      const runs = toRuns(node.children, state);
      if (runs.length > 0) blocks.push({ kind: 'paragraph', runs });
      break;
    }
    case 'list': {
      state.lists += 1;
      const inner = { listId: `markdown-${state.lists}`, level: place === undefined ? 0 : place.level + 1 };
      for (const [index, item] of node.children.entries()) {
        const number = node.ordered === true ? (node.start ?? 1) + index : undefined;
        readItem(item, number, state, inner, blocks);
      }
      break;
    }
    case 'table':
      blocks.push(readTable(node, state));
      break;
    case 'blockquote':
      readAll(node.children, state, place, blocks);
      break;
    case 'code':
      for (const text of node.value.split(/\n{2,}/u)) blocks.push({ kind: 'paragraph', runs: [{ text }] });
      break;
    case 'thematicBreak':
      blocks.push({ kind: 'rule' });
      break;
    case 'footnoteDefinition': {
      const inner: Block[] = [];
      readAll(node.children, state, undefined, inner);
      const runs = inner.flatMap((block, index) =>
        'runs' in block ? [...(index > 0 ? [{ text: ' ' }] : []), ...block.runs] : [],
      );
      blocks.push({ kind: 'note', id: node.identifier, runs });
      break;
    }
    case 'html': {
      const runs = htmlRuns(node.value, {}, state);
      if (plainText(runs) !== '') blocks.push({ kind: 'paragraph', runs });
      break;
    }
    case 'yaml':
      state.frontMatter = node.value;
      break;
    default:
      if ((node.type as string) === 'toml' && 'value' in node) state.frontMatter = node.value;
      break;
  }
}

function readItem(
  item: ListItem,
  number: number | undefined,
  state: State,
  place: ListPlace,
  blocks: Block[],
): void {
  const [first, ...rest] = item.children;
  const box = item.checked === true ? '☑ ' : item.checked === false ? '☐ ' : '';
  const runs = first?.type === 'paragraph' ? toRuns(first.children, state) : [];
  blocks.push({
    kind: 'item',
    runs: box === '' ? runs : [{ text: box }, ...runs],
    listId: place.listId,
    level: place.level,
    format: number === undefined ? 'bullet' : 'decimal',
    label: number === undefined ? '•' : `${number}.`,
  });
  readAll(first === undefined || first.type === 'paragraph' ? rest : item.children, state, place, blocks);
}

/** Rows may be shorter or longer than the header. Viewers drop longer ends, but the import keeps every word. */
function readTable(table: MarkdownTable, state: State): Block {
  const width = Math.max(...table.children.map((row) => row.children.length));
  return {
    kind: 'table',
    rows: table.children.map((row, index) => {
      const cells = row.children.map((cell): Cell => {
        const runs = toRuns(cell.children, state);
        return { blocks: plainText(runs) === '' ? [] : [{ kind: 'paragraph', runs }] };
      });
      const missing = Array.from({ length: width - cells.length }, (): Cell => ({ blocks: [] }));
      return { isHeader: index === 0, cells: [...cells, ...missing] };
    }),
  };
}

function toRuns(nodes: readonly PhrasingContent[], state: State): readonly Run[] {
  const runs: Run[] = [];
  readPhrasing(nodes, {}, state, runs);
  return trimRuns(joinRuns(runs));
}

function readPhrasing(nodes: readonly PhrasingContent[], look: Look, state: State, runs: Run[]): void {
  for (const node of nodes) {
    switch (node.type) {
      case 'text':
        // A line that the editor has broken continues, unless it starts with the sign of an item: "(b) …".
        runs.push({
          ...look,
          text: node.value.replaceAll(
            /\s*\n\s*(?!\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})[.)]\s|\[[ xX]?\]\s|[☐☑□•])/gu,
            ' ',
          ),
        });
        break;
      case 'inlineCode':
        runs.push({ ...look, text: node.value });
        break;
      case 'break':
        runs.push({ ...look, text: '\n' });
        break;
      case 'strong':
        readPhrasing(node.children, { ...look, bold: true }, state, runs);
        break;
      case 'emphasis':
        readPhrasing(node.children, { ...look, italic: true }, state, runs);
        break;
      case 'delete':
        readPhrasing(node.children, { ...look, struck: true }, state, runs);
        break;
      case 'link':
        readPhrasing(node.children, withLink(look, node.url), state, runs);
        break;
      case 'linkReference':
        readPhrasing(
          node.children,
          withLink(look, state.definitions.get(node.identifier) ?? ''),
          state,
          runs,
        );
        break;
      case 'image':
      case 'imageReference':
        runs.push({ ...look, text: node.alt ?? '' });
        state.notes.push(
          check(`A picture was left out: say in words what it shows${node.alt ? ` (“${node.alt}”)` : ''}.`),
        );
        break;
      case 'footnoteReference':
        runs.push({ ...look, text: node.label ?? node.identifier, noteId: node.identifier });
        break;
      case 'html':
        runs.push(...htmlRuns(node.value, look, state));
        break;
    }
  }
}

function withLink(look: Look, address: string): Look {
  return address === '' ? look : { ...look, link: realAddress(address) };
}

/** The runs of one line with Markdown's marks within its words. */
export function parseInline(text: string): readonly Run[] {
  // After a word, no sign at the front of the line can start a list, a heading or a quotation.
  const tree = fromMarkdown(`x ${text}`, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const [paragraph] = tree.children;
  const state: State = { definitions: new Map(), notes: [], lists: 0, comments: 0, frontMatter: undefined };
  if (paragraph?.type !== 'paragraph') return [{ text }];
  return dropStart(toRuns(paragraph.children, state), 2);
}

/** The gate shows tags as text. A line-break tag becomes a line break, and a comment is dropped. */
function htmlRuns(html: string, look: Look, state: State): readonly Run[] {
  const withoutComments = html.replaceAll(/<!--.*?-->/gsu, () => {
    state.comments += 1;
    return '';
  });
  const text = withoutComments.replaceAll(/<br\s*\/?>/giu, '\n');
  return text === '' ? [] : [{ ...look, text }];
}
