/** Long documents for measurements: the same ones in each run. */
import { createHash } from 'node:crypto';
import { strToU8, unzipSync, zipSync } from 'fflate';
import PDFDocument from 'pdfkit';
import { heading, paragraph, title, wordDocument } from '../../fixtures/documents/word-xml.ts';
import { seededRandom } from '../seeded-random.ts';

const words =
  'staff keep the password of each device secret and tell the office on the same day when a memory stick or a laptop of the school was lost at home or on the way to a lesson in another building'.split(
    ' ',
  );

/** Sentences of 18 words each. */
function createAuthor(): () => string {
  const random = seededRandom(17);
  return () => {
    const chosen = Array.from({ length: 18 }, () => words[Math.floor(random() * words.length)] ?? '');
    const text = chosen.join(' ');
    return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
  };
}

function severalOf(sentence: () => string, count: number): string {
  return Array.from({ length: count }, sentence).join(' ');
}

export async function makeLongPolicyPdf(pages: number): Promise<Uint8Array> {
  const sentence = createAuthor();
  const document = new PDFDocument({ margin: 72 });
  const chunks: Buffer[] = [];
  const ended = new Promise((resolve) => document.on('end', resolve));
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (let page = 1; page <= pages; page += 1) {
    if (page > 1) document.addPage();
    document.fontSize(16).text(`${page}. Rules of part ${page}`).moveDown(0.5).fontSize(11);
    for (let index = 0; index < 5; index += 1) document.text(severalOf(sentence, 4)).moveDown(0.5);
    document.list([sentence(), sentence(), sentence()], { bulletRadius: 2 });
  }
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

/** About 2 MB: as many words as the import takes, and a picture that cannot be compressed. */
export function makeLongPolicyWord(): Uint8Array {
  const sentence = createAuthor();
  const body = [title('Acceptable use policy')];
  for (let section = 1; section <= 400; section += 1) {
    body.push(heading(`Rules of part ${section}`));
    for (let index = 0; index < 5; index += 1) body.push(paragraph(severalOf(sentence, 4)));
  }
  const document = wordDocument(body.join(''));
  const picture = Buffer.concat(
    Array.from({ length: 52_000 }, (_, index) => createHash('sha256').update(String(index)).digest()),
  );
  return zipSync({
    ...unzipSync(document),
    'word/media/image1.png': [new Uint8Array(picture), { level: 0 }],
    'word/_rels/document.xml.rels': strToU8('<Relationships/>'),
  });
}
