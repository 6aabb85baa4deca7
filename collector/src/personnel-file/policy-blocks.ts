/** Turns a policy's Markdown into the blocks of a tagged document: the same text that the gate shows, and as inert. */
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Block, FontName, ListItem, Run } from './tagged-document.ts';

/** The part of a syntax tree node that is read here. */
interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly depth?: number;
  readonly ordered?: boolean | null;
  readonly start?: number | null;
  readonly children?: readonly Node[];
}

function runsOf(nodes: readonly Node[], font: FontName = 'plain'): Run[] {
  return nodes.flatMap((node): Run[] => {
    const inside = node.children ?? [];
    switch (node.type) {
      case 'text':
      case 'inlineCode':
        return [{ text: (node.value ?? '').replaceAll('\n', ' '), font }];
      case 'break':
        return [{ text: '\n', font }];
      case 'strong':
        return runsOf(inside, 'strong');
      case 'link': {
        const runs = runsOf(inside, font);
        const shown = runs.map(({ text }) => text).join('');
        // On paper an address can only be read.
        return node.url === undefined || node.url === '' || node.url === shown
          ? runs
          : [...runs, { text: ` (${node.url})`, font }];
      }
      case 'image':
      case 'html':
        return [];
      default:
        return runsOf(inside, font);
    }
  });
}

const textOf = (node: Node): string =>
  runsOf(node.children ?? [])
    .map(({ text }) => text)
    .join('');

function itemsOf({ children = [], ordered, start }: Node, headingOf: HeadingOf): ListItem[] {
  return children.map((item, index) => ({
    label: ordered === true ? `${(start ?? 1) + index}.` : '•',
    blocks: blocksOf(item.children ?? [], headingOf),
  }));
}

type HeadingOf = (depth: number) => number;

function blocksOf(nodes: readonly Node[], headingOf: HeadingOf): Block[] {
  return nodes.flatMap((node): Block[] => {
    const inside = node.children ?? [];
    switch (node.type) {
      case 'heading':
        return [{ kind: 'heading', level: headingOf(node.depth ?? 1), runs: runsOf(inside, 'strong') }];
      case 'paragraph':
        return [{ kind: 'paragraph', runs: runsOf(inside) }];
      case 'code':
        return [{ kind: 'paragraph', runs: [{ text: node.value ?? '', font: 'plain' }] }];
      case 'blockquote':
        return [{ kind: 'quote', blocks: blocksOf(inside, headingOf) }];
      case 'list':
        return [{ kind: 'list', items: itemsOf(node, headingOf) }];
      case 'table':
        return [{ kind: 'table', rows: inside.map((row) => (row.children ?? []).map(textOf)) }];
      default:
        return [];
    }
  });
}

/**
 * The highest heading of the text gets the level `top`. A level that the text leaves out is closed, because the outline of
 * a PDF/UA document has no gap.
 */
export function policyBlocks(markdown: string, top: number): Block[] {
  const tree = fromMarkdown(markdown, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  }) as Node;
  const open: number[] = [];
  const headingOf = (depth: number): number => {
    while ((open.at(-1) ?? 0) >= depth) open.pop();
    open.push(depth);
    return top - 1 + open.length;
  };
  return blocksOf(tree.children ?? [], headingOf);
}
