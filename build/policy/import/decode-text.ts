/** Reads the bytes of a text file, whichever editor wrote it. */
import type { Language } from '../../../shared/lib/language.ts';
import { fail, succeed } from '../../../shared/lib/result.ts';
import { check, type Note } from './document-model.ts';
import { readHtml } from './read-html.ts';
import { readMarkdown } from './read-markdown.ts';
import { readText } from './read-text.ts';
import type { SourceAnswer } from './source.ts';

/** Reads UTF-8, UTF-16 with its mark, or else the encoding of old Windows programs. */
type TextKind = 'markdown' | 'html' | 'text';

export function readTextFile(bytes: Uint8Array, named: TextKind, language: Language): SourceAnswer {
  const decoded = decode(bytes);
  const characters = [...decoded.text.replaceAll(/\r\n?/gu, '\n')];
  const kept = characters.filter((character) => !isControl(character));
  if (characters.length - kept.length > characters.length / 100) {
    return fail({
      reason: 'it is neither a Word document nor a PDF nor text',
      remedy: 'save it as .docx, .odt, .pdf, .html, .md or .txt and import that',
    });
  }
  const text = kept.join('').replace(/^\uFEFF/u, '');
  if (named === 'html' || isPage.test(text)) {
    return readHtml(text, decoded.notes);
  }
  if (/^\s*<\?xml\b/u.test(text)) {
    return fail({
      reason: 'it is XML',
      remedy: 'save it as .docx, .odt, .pdf, .html, .md or .txt and import that',
    });
  }
  if (named === 'markdown') return succeed(readMarkdown(text, decoded.notes));
  return succeed(
    readText(
      text.split('\f').map((page) => page.split('\n')),
      { language, notes: decoded.notes, hasMarkup: looksLikeMarkdown(text) },
    ),
  );
}

const isPage = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b/isu;

function decode(bytes: Uint8Array): { readonly text: string; readonly notes: readonly Note[] } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), notes: [] };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), notes: [] };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notes: [] };
  } catch {
    return {
      text: new TextDecoder('windows-1252').decode(bytes),
      notes: [
        check('The file is not UTF-8 and was read as Windows text: look at quotation marks, £ and accents.'),
      ],
    };
  }
}

/** Line ends, tabs and form feeds control only the page. */
function isControl(character: string): boolean {
  return character < ' ' && !'\n\t\f'.includes(character);
}

/** Two pairs of bold words, or a heading with #, are not a scanner's accident. */
function looksLikeMarkdown(text: string): boolean {
  return (text.match(/\*\*[^\s*][^*\n]*\*\*/gu)?.length ?? 0) >= 2 || /^#{1,6} \S/mu.test(text);
}
