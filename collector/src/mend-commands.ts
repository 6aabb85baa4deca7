/** `collector -- restore` and `collector -- recover`: back to a backup, and what can be mended without one. */
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CollectorError, noCollectorIn } from './collector-error.ts';
import { syncFile, syncFolder } from './durable-write.ts';
import { isAnswering } from './edge/is-answering.ts';
import { checkIntegrity } from './storage/check-integrity.ts';
import { watermarkFileName } from './watermark.ts';

export const mendHelp = `  npm run collector -- restore FILE --data DIR
      Puts a backup in place of the database of a collector that has ended. The database that was there is kept aside.
  npm run collector -- recover --data DIR
      Mends damaged indexes of the database of a collector that has ended. A copy of it as it was is kept aside.
`;

const databaseFiles = ['collector.sqlite', 'collector.sqlite-wal', 'collector.sqlite-shm'];

interface Output {
  readonly say: (line: string) => void;
  readonly now: () => Date;
}

/** Throws CollectorError where a collector still uses the data folder. */
async function refuseWhileRunning(dataDirectory: string): Promise<void> {
  let address: string | undefined;
  try {
    const database = new DatabaseSync(path.join(dataDirectory, 'collector.sqlite'), { readOnly: true });
    try {
      const row = database.prepare("select value from settings where name = 'address'").get();
      address = row === undefined ? undefined : String(row['value']);
    } finally {
      database.close();
    }
  } catch {
    // No database, or one that cannot be read: no collector runs on it for long.
    return;
  }
  if (address === undefined) return;
  if (await isAnswering(address)) throw new CollectorError(`A collector runs at ${address}. End it first.`);
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function asideFolder(dataDirectory: string, now: Date): string {
  return path.join(dataDirectory, `replaced-${now.toISOString().replace(/[-:.]/gu, '')}`);
}

/** Throws CollectorError for a file that is no sound database of a collector. */
export async function runRestore(dataDirectory: string, backup: string, { say, now }: Output): Promise<void> {
  if (!(await isThere(backup))) throw new CollectorError(`There is no file ${backup}.`);
  const [damage] = await checkIntegrity(backup);
  if (damage !== undefined)
    throw new CollectorError(`${backup} cannot be used: ${damage}. Take another backup.`);
  await refuseWhileRunning(dataDirectory);
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const fresh = path.join(dataDirectory, 'collector.sqlite.restored');
  await rm(fresh, { force: true });
  await copyFile(backup, fresh);
  await syncFile(fresh);
  const aside = asideFolder(dataDirectory, now());
  for (const name of databaseFiles) {
    const file = path.join(dataDirectory, name);
    if (!(await isThere(file))) continue;
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(file, path.join(aside, name));
    say(`${name} is kept in ${aside}.`);
  }
  await rename(fresh, path.join(dataDirectory, 'collector.sqlite'));
  // The older state is now the wanted one.
  await rm(path.join(dataDirectory, watermarkFileName), { force: true });
  await syncFolder(dataDirectory);
  say(`The database is that of ${backup}. Run verify, then start the collector.`);
  say('PCs will send again what they reported after that backup, and report log-conflict.');
}

/** Throws CollectorError where the damage is more than its indexes. */
export async function runRecover(dataDirectory: string, { say, now }: Output): Promise<void> {
  const file = path.join(dataDirectory, 'collector.sqlite');
  if (!(await isThere(file))) throw noCollectorIn(dataDirectory);
  await refuseWhileRunning(dataDirectory);
  const before = await checkIntegrity(file);
  if (before.length === 0) {
    say('The database is sound. Nothing is changed.');
    return;
  }
  for (const line of before) say(line);
  const aside = asideFolder(dataDirectory, now());
  await mkdir(aside, { recursive: true, mode: 0o700 });
  for (const name of databaseFiles) {
    const one = path.join(dataDirectory, name);
    if (await isThere(one)) await copyFile(one, path.join(aside, name));
  }
  say(`A copy as it was is in ${aside}.`);
  try {
    const database = new DatabaseSync(file);
    try {
      database.exec('reindex');
    } finally {
      database.close();
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
  if ((await checkIntegrity(file)).length > 0) {
    throw new CollectorError(
      'More than its indexes is damaged. Restore a backup: npm run collector -- restore FILE',
    );
  }
  say('The indexes are built again, and the database is sound. Run verify, then start the collector.');
}
