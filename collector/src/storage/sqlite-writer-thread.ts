/** The thread that writes: it alone waits for the disk and for other processes that hold the database. */
import { parentPort, workerData } from 'node:worker_threads';
import { Kysely } from 'kysely';
import { z } from 'zod';
import { createGroupWriter } from './group-writer.ts';
import { NodeSqliteDialect, openForWriting, writeLogBack } from './sqlite-dialect.ts';
import { storageTrouble } from './storage.ts';
import type { Tables } from './tables.ts';
import type { FromWriterThread, ToWriterThread } from './writer-messages.ts';

if (parentPort === null) throw new Error('sqlite-writer-thread.ts runs as a thread of the collector');
const port = parentPort;
const { file, busyTimeoutMs } = z.object({ file: z.string(), busyTimeoutMs: z.number() }).parse(workerData);
const sqlite = openForWriting(file, busyTimeoutMs);
const database = new Kysely<Tables>({ dialect: new NodeSqliteDialect(sqlite) });
const writer = createGroupWriter(database);

function answer(message: FromWriterThread): void {
  port.postMessage(message);
}

async function close(): Promise<void> {
  await writer.drained();
  writeLogBack(sqlite);
  await database.destroy();
  port.close();
}

port.on('message', (message: ToWriterThread) => {
  if (message.kind === 'close') {
    void close();
    return;
  }
  writer.add(message.write, (result) => {
    if (result.ok) answer({ id: message.id, ok: true, value: result.value });
    else {
      const { error } = result;
      // An error loses its class on the way to another thread.
      answer({
        id: message.id,
        ok: false,
        trouble: storageTrouble(error),
        message: error instanceof Error ? error.message : String(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
  });
});
