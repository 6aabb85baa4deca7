/** Opens the database for reading alone: nothing in its folder changes, and nothing is migrated. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Kysely } from 'kysely';
import { CollectorError, noCollectorIn } from '../collector-error.ts';
import { isCurrent } from './migrate.ts';
import { openPostgresReader } from './postgres.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import type { CollectorDatabase } from './storage.ts';
import type { Tables } from './tables.ts';

const busyTimeoutMs = 5000;

/** A database without a log beside it is in use by no collector, and may be on a disk that cannot be written to. */
function openFile(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  if (!existsSync(`${file}-wal`)) url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true, timeout: busyTimeoutMs });
}

function openSqliteReader(dataDirectory: string): CollectorDatabase {
  const file = path.join(dataDirectory, 'collector.sqlite');
  if (!existsSync(file)) {
    throw noCollectorIn(dataDirectory);
  }
  try {
    return new Kysely<Tables>({ dialect: new NodeSqliteDialect(openFile(file)) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CollectorError(`The database ${file} cannot be read (${reason}).`);
  }
}

/** Close it with `destroy`. Throws CollectorError for a database of another version. */
export async function openReadOnly(options: {
  readonly dataDirectory: string;
  readonly databaseUrl: string | undefined;
}): Promise<CollectorDatabase> {
  const reader =
    options.databaseUrl === undefined
      ? openSqliteReader(options.dataDirectory)
      : openPostgresReader(options.databaseUrl);
  try {
    if (await isCurrent(reader as unknown as Kysely<unknown>)) return reader;
  } catch (error) {
    await reader.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new CollectorError(`The database cannot be read (${reason}). Check it, or restore a backup.`);
  }
  await reader.destroy();
  throw new CollectorError(
    'Another version of the collector wrote this database, and reading alone cannot change it. ' +
      'Start this collector with a copy of it once, then verify the copy.',
  );
}
