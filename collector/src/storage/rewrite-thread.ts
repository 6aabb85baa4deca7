/** The thread that rewrites the database file, so that no free space in it holds text that was erased. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { openForWriting, writeLogBack } from './sqlite-dialect.ts';

/** Others write now and then; each of their transactions is short. */
const busyTimeoutMs = 30_000;

if (parentPort === null) throw new Error('rewrite-thread.ts runs as a thread of the collector');
const { file } = z.object({ file: z.string() }).parse(workerData);

function rewrite(): string {
  let database: ReturnType<typeof openForWriting> | undefined;
  try {
    database = openForWriting(file, busyTimeoutMs);
    database.exec('vacuum');
    writeLogBack(database);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    database?.close();
  }
}

parentPort.postMessage(rewrite());
