/** Version 7 of the database: enrolment tokens whose new PCs wait for a technician. */
import type { Kysely } from 'kysely';

export async function addApproval({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable('enrolment_tokens')
    .addColumn('needs_approval', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}
