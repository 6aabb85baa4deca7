/**
 * A thread that writes personnel files: fonts and text cost too much time for the thread that answers agents. It gets one
 * record after the other, and writes either one PDF or a ZIP with a PDF for each.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Zip, ZipPassThrough } from 'fflate';
import { createConsoleTranslator } from '../../../shared/i18n/console-words.ts';
import { readFonts } from './fonts.ts';
import { makePersonnelPdf } from './make-pdf.ts';
import type { FromPaperThread, PaperSource, ToPaperThread } from './paper-maker.ts';
import { fileNameOf, titleOf, writeAgreement } from './personnel-file.ts';
import { createTaggedDocument } from './tagged-document.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a thread');

interface Writer {
  add(message: Extract<ToPaperThread, { readonly kind: 'record' }>): Promise<void>;
  end(): Promise<void>;
}

const { file, form, language, schoolName, madeAt } = workerData as PaperSource;
const words = createConsoleTranslator(language);
const paper = { schoolName, madeAt, words };

async function openPdf(title: string): Promise<Writer> {
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const document = createTaggedDocument({ title, language, fonts: await readFonts() }, target);
  return {
    add: ({ record }) => Promise.resolve(writeAgreement(document, record, paper)),
    async end() {
      document.end();
      await finished(target);
    },
  };
}

function openZip(): Writer {
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const names = new Set<string>();
  const zip = new Zip((error, chunk, isLast) => {
    if (error !== null) target.destroy(error);
    else if (isLast) target.end(chunk);
    else target.write(chunk);
  });
  return {
    async add({ record }) {
      // A PDF is compressed already.
      const entry = new ZipPassThrough(fileNameOf(record, words, names));
      zip.add(entry);
      entry.push(await makePersonnelPdf(record, paper), true);
      if (target.writableNeedDrain) await once(target, 'drain');
    },
    async end() {
      zip.end();
      await finished(target);
    },
  };
}

let opening: Promise<Writer> | undefined;

async function answer(message: ToPaperThread): Promise<FromPaperThread> {
  try {
    if (message.kind === 'record') {
      // One agreement gives its name to the document; many have a name of their own.
      opening ??=
        form === 'zip'
          ? Promise.resolve(openZip())
          : openPdf(
              form === 'one'
                ? titleOf(message.record, words)
                : words.text('console-personnel-file.titleMany'),
            );
      await (await opening).add(message);
    } else {
      await (await opening)?.end();
    }
    return { ok: true };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (message: ToPaperThread) => {
  void answer(message).then((reply) => port.postMessage(reply));
});
