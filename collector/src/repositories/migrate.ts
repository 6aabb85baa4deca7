/** Brings the database to the version that this collector knows, or says why it cannot. */
import { type Kysely, sql } from 'kysely';
import { createCore } from '../../migrations/0001-core.ts';
import { createMediaRegister } from '../../migrations/0002-media-register.ts';
import { createEvidenceChain } from '../../migrations/0003-evidence-chain.ts';
import { addMediaAnswers } from '../../migrations/0004-media-answers.ts';
import { CollectorError } from '../collector-error.ts';

/** In order; a migration's number is its place in this list, from 1. Released ones are never changed. */
const migrations: readonly ((database: Kysely<unknown>) => Promise<void>)[] = [
  createCore,
  createMediaRegister,
  createEvidenceChain,
  addMediaAnswers,
];

/**
 * Runs all missing migrations in one transaction: a crash in the middle leaves the version before.
 * The query builder's own migrator is not used because it runs outside a transaction on SQLite.
 * Throws CollectorError for a database that a newer collector has written.
 */
export async function migrate(database: Kysely<unknown>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await sql`create table if not exists schema_version (version integer not null)`.execute(transaction);
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(transaction);
    const current = rows[0]?.version ?? 0;
    if (current > migrations.length) {
      throw new CollectorError(
        `The database was written by a newer collector (version ${current}; this one knows ${migrations.length}). ` +
          'Install that newer collector, or restore a backup from before it.',
      );
    }
    if (current === migrations.length) return;
    for (const migration of migrations.slice(current)) await migration(transaction);
    await sql`delete from schema_version`.execute(transaction);
    await sql`insert into schema_version (version) values (${migrations.length})`.execute(transaction);
  });
}
