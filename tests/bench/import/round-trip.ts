/**
 * `node tests/bench/import/round-trip.ts [--documents 500] [--seed 1]`: makes policies at random, writes each in seven ways,
 * imports them again, and prints for each way the share of statements, headings, list items with their numbers, and cells
 * that are the same. Exits with 1 if a share is below the target, and with 2 if LibreOffice is missing.
 *
 * It needs Chromium, and LibreOffice Writer (`apt-get install --no-install-recommends libreoffice-writer`). It takes
 * minutes, so it is no part of the tests, which do the same with fewer documents and without LibreOffice.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import fc from 'fast-check';
import { makeDraft } from '../../../build/policy/import/make-draft.ts';
import { readSource } from '../../../build/policy/import/read-source.ts';
import { type GeneratedDocument, generatedDocument } from '../../fixtures/documents/generate-document.ts';
import {
  toHtmlFile,
  toMarkdownFile,
  toTextFile,
  toWordFile,
} from '../../fixtures/documents/write-document.ts';
import { addComparisons, type Comparison, compareDraft, shareSame } from '../../support/compare-drafts.ts';
import { launchBrowser } from '../../support/renderer/browser.ts';

const target = 0.995;
/** LibreOffice converts many files in one call, but a call with hundreds takes its memory. */
const filesAtOnce = 50;

type Files = readonly Uint8Array[];

const { values } = parseArgs({
  options: { documents: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
});
const documents = fc.sample(generatedDocument, {
  numRuns: Number(values.documents),
  seed: Number(values.seed),
});
const folder = await mkdtemp(join(tmpdir(), 'porthor-round-trip-'));
try {
  process.exitCode = await main();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function main(): Promise<number> {
  const encode = (write: (document: GeneratedDocument) => string) =>
    documents.map((each) => Buffer.from(write(each)));
  const word = await Promise.all(documents.map(toWordFile));
  let isMet = true;
  const tell = async (way: string, extension: string, files: Files) => {
    isMet = (await compareAll(way, extension, files)) && isMet;
  };
  await tell('Word', 'docx', word);
  await tell('web page', 'html', encode(toHtmlFile));
  await tell('Markdown', 'md', encode(toMarkdownFile));
  await tell('plain text', 'txt', encode(toTextFile));
  await tell('PDF by Chromium', 'pdf', await printAll());
  if (!(await hasLibreOffice())) {
    console.error('LibreOffice (soffice) is missing: OpenDocument and its PDF were not measured.');
    return 2;
  }
  await tell('OpenDocument by LibreOffice', 'odt', await convertAll(word, 'odt'));
  await tell('PDF by LibreOffice', 'pdf', await convertAll(word, 'pdf'));
  return isMet ? 0 : 1;
}

async function compareAll(way: string, extension: string, files: Files): Promise<boolean> {
  const comparisons: Comparison[] = [];
  const worst: { number: number; share: number }[] = [];
  for (const [number, file] of files.entries()) {
    const document = documents[number];
    if (document === undefined) continue;
    const source = await readSource(`policy.${extension}`, new Uint8Array(file), {
      language: 'en-GB',
      onPage: () => undefined,
    });
    if (!source.ok) throw new Error(`${way}, document ${number}: ${source.error.reason}`);
    const comparison = compareDraft(
      document,
      makeDraft(source.value, { audience: 'staff', language: 'en-GB' }),
    );
    comparisons.push(comparison);
    if (shareSame(comparison) < 1) worst.push({ number, share: shareSame(comparison) });
  }
  const sum = addComparisons(comparisons);
  const share = shareSame(sum);
  console.log(
    JSON.stringify({ way, documents: files.length, ...sum, share: Number(share.toFixed(5)), target }),
  );
  const shown = worst.toSorted((one, other) => one.share - other.share).slice(0, 5);
  for (const each of shown) {
    console.error(`${way}: document ${each.number} of seed ${values.seed}: ${each.share.toFixed(3)}`);
  }
  return share >= target;
}

async function printAll(): Promise<Files> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const printed: Uint8Array[] = [];
    for (const document of documents) {
      await page.setContent(toHtmlFile(document));
      printed.push(await page.pdf({ format: 'A4', tagged: true }));
    }
    return printed;
  } finally {
    await browser.close();
  }
}

async function hasLibreOffice(): Promise<boolean> {
  try {
    await promisify(execFile)('soffice', ['--version']);
    return true;
  } catch {
    return false;
  }
}

async function convertAll(word: Files, extension: 'odt' | 'pdf'): Promise<Files> {
  const from = join(folder, 'docx');
  const to = join(folder, extension);
  await mkdir(from, { recursive: true });
  const names = word.map((_, index) => String(index));
  for (const [index, bytes] of word.entries()) await writeFile(join(from, `${index}.docx`), bytes);
  for (let start = 0; start < names.length; start += filesAtOnce) {
    const files = names.slice(start, start + filesAtOnce).map((name) => join(from, `${name}.docx`));
    await promisify(execFile)('soffice', [
      // A profile of its own, so that it never talks to a LibreOffice that the user has open.
      `-env:UserInstallation=file://${join(folder, 'profile')}`,
      '--headless',
      '--convert-to',
      extension,
      '--outdir',
      to,
      ...files,
    ]);
  }
  return Promise.all(names.map((name) => readFile(join(to, `${name}.${extension}`))));
}
