/** `npm run policy -- import`: makes a draft pack from a document, or adds a second language to one. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { loadPack } from '../../../electron/storage/packs/load-packs.ts';
import type { Bilingual, Language } from '../../../shared/lib/language.ts';
import { canonicalText } from '../../../shared/policy/canonical-text.ts';
import { lintPack } from '../../../shared/policy/lint-pack.ts';
import type { PackManifest } from '../../../shared/policy/pack.ts';
import { manifestFileName } from '../../../shared/policy/read-pack.ts';
import { check, type Note } from './document-model.ts';
import { languageNames } from './guess-language.ts';
import { maxFileBytes } from './import-limits.ts';
import { type Draft, makeDraft } from './make-draft.ts';
import { mergeStatements } from './merge-language.ts';
import { readSource } from './read-source.ts';
import type { OnPage } from './source.ts';

export type ImportRequest = {
  readonly file: string;
  readonly audience: string;
  readonly language: Language;
  readonly title: string | undefined;
  /** Folder of the new pack; named after the audience if absent. */
  readonly out: string | undefined;
  /** Number or title of the agreement to take, if several fit the audience. */
  readonly agreement: string | undefined;
  /** Folder of a pack that receives this language. */
  readonly into: string | undefined;
  /** Write a page on which the author compares the document with its draft. */
  readonly review: boolean;
  /** Calendar date from which the draft applies. */
  readonly today: string;
};

type Console = {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly progress?: (text: string) => void;
  readonly keep?: (path: string) => void;
};

/** A document with fewer pages or bytes takes less than a second. */
const longPages = 20;
const longBytes = 200_000;

export async function importDocument(request: ImportRequest, console: Console): Promise<0 | 1> {
  const name = basename(request.file);
  const refuse = (reason: string, remedy: string): 1 => {
    console.complain(`${name}: ${reason}: ${remedy}`);
    return 1;
  };
  const bytes = await readBytes(request.file);
  if (typeof bytes === 'string') return refuse(bytes, 'check the name of the file');
  const target = request.into ?? request.out ?? `${request.audience}-policy`;
  if (request.into === undefined && (await isTaken(target))) {
    return refuse(
      `${target} exists already`,
      'choose another folder with --out, or add a language with --into',
    );
  }
  const onPage: OnPage = (page, of) => {
    if (of >= longPages) console.progress?.(`${name}: page ${page} of ${of}`);
  };
  const isLong = bytes.length >= longBytes;
  if (isLong) console.progress?.(`${name}: reading`);
  const source = await readSource(name, bytes, { language: request.language, onPage });
  if (!source.ok) return refuse(source.error.reason, source.error.remedy);
  if (isLong) console.progress?.(`${name}: finding the agreement`);
  const draft = makeDraft(source.value, request);

  if (draft.markdown.trim() === '') {
    const others = draft.otherGroups.join(' or ');
    return others === ''
      ? refuse('no text is left of it', 'check that it is the right file')
      : refuse(
          `it is an agreement for ${others} and holds nothing for ${request.audience}`,
          `import it with --audience ${draft.otherGroups[0]}`,
        );
  }

  const made =
    request.into === undefined ? newPack(draft, request) : await mergedPack(draft, request, request.into);
  if (typeof made === 'string') return refuse(made, 'nothing was written');
  const notes = [...made.notes, ...draft.notes];
  let pack: Awaited<ReturnType<typeof loadPack>>;
  try {
    // Check it in a temporary folder first, so that an invalid pack leaves nothing behind.
    pack = await tryPack(target, made.files, console);
    if (!pack.ok) {
      const { subject, reason, remedy } = pack.error;
      return refuse(`the draft is no pack yet: ${subject}: ${reason}`, remedy);
    }
    const report = writeReport(name, target, draft, notes);
    const beside: Record<string, string> = { [`${target}-report.txt`]: `${report.join('\n')}\n` };
    if (request.review) {
      const { writeReview } = await import('./review-page.ts');
      beside[`${target}-review.html`] = await writeReview({
        name,
        title: pack.value.manifest.title[request.language],
        language: request.language,
        source: source.value,
        draft,
        notes,
      });
    }
    await writePack(target, made.files, beside, console);
    for (const line of report) console.print(line);
  } catch (error) {
    return refuse(
      error instanceof Error ? error.message : 'it could not be written',
      'choose another folder with --out',
    );
  }
  const findings = lintPack(pack.value).filter(({ severity }) => severity === 'error');
  for (const { file, what, remedy } of findings)
    console.complain(`${join(target, file)}: ${what}: ${remedy}`);
  if (request.review) {
    console.print(`${target}-review.html: open it in a browser to compare the document with the draft.`);
  }
  console.print(`${target}: a draft. Read it, mend it, then: npm run policy -- lint ${target}`);
  return findings.length === 0 ? 0 : 1;
}

async function readBytes(file: string): Promise<Uint8Array | string> {
  try {
    const { size } = await stat(file);
    // A file that is too large is reported by its size and not read.
    return size > maxFileBytes ? new Uint8Array(size) : await readFile(file);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? 'there is no such file'
      : 'it cannot be read';
  }
}

async function isTaken(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    return false;
  }
}

type Made = { readonly files: Readonly<Record<string, string>>; readonly notes: readonly Note[] };

const fileNames: Readonly<Record<Language, string>> = {
  'en-GB': 'policy.en-GB.md',
  'cy-GB': 'policy.cy-GB.md',
};
const fallbackTitle: Bilingual = { 'en-GB': 'Acceptable use policy', 'cy-GB': 'Polisi defnydd derbyniol' };

