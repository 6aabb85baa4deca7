/** Imports real documents that are named by address and hash, and compares their statements with those a person marked. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { makeDraft } from '../../build/policy/import/make-draft.ts';
import { readSource } from '../../build/policy/import/read-source.ts';
import { wordsOf } from '../../build/policy/import/word-account.ts';
import { languageSchema } from '../../shared/lib/language.ts';
import { audienceSchema } from '../../shared/policy/pack.ts';

export const corpusSchema = z.array(
  z.object({
    address: z.url(),
    sha256: z.string().regex(/^[\da-f]{64}$/u),
    /** Where the address does not end in the name of a file, as that of a stored web page. */
    file: z.string().optional(),
    audience: audienceSchema,
    language: languageSchema,
    /** As a person marked them in the document. */
    statements: z.array(z.string()),
  }),
);
export type CorpusEntry = z.infer<typeof corpusSchema>[number];

export type CorpusResult = {
  readonly address: string;
  readonly marked: number;
  readonly found: number;
  readonly right: number;
  /** Marked, but not among the statements of the draft. */
  readonly missed: readonly string[];
  /** Statements of the draft that were not marked. */
  readonly wrong: readonly string[];
  /** Share of the document's words that are in the pack or in the report. */
  readonly accounted: number;
  /** Why the document could not be imported. */
  readonly blocker?: string;
};

const fetchDeadlineMs = 60_000;

/** @param cache folder in which documents are kept between runs; each is checked by its hash. */
export async function importEntry(entry: CorpusEntry, cache: string): Promise<CorpusResult> {
  const { address, audience, language, statements } = entry;
  const failed = (blocker: string): CorpusResult => ({
    address,
    marked: statements.length,
    found: 0,
    right: 0,
    missed: statements,
    wrong: [],
    accounted: 0,
    blocker,
  });
  const bytes = await obtain(entry, cache);
  if (typeof bytes === 'string') return failed(bytes);
  const source = await readSource(path.basename(entry.file ?? new URL(address).pathname), bytes, {
    language,
    onPage: () => undefined,
  });
  if (!source.ok) return failed(source.error.reason);
  const draft = makeDraft(source.value, { audience, language });
  const { total, missing } = draft.account;
  const key = (text: string) => wordsOf(text).join(' ');
  const missed = [...statements];
  const wrong: string[] = [];
  for (const { text } of draft.statements) {
    const at = missed.findIndex((each) => key(each) === key(text));
    if (at === -1) wrong.push(text);
    else missed.splice(at, 1);
  }
  return {
    address,
    marked: statements.length,
    found: draft.statements.length,
    right: statements.length - missed.length,
    missed,
    wrong,
    accounted: total === 0 ? 1 : 1 - missing.length / total,
  };
}

async function obtain({ address, sha256 }: CorpusEntry, cache: string): Promise<Uint8Array | string> {
  const file = path.join(cache, sha256);
  const isRight = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') === sha256;
  const kept = await readFile(file).catch(() => undefined);
  if (kept !== undefined && isRight(kept)) return new Uint8Array(kept);
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(fetchDeadlineMs) });
    if (!answer.ok) return `the server answered ${answer.status}`;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (!isRight(bytes)) return 'the document has changed: its hash is another one';
    await mkdir(cache, { recursive: true });
    await writeFile(file, bytes);
    return bytes;
  } catch (error) {
    return `it could not be fetched: ${error instanceof Error ? error.message : 'unknown'}`;
  }
}

/** Precision: right among the found. Recall: right among the marked. 1 where there is nothing to find. */
export function summarise(results: readonly CorpusResult[]) {
  const sum = (key: 'marked' | 'found' | 'right') => results.reduce((total, each) => total + each[key], 0);
  const share = (right: number, of: number) => (of === 0 ? 1 : right / of);
  return {
    documents: results.length,
    blockers: results.filter(({ blocker }) => blocker !== undefined).length,
    precision: share(sum('right'), sum('found')),
    recall: share(sum('right'), sum('marked')),
  };
}
