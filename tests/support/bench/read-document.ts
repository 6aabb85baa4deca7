/**
 * Reads one document in a process of its own and prints the time in milliseconds and the largest memory in MiB, as JSON:
 * `node read-document.ts import|unpdf|xml FILE`. The parsers are loaded before the clock starts, on both sides.
 */
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { unzipSync } from 'fflate';

type Work = (bytes: Uint8Array, file: string) => Promise<number>;

const works: Readonly<Record<string, () => Promise<Work>>> = {
  async import() {
    const { readSource } = await import('../../../build/policy/import/read-source.ts');
    const { makeDraft } = await import('../../../build/policy/import/make-draft.ts');
    await import('../../../build/policy/import/read-pdf.ts');
    await import('../../../build/policy/import/read-word.ts');
    await (await import('unpdf')).getResolvedPDFJS();
    return async (bytes, file) => {
      const source = await readSource(file, bytes, { language: 'en-GB', onPage: () => undefined });
      if (!source.ok) throw new Error(source.error.reason);
      return makeDraft(source.value, { audience: 'staff', language: 'en-GB' }).markdown.length;
    };
  },
  /** The words of a PDF and nothing else. */
  async unpdf() {
    const { extractText, getDocumentProxy, getResolvedPDFJS } = await import('unpdf');
    await getResolvedPDFJS();
    return async (bytes) => {
      const document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
      return (await extractText(document, { mergePages: true })).text.length;
    };
  },
  /** Unpacks a Word document and parses its XML, as every reader of it must. */
  async xml() {
    const { DOMParser } = await import('@xmldom/xmldom');
    return (bytes) => {
      const parts = unzipSync(bytes, { filter: ({ name }) => name === 'word/document.xml' });
      const xml = new TextDecoder().decode(parts['word/document.xml']);
      const document = new DOMParser().parseFromString(xml, 'text/xml');
      return Promise.resolve(document.getElementsByTagName('w:t').length);
    };
  },
};

const [what = '', file = ''] = process.argv.slice(2);
const prepare = works[what];
if (prepare === undefined) throw new Error(`there is no reader "${what}"`);
const work = await prepare();
const bytes = new Uint8Array(await readFile(file));
const startedAtMs = performance.now();
const found = await work(bytes, file);
const ms = performance.now() - startedAtMs;
if (found === 0) throw new Error(`${file}: nothing was read`);
console.log(JSON.stringify({ ms, memoryMib: process.resourceUsage().maxRSS / 1024 }));
