/** Version 6 of the database: the collector's own name, and the hash of each agent's newest event. */
import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';

/** Every collector of one database has one name, because signed statements carry it. */
export async function addStatements(database: Kysely<unknown>): Promise<void> {
  await sql`insert into settings (name, value) values ('collector-name', ${randomUUID()})`.execute(database);
  // Hash of the event with the highest sequence number; empty where it is not known.
  await database.schema
    .alterTable('agents')
    .addColumn('history_sha256', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
}
