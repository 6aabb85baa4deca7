/**
 * Keeps the newest checkpoint of the log in a file outside the database, and compares the log with it at the start. An older
 * copy of the database, or another log in its place, does not go unseen then.
 */
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { CollectorError } from '../collector-error.ts';
import { syncFolder } from '../durable-write.ts';
import type { LogRepository } from '../repositories/log.ts';
import type { StandingFaults } from '../standing-faults.ts';
import { openCheckpoint } from './checkpoint.ts';
import { rootHash } from './merkle.ts';
import { nodesOf } from './tiles.ts';

const intervalMs = 1000;
const faultName = 'log';

interface AnchorOptions {
  /** On another disk or computer than the database. */
  readonly file: string;
  readonly repository: LogRepository;
  readonly faults: StandingFaults;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** Undefined for a file that is not there yet. Throws CollectorError where it cannot be read. */
async function readAnchor(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new CollectorError(
      `The anchor ${file} cannot be read: ${codeOf(error)}. Make it readable, or name another file with --anchor.`,
    );
  }
}

async function writeAnchor(file: string, checkpoint: string): Promise<void> {
  // Under another name first, so that a full disk leaves the earlier one.
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o644);
  try {
    await handle.writeFile(checkpoint);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncFolder(path.dirname(file));
}

/** What is wrong with the log, seen from the kept checkpoint; undefined where it grew from it. */
async function compare(repository: LogRepository, kept: string): Promise<string | undefined> {
  const head = await repository.head();
  const { keys } = await repository.keys();
  const checkpoint = openCheckpoint(kept, ...keys);
  if (checkpoint === undefined) {
    return 'the log in the database is not the one that signed it, or the file was changed';
  }
  const { size, root } = checkpoint;
  const now = openCheckpoint(head?.checkpoint ?? '', ...keys)?.size ?? 0;
  if (now < size) {
    return `the log had ${size} leaves, and this database has ${now}: it is an older copy`;
  }
  const nodeAt = nodesOf({ readTile: (level, index) => repository.anyTile(level, index) });
  const same = await rootHash(nodeAt, size).then(
    (found) => found.equals(root),
    () => false,
  );
  return same ? undefined : `the first ${size} leaves of the log are not those that were signed`;
}

interface AnchorWatch {
  /** The log grew from the kept checkpoint. Otherwise nothing may be signed: it would be a second log. */
  readonly fits: boolean;
  stop(): Promise<void>;
}

/** Throws CollectorError where the file cannot be read. */
export async function watchAnchor({ file, repository, faults }: AnchorOptions): Promise<AnchorWatch> {
  let kept = await readAnchor(file);
  const difference = kept === undefined ? undefined : await compare(repository, kept);
  if (difference !== undefined) {
    faults.set(
      faultName,
      `The anchor ${file} does not fit the database: ${difference}. Put the right database back, or accept the loss: ` +
        'keep the file elsewhere, take it away, and start the collector again.',
    );
    // The evidence of the difference stays as it is.
    return { fits: false, stop: () => Promise.resolve() };
  }

  const update = async (): Promise<void> => {
    try {
      const { checkpoint = '' } = (await repository.head()) ?? {};
      if (checkpoint === '' || checkpoint === kept) return;
      await writeAnchor(file, checkpoint);
      kept = checkpoint;
      faults.set(faultName, undefined);
    } catch (error) {
      faults.set(
        faultName,
        `The anchor ${file} cannot be written: ${codeOf(error)}. Make room, or name another file with --anchor.`,
      );
    }
  };
  await update();
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(update);
  }, intervalMs);
  timer.unref();
  return {
    fits: true,
    async stop() {
      clearInterval(timer);
      await running;
      await update();
    },
  };
}
