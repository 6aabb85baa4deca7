/**
 * `node tests/bench/import/corpus.ts LIST.json [--cache FOLDER] [--show]`: imports real documents and prints, as JSON lines, how many
 * of the statements that a person marked were found, and how many of the found ones are right. Exits with 1 if precision
 * or recall is below the target or a document could not be imported, and with 64 if the list is not understood.
 *
 * LIST.json holds entries of address, sha256, audience, language and the marked statements. Neither the documents nor a
 * list of them are part of the project, because they belong to their schools. This script is no part of the tests.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { scratchFolder } from '../../../build/runtime/paths.ts';
import { type CorpusResult, corpusSchema, importEntry, summarise } from '../../support/corpus.ts';

const target = 0.97;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: 'string', default: path.join(scratchFolder, 'corpus') },
    show: { type: 'boolean', default: false },
  },
});
process.exitCode = await main(positionals[0]);

async function main(list: string | undefined): Promise<number> {
  if (list === undefined) {
    console.error('corpus: name the list of documents');
    return 64;
  }
  const entries = corpusSchema.safeParse(JSON.parse(await readFile(list, 'utf8')));
  if (!entries.success) {
    console.error(`corpus: ${list}: ${entries.error.message}`);
    return 64;
  }
  const results: CorpusResult[] = [];
  for (const entry of entries.data) {
    const result = await importEntry(entry, values.cache);
    const { missed, wrong, ...figures } = result;
    console.log(JSON.stringify(figures));
    if (values.show) {
      for (const text of missed) console.log(`  missed: ${text}`);
      for (const text of wrong) console.log(`  wrong:  ${text}`);
    }
    results.push(result);
  }
  const summary = summarise(results);
  console.log(JSON.stringify({ ...summary, target }));
  const { blockers, precision, recall } = summary;
  return blockers === 0 && precision >= target && recall >= target ? 0 : 1;
}
