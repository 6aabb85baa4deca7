/** Opens a document whatever its name says, because its first bytes show its format. */
import { unzipSync } from 'fflate';
import type { Language } from '../../../shared/lib/language.ts';
import { fail } from '../../../shared/lib/result.ts';
import { textOf } from './document-model.ts';
import { maxCharacters, maxFileBytes } from './import-limits.ts';
import type { OnPage, SourceAnswer } from './source.ts';

type Options = { readonly language: Language; readonly onPage: OnPage };

/**
 * Loads the reader of one format only, since each brings a parser of its own.
 *
 * @param fileName distinguishes Markdown from plain text, and decides nothing else.
 */
export async function readSource(
  fileName: string,
  bytes: Uint8Array,
  options: Options,
): Promise<SourceAnswer> {
  if (bytes.length === 0) return fail({ reason: 'it is empty', remedy: 'check that it is the right file' });
  if (bytes.length > maxFileBytes) {
    return fail({
      reason: `it has ${Math.round(bytes.length / 1024 / 1024)} MB; at most ${maxFileBytes / 1024 / 1024} MB are read`,
      remedy: 'take pictures out of it, or import only the part that is the policy',
    });
  }
  const source = await readByKind(fileName, bytes, options);
  if (!source.ok) return source;
  const { words, blocks, format } = source.value;
  if (blocks.every((block) => textOf(block).trim() === '')) {
    return fail(
      format === 'text' || format === 'markdown'
        ? { reason: 'it holds no words', remedy: 'check that it is the right file' }
        : {
            reason: 'it holds no text, perhaps only pictures of pages',
            remedy: 'have the pictures read by a text-recognition program (OCR) first',
          },
    );
  }
  if (words.length > maxCharacters) {
    return fail({
      reason: `it has ${words.length} characters; no policy has more than ${maxCharacters}`,
      remedy: 'import only the part that is the policy',
    });
  }
  return source;
}

async function readByKind(fileName: string, bytes: Uint8Array, options: Options): Promise<SourceAnswer> {
  const starts = (...wanted: number[]) => wanted.every((byte, index) => bytes[index] === byte);
  // A PDF may have a few bytes before its mark.
  if (Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) {
    const { readPdf } = await import('./read-pdf.ts');
    return readPdf(bytes, options);
  }
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x50, 0x4b, 0x05, 0x06)) return readZipped(bytes);
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) {
    return fail({
      reason: 'it is a Word document that is locked with a password, or of the kind before 2007 (.doc)',
      remedy: 'open it in Word and save it as .docx without a password',
    });
  }
  if (starts(0x7b, 0x5c, 0x72, 0x74, 0x66)) {
    return fail({ reason: 'it is rich text (.rtf)', remedy: 'open it in Word and save it as .docx' });
  }
  const picture = pictureFormat(bytes);
  if (picture !== undefined) {
    return fail({
      reason: `it is a picture (${picture})`,
      remedy: 'have it read by a text-recognition program (OCR) first and import what that makes',
    });
  }
  const { readTextFile } = await import('./decode-text.ts');
  const named = /\.(?:md|markdown)$/iu.test(fileName)
    ? 'markdown'
    : /\.x?html?$/iu.test(fileName)
      ? 'html'
      : 'text';
  return readTextFile(bytes, named, options.language);
}

function pictureFormat(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\u0089PNG')) return 'PNG';
  if (head.startsWith('\u00FF\u00D8\u00FF')) return 'JPEG';
  if (/^(?:II\*\0|MM\0\*)/u.test(head)) return 'TIFF';
  if (head.startsWith('GIF8')) return 'GIF';
  return undefined;
}

/** The names of its parts show what a zip is. */
async function readZipped(bytes: Uint8Array): Promise<SourceAnswer> {
  const names = new Set<string>();
  let mimeType = '';
  try {
    const parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        names.add(name);
        return name === 'mimetype' && originalSize < 200;
      },
    });
    mimeType = new TextDecoder().decode(parts['mimetype'] ?? new Uint8Array());
  } catch {
    return fail({
      reason: 'it is damaged, or not a Word document at all',
      remedy: 'open it in the program that made it and save it again',
    });
  }
  if (names.has('word/document.xml')) {
    const { readWord } = await import('./read-word.ts');
    return readWord(bytes);
  }
  if (mimeType.startsWith('application/vnd.oasis.opendocument.text')) {
    const { readOdt } = await import('./read-odt.ts');
    return readOdt(bytes);
  }
  const [reason, remedy] = otherZip(names, mimeType);
  return fail({ reason, remedy });
}

function otherZip(names: ReadonlySet<string>, mimeType: string): readonly [string, string] {
  const some = (pattern: RegExp) => [...names].some((name) => pattern.test(name));
  if (names.has('policy.json')) return ['it is a policy pack already', 'look it over with "lint"'];
  if (some(/^xl\//u) || /spreadsheet/u.test(mimeType)) {
    return ['it is a spreadsheet', 'copy its text into a Word document and import that'];
  }
  if (some(/^ppt\//u) || /presentation/u.test(mimeType)) {
    return ['it is a presentation', 'copy its text into a Word document and import that'];
  }
  if (some(/^Index\/.*\.iwa$/u) || names.has('index.apxl') || names.has('index.xml')) {
    return ['it is a document of Pages', 'open it in Pages and export it as Word (.docx)'];
  }
  if (mimeType.startsWith('application/epub'))
    return ['it is an e-book', 'save its text as .docx and import that'];
  return ['it is a zip and not a document', 'unpack it and import the document that is in it'];
}
