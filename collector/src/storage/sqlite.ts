/** Storage in one SQLite file of the data folder: the default, for one collector on one computer. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { CollectorError, noCollectorIn } from '../collector-error.ts';
import { checkIntegrity } from './check-integrity.ts';
import { createGroupWriter, type WriteResult } from './group-writer.ts';
import { migrate } from './migrate.ts';
import { rewriteFile } from './rewrite-file.ts';
import { NodeSqliteDialect, openForWriting, sqliteTrouble, writeLogBack } from './sqlite-dialect.ts';
import { type Storage, storageTrouble } from './storage.ts';
import type { Tables } from './tables.ts';
import { createWriteQueue } from './write-queue.ts';
import { sizeOfWrite } from './write-size.ts';
import { createWriterThread } from './writer-thread.ts';
import type { QueuedWrite } from './writes.ts';

/** A copy in several steps starts over whenever another process has written between two of them. */
const allPagesAtOnce = 0x7fff_ffff;

/** A reader waits only while SQLite recovers the log, and blocks the event loop meanwhile. */
const readerBusyTimeoutMs = 200;

export interface SqliteOptions {
  readonly dataDirectory: string;
  /** Creates folder and database where they are missing. */
  readonly create: boolean;
  /** How long a write waits for another process that writes. Default 2 s. */
  readonly busyTimeoutMs?: number;
  /** Writes on a thread of its own, as a server needs. The command line starts faster without it. */
  readonly thread: boolean;
}

export function describeFileError(error: unknown, dataDirectory: string): CollectorError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const reasons: Record<string, string> = {
    EACCES: 'this account may not write there',
    EPERM: 'this account may not write there',
    EROFS: 'it is on a read-only disk',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a file of that name is in the way',
  };
  return new CollectorError(
    `The data folder ${dataDirectory} cannot be used: ${reasons[code] ?? code}. ` +
      'Make room or change its permissions, or name another folder with --data.',
  );
}

function describeSqliteError(error: unknown, file: string): CollectorError {
  const trouble = storageTrouble(error) ?? sqliteTrouble(error);
  if (trouble === 'busy') {
    return new CollectorError(
      `The database ${file} is in use by another program. Wait for it to end and try again.`,
    );
  }
  if (trouble === 'full') {
    return new CollectorError(`The disk that holds ${file} is full. Make room and try again.`);
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (reason === 'no write-ahead log') {
    return new CollectorError(
      `The data folder ${path.dirname(file)} does not support a write-ahead log; network shares often do not. ` +
        'Name a folder on a disk of this computer.',
    );
  }
  return new CollectorError(
    `The database ${file} cannot be used (${reason}). Check the disk and the file's permissions, or restore a backup.`,
  );
}

function prepareFile({ dataDirectory, create }: SqliteOptions): string {
  const file = path.join(dataDirectory, 'collector.sqlite');
  if (!create && !existsSync(file)) {
    throw noCollectorIn(dataDirectory);
  }
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    throw describeFileError(error, dataDirectory);
  }
  return file;
}

interface Writer {
  run(write: QueuedWrite): Promise<WriteResult>;
  /** Finishes the writes that wait, writes the log back into the database file and closes it. */
  close(): Promise<void>;
}

function createWriterHere(sqlite: DatabaseSync, database: Kysely<Tables>): Writer {
  const writer = createGroupWriter(database);
  return {
    run: (write) => new Promise((resolve) => writer.add(write, resolve)),
    async close() {
      await writer.drained();
      writeLogBack(sqlite);
      await database.destroy();
    },
  };
}

/**
 * Opens the database of a data folder and brings it to this collector's version. Only the owner may read its files,
 * since they hold names. Throws CollectorError when the folder, the disk or the file does not allow it.
 */
export async function openSqlite(options: SqliteOptions): Promise<Storage> {
  const file = prepareFile(options);
  const busyTimeoutMs = options.busyTimeoutMs ?? 2000;
  let sqlite: DatabaseSync;
  try {
    sqlite = openForWriting(file, busyTimeoutMs);
  } catch (error) {
    throw describeSqliteError(error, file);
  }
  const database = new Kysely<Tables>({ dialect: new NodeSqliteDialect(sqlite) });
  let readOnly: DatabaseSync;
  try {
    await migrate(database as unknown as Kysely<unknown>, 'sqlite');
    readOnly = new DatabaseSync(file, { readOnly: true, timeout: readerBusyTimeoutMs });
  } catch (error) {
    sqlite.close();
    throw error instanceof CollectorError ? error : describeSqliteError(error, file);
  }
  const reader = new Kysely<Tables>({ dialect: new NodeSqliteDialect(readOnly) });
  let writer: Writer;
  if (options.thread) {
    await database.destroy();
    writer = createWriterThread({ file, busyTimeoutMs });
  } else {
    writer = createWriterHere(sqlite, database);
  }
  const queue = createWriteQueue();
  return {
    reader,
    async write(name, input) {
      const { bytes, events } = sizeOfWrite(input);
      const result = await queue.enter(bytes, () => writer.run({ name, input, size: events }));
      if (!result.ok) throw result.error;
      // The writer runs the write of this name, so it answers with its output.
      return result.value as never;
    },
    async copyTo(target) {
      await backup(readOnly, target, { rate: allPagesAtOnce });
      const copy = new DatabaseSync(target);
      try {
        // One file that needs no log beside it can be read from a read-only disk.
        copy.exec('pragma journal_mode = delete');
        const checked = copy.prepare('pragma integrity_check').get()?.['integrity_check'];
        if (checked !== 'ok') throw new CollectorError(`The copy ${target} is damaged (${String(checked)}).`);
      } finally {
        copy.close();
      }
    },
    checkIntegrity: (signal) => checkIntegrity(file, signal),
    rewrite: () => rewriteFile(file),
    async close() {
      // The reader first: an open reader keeps the log from being written back whole.
      await reader.destroy();
      await writer.close();
    },
  };
}
