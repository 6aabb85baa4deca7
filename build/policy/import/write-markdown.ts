/** Writes blocks as the Markdown of a pack, without HTML, links or pictures. */
import { maxLineCharacters } from '../../../shared/policy/markdown-outline.ts';
import {
  type Block,
  type Cell,
  type Item,
  joinRuns,
  plainText,
  type Run,
  rawText,
  type Table,
  textOf,
  trimRuns,
} from './document-model.ts';

/** A longer paragraph is split, so that a line can still hold what escaping adds. */
const maxPlainCharacters = maxLineCharacters / 2;

/** An open list: where the content of its items starts, and its last number. */
type OpenItem = {
  readonly level: number;
  readonly content: number;
  readonly indent: number;
  readonly kind: 'bullet' | 'number' | 'label';
  readonly number: number;
  readonly delimiter: string;
};

export function writeMarkdown(blocks: readonly Block[]): string {
  const parts: string[] = [];
  let open: OpenItem[] = [];
  let previous: Block | undefined;
  for (const block of blocks) {
    const isFirst = parts.length === 0;
    if (block.kind === 'item') {
      const written = writeItem(block, open);
      const joins = previous?.kind === 'item' && written.isTight && open.at(-1)?.kind !== 'label';
      parts.push(isFirst ? '' : joins ? '\n' : '\n\n', written.text);
      open = written.open;
    } else {
      const text = writeBlock(block);
      if (text === '') continue;
      parts.push(isFirst ? '' : '\n\n', text);
      open = [];
    }
    previous = block;
  }
  return `${parts.join('')}\n`;
}

function writeBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(Math.max(1, block.level))} ${toInline(oneLine(withoutLook(block.runs)))}`;
    case 'paragraph':
    case 'field':
    case 'note':
      return writeParagraph(block.runs, '');
    case 'table':
      return writeTable(block);
    default:
      return '';
  }
}

function writeParagraph(runs: readonly Run[], indent: string): string {
  return splitLong(runs)
    .map((part) =>
      toInline(part)
        .split('\n')
        .map((line) => guardStart(line.trim()))
        .filter((line) => line !== '')
        .join(`\\\n${indent}`),
    )
    .filter((text) => text !== '')
    .join(`\n\n${indent}`);
}

function writeItem(item: Item, before: readonly OpenItem[]) {
  const outer = before.filter(({ level }) => level < item.level);
  const sibling = before.find(({ level }) => level === item.level);
  const indent = outer.at(-1)?.content ?? 0;
  const numbered = /^(\d{1,9})([.)])$/u.exec(item.label);
  const isBullet = item.format === 'bullet';
  let marker = '- ';
  let kind: OpenItem['kind'] = isBullet ? 'bullet' : 'label';
  let number = 0;
  let delimiter = '';
  if (!isBullet && numbered?.[1] !== undefined) {
    kind = 'number';
    number = Number(numbered[1]);
    delimiter = numbered[2] ?? '.';
    // Within a list Markdown counts by itself; another delimiter starts another list.
    const goesOn = sibling?.kind === 'number' && sibling.number + 1 === number;
    if (goesOn) delimiter = sibling.delimiter;
    else if (sibling?.kind === 'number') delimiter = sibling.delimiter === '.' ? ')' : '.';
    marker = `${number}${delimiter} `;
  } else if (!isBullet) marker = '';
  const label = kind === 'label' ? [{ text: `${item.label} ` }, ...item.runs] : item.runs;
  const content = kind === 'label' ? indent : indent + Math.max(4, marker.length);
  const text = writeParagraph(label, ' '.repeat(content));
  return {
    text: ' '.repeat(indent) + marker + text,
    isTight: kind !== 'label',
    open: [...outer, { level: item.level, content, indent, kind, number, delimiter }],
  };
}

function writeTable(table: Table): string {
  const [head, ...rows] = table.rows;
  if (head === undefined) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  let above: readonly Cell[] = head.cells;
  const body = rows.map(({ cells }) => {
    // A cell that spans several rows has the same content in each of them.
    above = cells.map((cell, index) => (cell.merged === 'above' ? (above[index] ?? cell) : cell));
    return line(above.map(cellInline));
  });
  return [line(head.cells.map(cellInline)), line(head.cells.map(() => '---')), ...body].join('\n');
}

function cellInline(cell: Cell): string {
  let text = '';
  for (const block of cell.blocks) {
    const label = block.kind === 'item' && block.format !== 'bullet' ? `${block.label} ` : '';
    const words = 'runs' in block ? toInline(oneLine(block.runs)) : toInline([{ text: textOf(block) }]);
    const join = text === '' ? '' : /[.:;,!?]$/u.test(text) ? ' ' : '; ';
    text += join + label + words;
  }
  return text.replaceAll(/(?<!\\)\|/gu, '\\|').trim();
}

function oneLine(runs: readonly Run[]): readonly Run[] {
  return runs.map((run) => ({ ...run, text: run.text.replaceAll(/\s+/gu, ' ') }));
}

function withoutLook(runs: readonly Run[]): readonly Run[] {
  return runs.map(({ text, link }) => (link === undefined ? { text } : { text, link }));
}

/** The words of runs with the marks of bold and italics; an address follows the words of its link. */
function toInline(runs: readonly Run[]): string {
  const whole = rawText(runs);
  const joined = joinRuns(trimRuns(runs));
  let result = '';
  for (const [index, run] of joined.entries()) {
    const [, start = '', core = '', end = ''] = /^(\s*)(.*?)(\s*)$/su.exec(run.text) ?? [];
    let text = escapeText(core);
    const mark = run.bold ? (run.italic ? '***' : '**') : run.italic ? '*' : '';
    const next = joined[index + 1];
    if (mark !== '' && isMarkable(core, result + start, end + (next?.text ?? ''))) {
      text = text
        .split('\n')
        .map((line) => (/[\p{L}\p{N}]/u.test(line) ? `${mark}${line.trim()}${mark}` : line))
        .join('\n');
    }
    const isShown =
      run.link === undefined ||
      run.link.startsWith('#') ||
      run.link === next?.link ||
      whole.includes(run.link.replace(/^mailto:/u, ''));
    const address = isShown ? '' : ` (${escapeText(run.link ?? '')})`;
    result += spaces(start) + text + address + spaces(end);
  }
  return result.replaceAll(/[^\S\n]{2,}/gu, ' ');
}

function spaces(text: string): string {
  return text.includes('\n') ? '\n' : text === '' ? '' : ' ';
}

/** Marks work only where Markdown's rules for their neighbours allow them. */
function isMarkable(core: string, before: string, after: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(core)) return false;
  const isWord = (text: string) => /[\p{L}\p{N}]/u.test(text);
  const last = before.slice(-1);
  if (last === '*' || (isWord(last) && !isWord(core.slice(0, 1)))) return false;
  return !(isWord(after.slice(0, 1)) && !isWord(core.slice(-1)));
}

function escapeText(text: string): string {
  if (!/[\\`*_[\]<&{]/u.test(text)) return text;
  return text
    .replaceAll('{{', '{ {')
    .replaceAll(/[\\`*[\]]/gu, '\\$&')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replaceAll(/<(?=[a-z/!?]|$)/giu, '\\<')
    .replaceAll(/&(?=#?\w{1,31};)/gu, '\\&');
}

/** Escapes the start of a paragraph that Markdown would read as a heading, a list, a quotation, a row or a rule. */
function guardStart(line: string): string {
  return line
    .replace(/^(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|\||(?:=+|-{2,}|~{3,}|`{3,})(?=\s*$))/u, '\\$1')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/u, '$1\\$2');
}

/** Splits, at the ends of sentences, a paragraph that is longer than a reader or the pack's own rules bear. */
function splitLong(runs: readonly Run[]): readonly (readonly Run[])[] {
  const most = toInline(runs).length > maxLineCharacters ? maxPlainCharacters / 2 : maxPlainCharacters * 2;
  const parts: (readonly Run[])[] = [];
  let rest = trimRuns(runs);
  while (rawText(rest).length > most) {
    const window = rawText(rest).slice(0, most);
    const stop = Math.max(window.lastIndexOf('. '), window.lastIndexOf('; '));
    const at = stop > 200 ? stop + 1 : Math.max(window.lastIndexOf(' '), 0) || window.length;
    const [head, tail] = cut(rest, at);
    parts.push(trimRuns(head));
    rest = trimRuns(tail);
  }
  return [...parts, rest].filter((part) => plainText(part) !== '');
}

function cut(runs: readonly Run[], at: number): readonly [readonly Run[], readonly Run[]] {
  const head: Run[] = [];
  const tail: Run[] = [];
  let left = at;
  for (const run of runs) {
    if (left > 0) head.push({ ...run, text: run.text.slice(0, left) });
    if (left < run.text.length) tail.push({ ...run, text: run.text.slice(Math.max(0, left)) });
    left -= run.text.length;
  }
  return [head, tail];
}
