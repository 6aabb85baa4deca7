/** `collector -- evidence`: one file with all evidence of one acknowledgement, for a reader who trusts neither school nor us. */
import { open } from 'node:fs/promises';
import { CollectorError } from './collector-error.ts';
import { makeBundle } from './evidence/make-bundle.ts';
import type { CollectorDatabase } from './storage/storage.ts';

export const evidenceHelp = `  npm run collector -- evidence FILE --record ID --data DIR
      Writes a new file with the acknowledgement of that id, its signature, the record of the key that signed it,
      and the proofs that the log holds both. docs/check-evidence.py checks it without this program.
`;

/** The file is new, and its owner alone may read it: it holds a name. */
export async function runEvidence(
  database: CollectorDatabase,
  { eventId, target }: { readonly eventId: string; readonly target: string },
  say: (line: string) => void,
): Promise<void> {
  const bundle = await makeBundle(database, eventId);
  try {
    const handle = await open(target, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(bundle, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CollectorError(`${target} cannot be written as a new file: ${code}. Name another file.`);
  }
  say(`The evidence of ${eventId} is in ${target}.`);
  say(`The key of the log: ${bundle.verifierKey}`);
}
