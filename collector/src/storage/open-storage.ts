/** Opens the storage that the settings name: PostgreSQL where there is an address, else SQLite in the data folder. */
import { mkdirSync } from 'node:fs';
import { openPostgres } from './postgres.ts';
import { describeFileError, openSqlite, type SqliteOptions } from './sqlite.ts';
import type { Storage } from './storage.ts';

/** Throws CollectorError, with a sentence for the administrator, where the storage cannot be used. */
export async function openStorage(
  options: SqliteOptions & { readonly databaseUrl: string | undefined },
): Promise<Storage> {
  const { databaseUrl, create, dataDirectory } = options;
  if (databaseUrl === undefined) return openSqlite(options);
  // Published packs are in the data folder whatever the database is. Its absence tells a mistyped folder from a collector's.
  if (create) makeFolder(dataDirectory);
  return openPostgres(databaseUrl, { create });
}

function makeFolder(dataDirectory: string): void {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw describeFileError(error, dataDirectory);
  }
}
