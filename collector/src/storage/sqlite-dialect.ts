/** The query builder's dialect over the SQLite that Node brings. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import { z } from 'zod';
import { StorageError, type StorageTrouble } from './storage.ts';

/** SQLite's primary result codes, from https://www.sqlite.org/rescode.html. */
const primaryResultCodes = {
  busy: new Set([5, 6]),
  full: new Set([13]),
  unusable: new Set([8, 10, 11, 14, 26]),
} as const;

/** More than the collector has, so that only the batch sizes of one-off commands are prepared again. */
const maxPreparedStatements = 500;

const sqliteErrorSchema = z.object({ code: z.literal('ERR_SQLITE_ERROR'), errcode: z.int() });

/** Undefined for an error that is not SQLite's, and for one that only a fault in the collector can cause. */
export function sqliteTrouble(error: unknown): StorageTrouble | undefined {
  const parsed = sqliteErrorSchema.safeParse(error);
  if (!parsed.success) return undefined;
  const primary = parsed.data.errcode & 0xff;
  if (primaryResultCodes.busy.has(primary)) return 'busy';
  if (primaryResultCodes.full.has(primary)) return 'full';
  return primaryResultCodes.unusable.has(primary) ? 'unusable' : undefined;
}

/** Throws the storage's own error in place of SQLite's. */
function translating<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    const trouble = sqliteTrouble(error);
    if (trouble === undefined) throw error;
    throw new StorageError(trouble, error instanceof Error ? error.message : String(error));
  }
}

/** The statement interface of the query builder. Statements stay prepared; the least recently used is dropped first. */
function asBuilderDatabase(sqlite: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, StatementSync>();
  const prepare = (statementText: string): StatementSync => {
    let statement = prepared.get(statementText);
    if (statement === undefined) {
      statement = sqlite.prepare(statementText);
      for (const oldest of prepared.keys()) {
        if (prepared.size < maxPreparedStatements) break;
        prepared.delete(oldest);
      }
    } else {
      prepared.delete(statementText);
    }
    prepared.set(statementText, statement);
    return statement;
  };
  return {
    close: () => {
      prepared.clear();
      sqlite.close();
    },
    prepare(statementText) {
      const statement = translating(() => prepare(statementText));
      // The builder binds strings, numbers and null; node:sqlite itself refuses anything else.
      const bind = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => translating(() => statement.all(...bind(parameters))),
        run: (parameters) => translating(() => statement.run(...bind(parameters))),
        // A statement of its own: a prepared one that is still being read must not start over.
        iterate: (parameters) => sqlite.prepare(statementText).iterate(...bind(parameters)),
      };
    },
  };
}

/**
 * A transaction takes the write lock when it starts. Otherwise one that reads first and writes later fails at once,
 * whatever the busy timeout, when another process (the command line) wrote in between.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #sqlite: DatabaseSync;

  constructor(sqlite: DatabaseSync) {
    super({ database: asBuilderDatabase(sqlite) });
    this.#sqlite = sqlite;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** SQLite rolls back by itself on a full disk; a second rollback would hide that reason behind its own error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#sqlite.isTransaction) await super.rollbackTransaction(connection);
  }
}

/** SQLite rolls back schema changes too, so that the migrator may run in one transaction. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

export class NodeSqliteDialect extends SqliteDialect {
  readonly #sqlite: DatabaseSync;

  constructor(sqlite: DatabaseSync) {
    super({ database: asBuilderDatabase(sqlite) });
    this.#sqlite = sqlite;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#sqlite);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

/**
 * Opens the file for writing. A commit is on disk when it returns: write-ahead log with `synchronous=FULL`. Throws
 * SQLite's own error, and StorageError where the folder does not support a write-ahead log.
 */
export function openForWriting(file: string, busyTimeoutMs: number): DatabaseSync {
  const sqlite = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    const mode = sqlite.prepare('pragma journal_mode = wal').get()?.['journal_mode'];
    if (mode !== 'wal') throw new StorageError('unusable', 'no write-ahead log');
    sqlite.exec('pragma synchronous = full');
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/**
 * Writes the write-ahead log back into the database file, as far as that is possible. Never throws: on a full disk, or
 * while another program reads, the log stays beside the database, and the next start writes it back.
 */
export function writeLogBack(sqlite: DatabaseSync): void {
  try {
    sqlite.exec('pragma wal_checkpoint(truncate)');
  } catch {
    // Nothing is lost, because the log itself is on disk.
  }
}
