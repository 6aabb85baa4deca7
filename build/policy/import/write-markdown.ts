/** Writes blocks as the Markdown of a pack: nothing in it is HTML, a link or a picture. */
import { maxLineCharacters } from '../../../shared/policy/markdown-outline.ts';
import { type Block, withoutMarks } from './blocks.ts';

/** @param hasMarkup the text carries Markdown's own marks for bold and italics; else a star is a star. */
export function writeMarkdown(blocks: readonly Block[], hasMarkup: boolean): string {
  // Parted first, so that no pattern has to look through a text without an end, and again for what escaping added.
  const inline = (text: string) =>
    splitLong(text, maxLineCharacters / 2).flatMap((part) =>
      splitLong(toInline(part, hasMarkup), maxLineCharacters),
    );
  let result = '';
  let previous: Block | undefined;
  for (const block of blocks) {
    const joinsList = block.kind === 'item' && previous?.kind === 'item';
    if (previous !== undefined) result += joinsList ? '\n' : '\n\n';
    switch (block.kind) {
      case 'heading':
        result += `${'#'.repeat(block.level)} ${inline(withoutMarks(block.text)).join(' ')}`;
        break;
      case 'item':
        result += `${' '.repeat(4 * block.depth)}${block.marker} ${guardStart(inline(block.text).join('\n\n    '))}`;
        break;
      case 'paragraph':
      case 'label':
        result += inline(block.text).map(guardStart).join('\n\n');
        break;
    }
    previous = block;
  }
  return `${result}\n`;
}

function toInline(text: string, hasMarkup: boolean): string {
  let result = text
    // Links and pictures are not followed or shown, so they are said.
    .replaceAll(/!\[((?:\\.|[^\]\\])*)\]\([^)]*\)/gu, '$1')
    .replaceAll(
      /\[((?:\\.|[^\]\\])*)\]\(([^)\s]*)(?:\s[^)]*)?\)/gu,
      (_whole, words: string, target: string) =>
        target === '' || target.startsWith('#') || words.includes(target) ? words : `${words} (${target})`,
    )
    .replaceAll(/<((?:https?:\/\/|mailto:)[^\s<>]+)>/gu, '$1')
    .replaceAll('{{', '{ {');
  result = hasMarkup ? guardStars(result) : result.replaceAll(/[\\`*_[\]]/gu, '\\$&');
  return result.replaceAll(/(?<!\\)<(?=[a-z/!?])/giu, '\\<');
}

/** A star that is not half of a pair around words is a plain star. */
function guardStars(text: string): string {
  const marks = /(?<!\\)(\*{1,3})(?=\S)((?:(?!\*).)+?)(?<=\S)\1(?!\*)/gu;
  let result = '';
  let end = 0;
  for (const match of text.matchAll(marks)) {
    result += escapeStars(text.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + escapeStars(text.slice(end));
}

function escapeStars(text: string): string {
  return text.replaceAll(/(?<!\\)\*/gu, '\\*');
}

/** A paragraph that begins like a heading, a list, a quotation or a rule is none. */
function guardStart(line: string): string {
  return line
    .replace(/^(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|(?:=+|-{3,}|~{3,}|`{3,})(?=\s*$))/u, '\\$1')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/u, '$1\\$2');
}

/** What is longer than a reader or the pack's own rules bear is parted at the ends of sentences. */
function splitLong(text: string, most: number): readonly string[] {
  if (text.length <= most) return [text];
  const parts: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const window = rest.slice(0, most);
    const stop = Math.max(window.lastIndexOf('. '), window.lastIndexOf('; '));
    const at = stop > 200 ? stop + 1 : Math.max(window.lastIndexOf(' '), 0) || window.length;
    parts.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  return [...parts, rest];
}
