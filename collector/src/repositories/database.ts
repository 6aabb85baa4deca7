/** Opens the collector's SQLite database through the query builder that PostgreSQL will share. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { backup, DatabaseSync, type SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import { z } from 'zod';
import { CollectorError } from '../collector-error.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './schema.ts';

export type CollectorDatabase = Kysely<Tables>;

export interface OpenedDatabase {
  readonly database: CollectorDatabase;
  /**
   * Copies the database as it stands at one moment, with what is still in its log, into a file of its own; whoever
   * reports meanwhile is not held up. `file` is written over. Rejects with what SQLite says.
   */
  copyTo(file: string): Promise<void>;
  /** Writes the log back into the database file and lets go of it. */
  close(): Promise<void>;
}

/** SQLite's primary result codes, from https://www.sqlite.org/rescode.html. */
const primaryResultCodes = {
  busy: new Set([5, 6]),
  full: new Set([13]),
  unusable: new Set([8, 10, 11, 14, 26]),
} as const;

/** In several steps a copy begins anew whenever another process has written between two of them. */
const allPagesAtOnce = 0x7fff_ffff;

const sqliteErrorSchema = z.object({ code: z.literal('ERR_SQLITE_ERROR'), errcode: z.int() });

/** Tells apart why the database did not answer; undefined when the error is not the storage's. */
export function storageTrouble(error: unknown): 'busy' | 'full' | 'unusable' | undefined {
  const parsed = sqliteErrorSchema.safeParse(error);
  if (!parsed.success) return undefined;
  const primary = parsed.data.errcode & 0xff;
  if (primaryResultCodes.busy.has(primary)) return 'busy';
  if (primaryResultCodes.full.has(primary)) return 'full';
  return primaryResultCodes.unusable.has(primary) ? 'unusable' : undefined;
}

/** The statement interface that the query builder expects, over the one that Node brings. */
function asBuilderDatabase(sqlite: DatabaseSync): SqliteDatabase {
  return {
    close: () => sqlite.close(),
    prepare(statementText) {
      const statement = sqlite.prepare(statementText);
      // The builder binds strings, numbers and null; anything else is refused by node:sqlite itself.
      const bind = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...bind(parameters)),
        run: (parameters) => statement.run(...bind(parameters)),
        iterate: (parameters) => statement.iterate(...bind(parameters)),
      };
    },
  };
}

/**
 * A transaction takes the write lock when it begins. Otherwise one that reads first and writes later fails at once,
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

class NodeSqliteDialect extends SqliteDialect {
  readonly #sqlite: DatabaseSync;

  constructor(sqlite: DatabaseSync) {
    super({ database: asBuilderDatabase(sqlite) });
    this.#sqlite = sqlite;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#sqlite);
  }
}

function describeFileError(error: unknown, dataDirectory: string): CollectorError {
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
  const trouble = storageTrouble(error);
  if (trouble === 'busy') {
    return new CollectorError(
      `The database ${file} is in use by another program. Wait for it to end and try again.`,
    );
  }
  if (trouble === 'full') {
    return new CollectorError(`The disk that holds ${file} is full. Make room and try again.`);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new CollectorError(
    `The database ${file} cannot be used (${reason}). Check the disk and the file's permissions, or restore a backup.`,
  );
}

/**
 * Opens the database of a data folder and brings it to this collector's version. An answer given after a commit is
 * on disk: write-ahead log with `synchronous=FULL`. Files are readable by their owner alone, since they hold names.
 * Throws CollectorError when the folder, the disk or the file does not allow it, and for a missing database unless
 * `create` is set.
 */
export async function openDatabase(options: {
  readonly dataDirectory: string;
  readonly create: boolean;
  /** How long a statement waits for another process that writes. The wait holds up this process. */
  readonly busyTimeoutMs?: number;
}): Promise<OpenedDatabase> {
  const file = path.join(options.dataDirectory, 'collector.sqlite');
  if (!options.create && !existsSync(file)) {
    throw new CollectorError(
      `There is no collector's database in ${options.dataDirectory}. Name the folder that the collector was started with.`,
    );
  }
  try {
    mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    throw describeFileError(error, options.dataDirectory);
  }

  let sqlite: DatabaseSync;
  try {
    sqlite = new DatabaseSync(file, {
      timeout: options.busyTimeoutMs ?? 2000,
      enableForeignKeyConstraints: true,
    });
  } catch (error) {
    throw describeSqliteError(error, file);
  }
  const database = new Kysely<Tables>({ dialect: new NodeSqliteDialect(sqlite) });
  try {
    const mode = sqlite.prepare('pragma journal_mode = wal').get()?.['journal_mode'];
    if (mode !== 'wal') {
      throw new CollectorError(
        `The data folder ${options.dataDirectory} does not support a write-ahead log; network shares often do not. ` +
          'Name a folder on a disk of this computer.',
      );
    }
    sqlite.exec('pragma synchronous = full');
    await migrate(database as unknown as Kysely<unknown>);
  } catch (error) {
    sqlite.close();
    throw error instanceof CollectorError ? error : describeSqliteError(error, file);
  }
  return {
    database,
    async copyTo(file) {
      await backup(sqlite, file, { rate: allPagesAtOnce });
      const copy = new DatabaseSync(file);
      try {
        // One file that stands alone, without a log beside it, and can be read from a read-only disk.
        copy.exec('pragma journal_mode = delete');
        const checked = copy.prepare('pragma quick_check').get()?.['quick_check'];
        if (checked !== 'ok') throw new CollectorError(`The copy ${file} is damaged (${String(checked)}).`);
      } finally {
        copy.close();
      }
    },
    async close() {
      try {
        sqlite.exec('pragma wal_checkpoint(truncate)');
      } finally {
        await database.destroy();
      }
    },
  };
}
