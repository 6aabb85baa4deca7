/** Makes one PDF in memory, for one agreement. */

import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FullRecord } from '../routes/console-record.ts';
import { readFonts } from './fonts.ts';
import { type Paper, titleOf, writeAgreement } from './personnel-file.ts';
import { createTaggedDocument } from './tagged-document.ts';

export async function makePersonnelPdf(record: FullRecord, paper: Paper): Promise<Buffer> {
  const target = new PassThrough();
  const made = buffer(target);
  const { words } = paper;
  const document = createTaggedDocument(
    { title: titleOf(record, words), language: words.language, fonts: await readFonts() },
    target,
  );
  writeAgreement(document, record, paper);
  document.end();
  return made;
}
