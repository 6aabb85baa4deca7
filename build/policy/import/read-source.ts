/** Opens a document whatever its name says: what it is stands in its first bytes. */
import { fail } from '../../../shared/lib/result.ts';
import { readTextFile } from './decode-text.ts';
import { maxCharacters, maxFileBytes } from './import-limits.ts';
import { readPdf } from './read-pdf.ts';
import { readWord } from './read-word.ts';
import type { OnPage, SourceAnswer } from './source.ts';

/** @param fileName tells Markdown from plain text; nothing else is believed of it. */
export async function readSource(fileName: string, bytes: Uint8Array, onPage: OnPage): Promise<SourceAnswer> {
  if (bytes.length === 0) return fail({ reason: 'it is empty', remedy: 'check that it is the right file' });
  if (bytes.length > maxFileBytes) {
    return fail({
      reason: `it has ${Math.round(bytes.length / 1024 / 1024)} MB; at most ${maxFileBytes / 1024 / 1024} MB are read`,
      remedy: 'take pictures out of it, or import only the part that is the policy',
    });
  }
  const source = await readByKind(fileName, bytes, onPage);
  if (!source.ok) return source;
  const characters = source.value.pages.flat().reduce((sum, line) => sum + line.length + 1, 0);
  if (source.value.pages.flat().every((line) => line.trim() === '')) {
    return fail({ reason: 'it holds no words', remedy: 'check that it is the right file' });
  }
  if (characters > maxCharacters) {
    return fail({
      reason: `it has ${characters} characters; no policy has more than ${maxCharacters}`,
      remedy: 'import only the part that is the policy',
    });
  }
  return source;
}

function readByKind(fileName: string, bytes: Uint8Array, onPage: OnPage): Promise<SourceAnswer> {
  const starts = (...wanted: number[]) => wanted.every((byte, index) => bytes[index] === byte);
  // A PDF may have a few bytes before its mark.
  if (Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) return readPdf(bytes, onPage);
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x50, 0x4b, 0x05, 0x06)) return readWord(bytes);
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) {
    return Promise.resolve(
      fail({
        reason: 'it is a Word document that is locked with a password, or of the kind before 2007 (.doc)',
        remedy: 'open it in Word and save it as .docx without a password',
      }),
    );
  }
  if (starts(0x7b, 0x5c, 0x72, 0x74, 0x66)) {
    return Promise.resolve(
      fail({ reason: 'it is rich text (.rtf)', remedy: 'open it in Word and save it as .docx' }),
    );
  }
  return Promise.resolve(readTextFile(bytes, /\.(?:md|markdown)$/iu.test(fileName)));
}