/** Both languages hold the imported one until the other comes; `lint` reports that for each text. */
function newPack(draft: Draft, request: ImportRequest): Made {
  const { language } = request;
  const other = otherThan(language);
  const found = request.title ?? draft.title;
  const twice = (text: string): Bilingual => ({ 'en-GB': text, 'cy-GB': text });
  const manifest: PackManifest = {
    id: `${request.audience}-policy`.slice(0, 64),
    version: '1',
    material: true,
    title: found === undefined ? fallbackTitle : twice(found.slice(0, 200)),
    audiences: [request.audience],
    effectiveFrom: request.today,
    renewal: draft.renewal,
    documents: fileNames,
    statements: withIds(draft.statements).map(({ id, text, required }) => ({
      id,
      text: twice(text),
      required,
    })),
    fields: draft.fields,
    order: 100,
  };
  const text = canonicalText(draft.markdown);
  return {
    files: { [manifestFileName]: toJson(manifest), [fileNames[language]]: text, [fileNames[other]]: text },
    notes: [
      check(
        `${languageNames[other]} is missing: the ${languageNames[language]} stands in its place until it is imported with --lang ${other} --into.`,
      ),
      ...(found === undefined ? [check('No title was found: set "title" in policy.json.')] : []),
      check(`"effectiveFrom" was set to ${request.today}, "version" to 1 and "material" to true.`),
    ],
  };
}

async function mergedPack(draft: Draft, request: ImportRequest, folder: string): Promise<Made | string> {
  const { language } = request;
  const pack = await loadPack(folder);
  if (!pack.ok) return `${folder} is no pack: ${pack.error.subject}: ${pack.error.reason}`;
  const { manifest } = pack.value;
  const { statements, notes } = mergeStatements(pack.value, draft, language, otherThan(language));
  const title = request.title ?? draft.title ?? fallbackTitle[language];
  const merged: PackManifest = {
    ...manifest,
    title: { ...manifest.title, [language]: title.slice(0, 200) },
    statements,
  };
  return {
    files: {
      [manifestFileName]: toJson(merged),
      [manifest.documents[language]]: canonicalText(draft.markdown),
    },
    notes,
  };
}

function otherThan(language: Language): Language {
  return language === 'en-GB' ? 'cy-GB' : 'en-GB';
}

function toJson(manifest: PackManifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Nearly every statement starts with these words. */
const emptyWords: ReadonlySet<string> = new Set(
  'i will am have agree understand appreciate accept and that to the a it is my byddaf fyddaf rwyn rwyf yn'.split(
    ' ',
  ),
);

/** Ids made of a statement's own words, so that an author recognises it. */
function withIds<Statement extends { readonly text: string }>(
  statements: readonly Statement[],
): readonly (Statement & { readonly id: string })[] {
  const taken = new Set<string>();
  return statements.map((statement, index) => {
    const words =
      statement.text
        .normalize('NFD')
        .replaceAll(/[\p{M}'’]/gu, '')
        .toLowerCase()
        .match(/[a-z0-9]+/gu) ?? [];
    const begin = words.findIndex((word) => !emptyWords.has(word));
    const base =
      words
        .slice(Math.max(0, begin), begin + 5)
        .join('-')
        .slice(0, 48)
        .replace(/-$/u, '') || `statement-${index + 1}`;
    let id = base;
    for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
    taken.add(id);
    return { ...statement, id };
  });
}

/** Loads the pack as it would be with these files, from a temporary folder. */
async function tryPack(
  target: string,
  files: Readonly<Record<string, string>>,
  { keep }: Console,
): Promise<Awaited<ReturnType<typeof loadPack>>> {
  const folder = await mkdtemp(join(tmpdir(), 'porthor-draft-'));
  keep?.(folder);
  try {
    const there = await readdir(target).catch(() => []);
    for (const name of there.filter((each) => each.endsWith('.md'))) {
      await writeFile(join(folder, name), await readFile(join(target, name)));
    }
    await writeAll(folder, files);
    return await loadPack(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes a new pack into a folder of another name first, and the report last. So a failure or the end of the program
 * leaves either a whole pack or none.
 */
async function writePack(
  target: string,
  files: Readonly<Record<string, string>>,
  beside: Readonly<Record<string, string>>,
  { keep }: Console,
): Promise<void> {
  if (await isTaken(target)) await writeAll(target, files);
  else {
    const unfinished = `${target}.unfinished`;
    keep?.(unfinished);
    try {
      await rm(unfinished, { recursive: true, force: true });
      await writeAll(unfinished, files);
      await rm(target, { recursive: true, force: true });
      await rename(unfinished, target);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  for (const [path, text] of Object.entries(beside)) await writeFile(path, text);
}

/** Writes each file under a second name first, so that a full disk leaves the previous pack intact. */
async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = Object.entries(files).map(([name, text]) => [join(folder, name), text] as const);
  try {
    for (const [path, text] of unfinished) await writeFile(`${path}.unfinished`, text);
    for (const [path] of unfinished) await rename(`${path}.unfinished`, path);
  } finally {
    for (const [path] of unfinished) await rm(`${path}.unfinished`, { force: true });
  }
}

function writeReport(name: string, target: string, draft: Draft, notes: readonly Note[]): readonly string[] {
  const list = (kind: Note['kind']) =>
    notes.filter((note) => note.kind === kind).map(({ text }) => `  - ${text}`);
  return [
    `${name} -> ${join(dirname(target), basename(target))}`,
    'What was done:',
    ...list('done'),
    'What a person must check:',
    ...list('check'),
    `  - Full name is ${draft.fields.fullName} and job title is ${draft.fields.jobRole} on the form.`,
  ];
}
