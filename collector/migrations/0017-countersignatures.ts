/** Version 17 of the database: countersignatures, and the Windows accounts that a signatory has named as their own. */
import { type Kysely, sql } from 'kysely';

export async function addCountersignatures(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('countersignatures')
    .addColumn('countersignature_id', 'text', (column) => column.primaryKey())
    .addColumn('school_id', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    // The name at the time: the account may get another one.
    .addColumn('signatory', 'text', (column) => column.notNull())
    .addColumn('signed_at', 'text', (column) => column.notNull())
    // The hash of the acknowledgement's leaf, which the signature covers.
    .addColumn('leaf_sha256', 'text', (column) => column.notNull())
    .addColumn('signature', 'text', (column) => column.notNull())
    // Null while it stands.
    .addColumn('withdrawn_at', 'text')
    .addColumn('withdrawn_by', 'text')
    .addColumn('withdrawn_name', 'text')
    .addColumn('withdrawal_reason', 'text')
    .execute();
  await schema
    .createIndex('countersignatures_by_event')
    .on('countersignatures')
    .columns(['event_id', 'signed_at'])
    .execute();
  await sql`create unique index countersignatures_one_stands on countersignatures (event_id)
    where withdrawn_at is null`.execute(database);

  // The countersignature that stands.
  await schema.alterTable('acknowledgements').addColumn('countersignature_id', 'text').execute();
  await sql`create index acknowledgements_to_countersign on acknowledgements (school_id, position)
    where countersignature_id is null and action = 'accepted' and standing = 'counts'`.execute(database);
  await sql`create index acknowledgements_countersigned on acknowledgements (school_id, position)
    where countersignature_id is not null`.execute(database);

  await schema
    .createTable('console_windows_accounts')
    .addColumn('account_id', 'text', (column) =>
      column.notNull().references('console_accounts.account_id').onDelete('cascade'),
    )
    // The form in which they are compared.
    .addColumn('windows_key', 'text', (column) => column.notNull())
    .addColumn('windows_account', 'text', (column) => column.notNull())
    .addColumn('added_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('console_windows_accounts_key', ['account_id', 'windows_key'])
    .execute();
  // When it was said which Windows accounts are this person's; null: not yet.
  await schema.alterTable('console_accounts').addColumn('windows_accounts_named_at', 'text').execute();
}
