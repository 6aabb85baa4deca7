/**
 * Reads a Word document (.docx) from its own XML. A converter to HTML such as mammoth drops too much: list
 * formats and numbers, hidden text, tracked changes, contents, content controls, and text boxes without a fallback.
 */
import { fail, succeed } from '../../../shared/lib/result.ts';
import { type Block, check, done, type Note, plainText } from './document-model.ts';
import type { SourceAnswer } from './source.ts';
import { unpackDocument } from './unpack-document.ts';
import { WordBody } from './word-body.ts';
import { WordNumbering } from './word-numbering.ts';
import { WordStyles } from './word-styles.ts';
import { attribute, childrenOf, parseXml } from './xml.ts';

/** The parts that hold words and their order. */
const wordyPart =
  /^(?:word\/_rels\/document\.xml\.rels|word\/(?:document|styles|numbering|footnotes|endnotes|comments|header\d*|footer\d*)\.xml)$/u;

export function readWord(bytes: Uint8Array): SourceAnswer {
  const parts = unpackDocument(bytes, (name) => wordyPart.test(name));
  if (typeof parts === 'string') {
    return fail({ reason: parts, remedy: 'open it in Word and save it again as .docx' });
  }
  const main = parts['word/document.xml'];
  if (main === undefined) {
    return fail({
      reason: 'its document part is missing',
      remedy: 'open it in Word and save it again as .docx',
    });
  }
  try {
    const optional = (name: string) => {
      const part = parts[`word/${name}.xml`];
      return part === undefined ? undefined : parseXml(part);
    };
    const body = new WordBody(
      new WordStyles(optional('styles')),
      new WordNumbering(optional('numbering')),
      readRelations(parts['word/_rels/document.xml.rels']),
    );
    const root = parseXml(main);
    const blocks: Block[] = [
      ...readRunningLines(body, parts),
      ...body.read(root),
      ...body.readNotes(optional('footnotes'), 'footnote'),
      ...body.readNotes(optional('endnotes'), 'endnote'),
    ];
    const words = Object.entries(parts)
      .filter(([name]) => /(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml$/u.test(name))
      .map(([, part]) => wordsOf(new TextDecoder().decode(part)))
      .join('\n');
    return succeed({
      format: 'word',
      blocks,
      isScan: false,
      words,
      notes: tellWord(body, optional('comments')),
    });
  } catch {
    return fail({
      reason: 'its inside is not that of a Word document',
      remedy: 'open it in Word and save it again as .docx',
    });
  }
}

function tellWord(body: WordBody, comments: Element | undefined): readonly Note[] {
  const notes: Note[] = [];
  const { insertions, deletions } = body.changes;
  if (insertions + deletions > 0) {
    notes.push(
      check(
        `The document has open tracked changes (${insertions} insertions, ${deletions} deletions): the inserted words were taken and the deleted ones left out. Accept or reject each in Word first.`,
      ),
    );
  }
  const count = comments === undefined ? 0 : [...childrenOf(comments)].length;
  if (count > 0) notes.push(done(`${count} comments beside the text were left out.`));
  return notes;
}

/** Headers and footers, so that their words are accounted for. A first page may have its own. */
function readRunningLines(body: WordBody, parts: Record<string, Uint8Array>): Block[] {
  const lines: Block[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (!/\/(?:header|footer)\d*\.xml$/u.test(name)) continue;
    for (const block of body.readApart(parseXml(part))) {
      const cells = block.kind === 'table' ? block.rows.flatMap(({ cells }) => cells) : [];
      for (const each of [block, ...cells.flatMap(({ blocks }) => blocks)]) {
        if ('runs' in each && plainText(each.runs) !== '') {
          lines.push({ kind: 'furniture', what: 'running line', runs: each.runs });
        }
      }
    }
  }
  return lines;
}

function readRelations(part: Uint8Array | undefined): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  if (part === undefined) return targets;
  for (const element of childrenOf(parseXml(part))) {
    targets.set(attribute(element, 'Id') ?? '', attribute(element, 'Target') ?? '');
  }
  return targets;
}

/**
 * Every word of the part by its text elements alone; a copy for old programs is not counted twice. Deleted words come
 * last, because an inserted word often takes their place without a space.
 */
function wordsOf(xml: string): string {
  const deleted: string[] = [];
  const kept = xml.replaceAll(/<w:del(?:\s[^>]*[^/>])?>.*?<\/w:del>/gsu, (change) => {
    deleted.push(change);
    return '';
  });
  return [kept, ...deleted].map(lettersOf).join('\n');
}

function lettersOf(xml: string): string {
  return xml
    .replaceAll(/<mc:Fallback>.*?<\/mc:Fallback>/gsu, (fallback, offset: number) => {
      const begin = xml.lastIndexOf('<mc:Choice', offset);
      return xml.slice(begin, offset).includes('<w:t') ? '' : fallback;
    })
    .replaceAll(/<\/w:(?:p|tc)>|<w:(?:tab|br|cr)\b[^>]*>/gu, '\n')
    .replaceAll(/<w:(instrText|delInstrText)\b[^>]*>[^<]*<\/w:\1>/gu, '')
    .replaceAll(/<w:noBreakHyphen\b[^>]*>/gu, '-')
    .replaceAll(
      /<wp:(?:posOffset|align|pctWidth|pctHeight)\b[^>]*>[^<]*<|<wp14:[a-zA-Z]+\b[^>]*>[^<]*</gu,
      '<',
    )
    .replaceAll(/<[^>]*>/gu, '')
    .replaceAll(/&(lt|gt|amp|quot|apos|#\d+|#x[\da-f]+);/giu, (whole, name: string) => entity(name) ?? whole);
}

function entity(name: string): string | undefined {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  if (named[name] !== undefined) return named[name];
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return Number.isInteger(code) && code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
