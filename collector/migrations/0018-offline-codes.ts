/** Version 18 of the database, second part: codes that approve a device by telephone. */
import type { Kysely } from 'kysely';
import { type DatabaseKind, wholeNumber } from './column-kinds.ts';

export async function createOfflineCodes({ schema }: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await schema
    .createTable('offline_codes')
    .addColumn('agent_id', 'text', (column) => column.notNull())
    // From 0, without gaps, for each agent: the next code takes the next secret.
    .addColumn('slot', wholeNumber(kind), (column) => column.notNull())
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('device_number', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('issued_by', 'text', (column) => column.notNull())
    .addColumn('issued_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('offline_codes_key', ['agent_id', 'slot'])
    .execute();
}
