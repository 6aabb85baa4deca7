/** The thread that checks the database: it reads every page and compares every index with its table. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

const mostFindings = 20;

if (parentPort === null) throw new Error('integrity-thread.ts runs as a thread of the collector');
const { file } = z.object({ file: z.string() }).parse(workerData);

/** `quick_check` skips the indexes, and a changed bit there hides rows from every question. */
function findDamage(): string[] {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare(`pragma integrity_check(${mostFindings})`).all();
    return rows.map((row) => String(row['integrity_check'])).filter((line) => line !== 'ok');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    database?.close();
  }
}

parentPort.postMessage(findDamage());
