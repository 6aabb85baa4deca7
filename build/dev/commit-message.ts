/** The `commit-msg` hook: refuses a message whose subject is too long, not an imperative, or not plain English. */
import { readFileSync } from 'node:fs';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { findMessageFaults } from './prose-rules.ts';

const main = (): Promise<number> => {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new SetupError('No file with a commit message is named.', 'Git names it.');
  const faults = findMessageFaults(readFileSync(file, 'utf8'));
  for (const fault of faults) console.error(`commit message: ${fault}`);
  return Promise.resolve(faults.length === 0 ? 0 : 1);
};

if (import.meta.main) await runMain(main);
