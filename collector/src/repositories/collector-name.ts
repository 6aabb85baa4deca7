/** The collector's own name, which signed statements carry. */
import type { Kysely } from 'kysely';
import type { Tables } from '../storage/tables.ts';

/** All collectors of one database share one name, and a restored backup keeps it. */
export async function readCollectorName(database: Kysely<Tables>): Promise<string> {
  const row = await database
    .selectFrom('settings')
    .select('value')
    .where('name', '=', 'collector-name')
    .executeTakeFirst();
  // No agent's statement fits an empty name, so a removed name shows as replayed statements.
  return row?.value ?? '';
}
