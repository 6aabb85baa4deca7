/** Opens the storage that the settings name: PostgreSQL where there is an address, else SQLite in the data folder. */
import { openPostgres } from './postgres.ts';
import { openSqlite, type SqliteOptions } from './sqlite.ts';
import type { Storage } from './storage.ts';

/** Throws CollectorError, with a sentence for the administrator, where the storage cannot be used. */
export function openStorage(
  options: SqliteOptions & { readonly databaseUrl: string | undefined },
): Promise<Storage> {
  return options.databaseUrl === undefined ? openSqlite(options) : openPostgres(options.databaseUrl);
}
