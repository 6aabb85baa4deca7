/** What a witness has seen of each log, in a file for each, and the keys of the logs that it signs for. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import {
  type CheckpointText,
  readCheckpointText,
  readNote,
  readVerifierKey,
} from '../../../shared/wire/log-note.ts';
import { CollectorError } from '../collector-error.ts';
import { syncFolder } from '../durable-write.ts';

export interface WitnessState {
  /** Undefined for a log that was not seen yet. */
  read(origin: string): Promise<CheckpointText | undefined>;
  /** On disk when it resolves. */
  write(seen: CheckpointText, note: string): Promise<void>;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** Rejects where a file is there and cannot be read: the witness must not take such a log for a new one. */
export function createWitnessState(directory: string): WitnessState {
  const fileOf = (origin: string): string =>
    path.join(directory, `${createHash('sha256').update(origin).digest('hex')}.checkpoint`);
  return {
    async read(origin) {
      let note: string;
      try {
        note = await readFile(fileOf(origin), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
      const seen = readCheckpointText(readNote(note)?.text ?? '');
      if (seen?.origin !== origin)
        throw new Error(`${fileOf(origin)} does not hold the checkpoint of ${origin}`);
      return seen;
    },
    async write({ origin }, note) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = fileOf(origin);
      const handle = await open(`${file}.new`, 'w', 0o600);
      try {
        await handle.writeFile(note);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}.new`, file);
      await syncFolder(directory);
    },
  };
}

/** One key a line; empty lines and those that start with # are left out. Throws CollectorError. */
export async function readLogKeys(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CollectorError(`The file of keys ${file} cannot be read: ${codeOf(error)}.`);
  }
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = keys.find((key) => readVerifierKey(key) === undefined);
  if (wrong !== undefined) throw new CollectorError(`${file} holds a line that is no key of a log: ${wrong}`);
  if (keys.length === 0) throw new CollectorError(`${file} holds no key of a log.`);
  return keys;
}
