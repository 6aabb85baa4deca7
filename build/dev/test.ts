/** `npm test`: everything that proves the project, in parts that run side by side; each is timed, and a failure does not hide the next. */
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';
import { runParts } from './run-parts.ts';
import { chooseParts, testParts } from './test-parts.ts';

/** Folders of tests that no part runs; without this check they would be skipped silently. */
const findForgottenFolders = async (): Promise<readonly string[]> => {
  const known = new Set([...testParts.map(({ name }) => name), 'support', 'fakes', 'fixtures', 'bench']);
  const entries = await readdir(path.join(projectRoot, 'tests'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !known.has(entry.name))
    .map((entry) => `tests/${entry.name}`);
};

const main = async (): Promise<number> => {
  const named = process.argv.slice(2);
  const chosen = chooseParts(testParts, named);
  const forgotten = await findForgottenFolders();
  const notRun = named.length > 0 ? [] : testParts.filter((part) => !chosen.includes(part));
  return runParts(chosen, {
    // Every part more takes some hundred MB, and on many cores no time is won by it.
    cores: Math.min(availableParallelism(), 4),
    failures: forgotten.map((folder) => `${folder}: no part runs what is in it`),
    remarks: notRun.map(({ name, about }) => `NOT RUN ${name}: ${about}; it is run by: npm test ${name}`),
  });
};

if (import.meta.main) await runMain(main);
