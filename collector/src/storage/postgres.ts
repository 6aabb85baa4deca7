/** Storage in PostgreSQL, for more than one school: any number of collectors share one database. */
import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { DatabaseError, Pool, type PoolClient, types } from 'pg';
import { CollectorError } from '../collector-error.ts';
import { createGroupWriter, type WriteResult } from './group-writer.ts';
import { isOfCollector, migrate } from './migrate.ts';
import { type Storage, StorageError, type StorageTrouble, storageTrouble } from './storage.ts';
import type { Tables } from './tables.ts';
import { createWriteQueue } from './write-queue.ts';
import { sizeOfWrite } from './write-size.ts';

const readerConnections = 8;
const connectDeadlineMs = 5000;
/** A statement that hangs must not hold its connection for good. */
const statementDeadlineMs = 30_000;
const lockDeadlineMs = 2000;
/** Longer statements differ with the size of their batch, so preparing them would fill the server's memory. */
const longestPreparedStatement = 1500;

/** By SQLSTATE, from https://www.postgresql.org/docs/15/errcodes-appendix.html; a class where the code is not listed. */
const troubleOfState: Readonly<Record<string, StorageTrouble>> = {
  '53100': 'full',
  '53': 'busy',
  '40': 'busy',
  '55P03': 'busy',
  '57014': 'busy',
  '57': 'unusable',
  '08': 'unusable',
  '25006': 'unusable',
  '28': 'unusable',
  '3D000': 'unusable',
  '58': 'unusable',
  XX001: 'unusable',
  XX002: 'unusable',
};

/** `int8` and `numeric`: positions, counts and sums, all far below the largest exact number. */
const numberTypes = new Set<number>([types.builtins.INT8, types.builtins.NUMERIC]);

function translate(error: unknown): unknown {
  if (error instanceof StorageError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError) {
    const state = error.code ?? '';
    const trouble = troubleOfState[state] ?? troubleOfState[state.slice(0, 2)];
    return trouble === undefined ? error : new StorageError(trouble, message);
  }
  // Any other failure of a query is one of its connection: refused, cut, or not made in time.
  return new StorageError('unusable', message);
}

function rethrow(error: unknown): never {
  throw translate(error);
}

function wrapClient(client: PoolClient): PostgresPoolClient {
  // The pool listens only while a connection is idle. One that breaks between two statements of a transaction would end the
  // process; the next statement on it fails, and says why.
  client.on('error', () => undefined);
  const query = (text: string, values: readonly unknown[] = []) => {
    const prepared =
      text.length > longestPreparedStatement || values.length === 0
        ? {}
        : { name: createHash('sha256').update(text).digest('base64url') };
    return client.query({ ...prepared, text, values: [...values] }).catch(rethrow);
  };
  // The builder streams nothing here, so the form with a cursor is never used.
  return { query, release: (destroy?: boolean) => client.release(destroy) } as unknown as PostgresPoolClient;
}

function openPool(connectionString: string, max: number, isReadOnly = false): { dialect: PostgresDialect } {
  const pool = new Pool({
    connectionString,
    max,
    ...(isReadOnly ? { options: '-c default_transaction_read_only=on' } : {}),
    connectionTimeoutMillis: connectDeadlineMs,
    statement_timeout: statementDeadlineMs,
    lock_timeout: lockDeadlineMs,
    application_name: 'porthor-collector',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        // node-postgres gives every value as text unless binary was asked for.
        numberTypes.has(oid)
          ? Number
          : (types.getTypeParser(oid, format as 'text') as (text: string) => unknown),
    },
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>();
  const translating: PostgresPool = {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch(rethrow);
      const known = wrapped.get(client) ?? wrapClient(client);
      wrapped.set(client, known);
      return known;
    },
  };
  return { dialect: new PostgresDialect({ pool: translating }) };
}

/** The server itself refuses every write of these connections. */
export function openPostgresReader(url: string): Kysely<Tables> {
  return new Kysely<Tables>(openPool(url, readerConnections, true));
}

/**
 * `url` is a `postgres://` address. Brings the database to this collector's version; collectors that start together
 * wait for each other. Without `create` an empty database stays empty. Throws CollectorError where the server cannot be used.
 */
export async function openPostgres(url: string, { create = true } = {}): Promise<Storage> {
  const reader = new Kysely<Tables>(openPool(url, readerConnections));
  // One connection, because one transaction at a time groups best. Other collectors have their own.
  const database = new Kysely<Tables>(openPool(url, 1));
  try {
    if (!create && !(await isOfCollector(database as unknown as Kysely<unknown>))) {
      throw new CollectorError(
        'The database that PORTHOR_DATABASE_URL names holds no collector. Check the address. ' +
          'To make a new collector there, first run: npm run collector -- serve',
      );
    }
    await migrate(database as unknown as Kysely<unknown>, 'postgres');
  } catch (error) {
    await Promise.all([reader.destroy(), database.destroy()]);
    if (storageTrouble(error) === undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CollectorError(
      `The database server cannot be used (${reason}). Check PORTHOR_DATABASE_URL and that the server runs.`,
    );
  }
  const writer = createGroupWriter(database);
  const queue = createWriteQueue();
  return {
    reader,
    async write(name, input) {
      const { bytes, events } = sizeOfWrite(input);
      const result = await queue.enter(
        bytes,
        () => new Promise<WriteResult>((resolve) => writer.add({ name, input, size: events }, resolve)),
      );
      if (!result.ok) throw result.error;
      // The writer runs the write of this name, so it answers with its output.
      return result.value as never;
    },
    copyTo: undefined,
    checkIntegrity: undefined,
    rewrite: undefined,
    async close() {
      await writer.drained();
      await Promise.all([reader.destroy(), database.destroy()]);
    },
  };
}
