/** Version 19 of the database: how long a school keeps each kind of event, and agents that forget what was erased. */
import type { Kysely } from 'kysely';

export async function addRetention({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('retention')
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('days', 'integer', (column) => column.notNull())
    // The newest day that was gone through; null before the first.
    .addColumn('purged_through', 'text')
    .addPrimaryKeyConstraint('retention_key', ['school_id', 'kind'])
    .execute();
  // The agent's account was erased then: what it keeps from before no longer counts.
  await schema.alterTable('agents').addColumn('erased_at', 'text').execute();
}
