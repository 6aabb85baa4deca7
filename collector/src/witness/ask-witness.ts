/** Asks a witness to sign the newest checkpoint of the log, and keeps what it has signed. */
import type { Transaction } from 'kysely';
import { readNote } from '../../../shared/wire/log-note.ts';
import { openCheckpoint } from '../log/checkpoint.ts';
import type { LogRepository } from '../repositories/log.ts';
import type { CollectorDatabase, Storage } from '../storage/storage.ts';
import { storageTrouble } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { openCosigned } from './cosignature.ts';

const settingName = 'witnessed-checkpoint';
const intervalMs = 60_000;
const deadlineMs = 20_000;
const longestAnswer = 4000;

export const witnessWrites = {
  'log.saveWitnessed': async (transaction: Transaction<Tables>, note: string): Promise<void> => {
    await transaction
      .insertInto('settings')
      .values({ name: settingName, value: note })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: note }))
      .execute();
  },
};

/** The newest checkpoint that a witness has signed, with its line; undefined for none. */
export async function readWitnessed(database: CollectorDatabase): Promise<string | undefined> {
  const row = await database
    .selectFrom('settings')
    .select('value')
    .where('name', '=', settingName)
    .executeTakeFirst();
  return row?.value;
}

export interface Witness {
  /** Without `/add-checkpoint`. */
  readonly url: string;
  readonly verifierKey: string;
}

interface AskOptions {
  readonly witness: Witness;
  readonly storage: Storage;
  readonly repository: LogRepository;
}

/** Returns what is wrong; undefined where the witness has signed the newest checkpoint. */
async function ask({ witness, storage, repository }: AskOptions): Promise<string | undefined> {
  const note = (await repository.head())?.checkpoint ?? '';
  const newest = openCheckpoint(note, ...(await repository.keys()).keys);
  const text = readNote(note)?.text;
  if (newest === undefined || text === undefined) return undefined;
  const witnessed = openCosigned((await readWitnessed(storage.reader)) ?? '', witness.verifierKey);
  if (witnessed?.size === newest.size && witnessed.root.equals(newest.root)) return undefined;
  let oldSize = witnessed?.size ?? 0;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const proof = oldSize === 0 ? [] : await repository.proveConsistency(oldSize, newest.size);
    if (proof === undefined) return `it has seen ${oldSize} leaves, and the log has ${newest.size}`;
    const lines = [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64'))];
    const response = await fetch(`${witness.url.replace(/\/+$/u, '')}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `${lines.join('\n')}\n\n${note}`,
      signal: AbortSignal.timeout(deadlineMs),
      redirect: 'error',
    });
    const answer = (await response.text()).slice(0, longestAnswer);
    if (response.status === 200) {
      const cosigned = `${note}${answer}`;
      if (openCosigned(cosigned, witness.verifierKey) === undefined) return 'its signature is not by its key';
      await storage.write('log.saveWitnessed', cosigned);
      return undefined;
    }
    const known = /^(0|[1-9]\d{0,14})\n$/u.exec(answer)?.[1];
    if (response.status !== 409 || known === undefined) {
      return `it answered ${response.status}: ${answer.trim().slice(0, 200)}`;
    }
    if (Number(known) === oldSize) return `it has seen another log of ${known} leaves`;
    // It knows another size than this collector remembers, as after a restore.
    oldSize = Number(known);
  }
  return 'it was asked by another collector meanwhile';
}

/** Asks each minute. A witness that does not answer keeps nothing from working. Returns the stop. */
export function watchWitness(
  options: AskOptions & { readonly log: (line: string) => void; readonly everyMs?: number },
): () => Promise<void> {
  const { log, witness, everyMs = intervalMs } = options;
  let said: string | undefined;
  const turn = async (): Promise<void> => {
    try {
      const problem = await ask(options);
      if (problem !== said && problem !== undefined)
        log(`The witness ${witness.url} has not signed the log: ${problem}.`);
      said = problem;
    } catch (error) {
      if (storageTrouble(error) !== undefined) return;
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== said) log(`The witness ${witness.url} cannot be reached: ${problem}.`);
      said = problem;
    }
  };
  let running = turn();
  const timer = setInterval(() => {
    running = running.then(turn);
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
