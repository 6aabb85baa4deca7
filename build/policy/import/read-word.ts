/** Reads a Word document (.docx) into Markdown lines: headings by style, lists with their depth. */
import { strToU8, type UnzipFileInfo, unzipSync, zipSync } from 'fflate';
import { fail } from '../../../shared/lib/result.ts';
import { maxUnpackedWordBytes } from './import-limits.ts';
import { check, done, type Note, type SourceAnswer } from './source.ts';

/** The parts that hold words and their order; pictures, fonts and macros are never unpacked. */
const wordyPart =
  /^(?:\[Content_Types\]\.xml|_rels\/[^/]+|word\/_rels\/[^/]+|word\/(?:document|styles|numbering|footnotes|endnotes|comments|settings)[^/]*\.xml)$/u;

/**
 * The archive is unpacked here, within limits, and handed to the reader of Word anew: that reader would unpack
 * whatever an archive claims to hold.
 */
export async function readWord(bytes: Uint8Array): Promise<SourceAnswer> {
  const parts = unpack(bytes);
  if (typeof parts === 'string') {
    return fail({ reason: parts, remedy: 'open it in Word and save it again as .docx' });
  }
  if (parts['word/document.xml'] === undefined) {
    return fail({
      reason: 'it is a zip but not a Word document',
      remedy: 'a pack is already imported; else save the document as .docx',
    });
  }
  let html: string;
  let warnings: number;
  try {
    const { default: mammoth } = await import('mammoth');
    const answer = await mammoth.convertToHtml(
      { buffer: Buffer.from(zipSync(withoutPictures(parts), { level: 0 })) },
      {
        styleMap: [
          'p[style-name="Title"] => h1:fresh',
          'p.Title => h1:fresh',
          'p[style-name="Subtitle"] => p:fresh',
          'u => ',
        ],
      },
    );
    html = answer.value;
    warnings = answer.messages.length;
  } catch {
    return fail({
      reason: 'its inside is not that of a Word document',
      remedy: 'open it in Word and save it again as .docx',
    });
  }
  const { default: TurndownService } = await import('turndown');
  const turndown = new TurndownService({
    headingStyle: 'atx',
    bulletListMarker: '-',
    emDelimiter: '*',
    codeBlockStyle: 'fenced',
  });
  turndown.remove('img');
  turndown.addRule('struck out', {
    filter: ['s', 'del'],
    replacement: (content) => (content.trim() === '' ? content : `~~${content.trim()}~~`),
  });
  // A row is one line; what stands in its cells would else be torn into paragraphs.
  turndown.addRule('table row', { filter: 'tr', replacement: (content) => `\n${content}\n` });
  turndown.addRule('table cell', {
    filter: ['td', 'th'],
    replacement: (content) => `${content.replaceAll(/\s+/gu, ' ').trim()}\t`,
  });
  const markdown = turndown.turndown(html);
  if (markdown.trim() === '') {
    return fail({
      reason: 'it holds no text, perhaps only pictures of pages',
      remedy: 'have the pictures read by a text-recognition program first',
    });
  }
  const notes: Note[] = [];
  if (
    /<img/u.test(html) ||
    /<w:drawing|<w:pict/u.test(new TextDecoder().decode(parts['word/document.xml']))
  ) {
    notes.push(check('Pictures were left out: say in words what they show.'));
  }
  if (/<table/u.test(html)) notes.push(check('Tables became lists of their rows: read them over.'));
  if (numbersHeadings(parts)) {
    notes.push(
      check(
        'Word numbered headings by itself, and those numbers are gone: look at sentences such as “see 2.3”.',
      ),
    );
  }
  if (warnings > 0) notes.push(done(`${warnings} styles of Word that mean nothing here were passed over.`));
  return {
    ok: true,
    value: { kind: 'word', pages: [markdown.split('\n')], trustsBreaks: true, hasMarkup: true, notes },
  };
}

function unpack(bytes: Uint8Array): Record<string, Uint8Array> | string {
  let total = 0;
  let tooLarge = false;
  const filter = ({ name, originalSize, size }: UnzipFileInfo) => {
    if (!wordyPart.test(name)) return false;
    // A header may say less than the part unpacks to: what is packed a thousandfold is no document either way.
    total += Math.max(originalSize, size);
    tooLarge ||= total > maxUnpackedWordBytes;
    return !tooLarge;
  };
  try {
    const parts = unzipSync(bytes, { filter });
    if (tooLarge) return 'it unpacks to far more than any policy holds';
    return parts;
  } catch {
    return tooLarge
      ? 'it unpacks to far more than any policy holds'
      : 'it is damaged, or not a Word document at all';
  }
}

/** References to pictures that are not there would stop the reader. The words of a text box are no picture. */
function withoutPictures(parts: Record<string, Uint8Array>): Record<string, Uint8Array> {
  const kept = { ...parts };
  const relations = kept['word/_rels/document.xml.rels'];
  if (relations === undefined) return kept;
  const text = new TextDecoder().decode(relations);
  const pictures = [...text.matchAll(/<Relationship\b[^>]*\/image"[^>]*>/gu)];
  if (pictures.length === 0) return kept;
  const document = new TextDecoder().decode(kept['word/document.xml']);
  kept['word/document.xml'] = strToU8(
    document
      .replaceAll(/<w:(drawing|pict)\b[^>]*>.*?<\/w:\1>/gsu, (whole, kind: string) =>
        kind === 'pict' && whole.includes('<w:txbxContent') ? whole : '',
      )
      .replaceAll(/<v:imagedata\b[^>]*\/>/gu, ''),
  );
  return kept;
}

function numbersHeadings(parts: Record<string, Uint8Array>): boolean {
  const styles = new TextDecoder().decode(parts['word/styles.xml'] ?? new Uint8Array());
  return [...styles.matchAll(/<w:style\b[^>]*w:styleId="Heading\d"[^>]*>.*?<\/w:style>/gsu)].some(([style]) =>
    style.includes('<w:numPr'),
  );
}
