/** Version 9 of the database: accounts of the console, and sessions that name their account. */
import type { Kysely } from 'kysely';

export async function createConsoleAccounts({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('console_accounts')
    .addColumn('account_id', 'text', (column) => column.primaryKey())
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('sign_in_name', 'text', (column) => column.notNull())
    // The form in which sign-in names are compared. People name no school when they sign in, so it is unique among all.
    .addColumn('sign_in_key', 'text', (column) => column.notNull().unique())
    .addColumn('roles', 'text', (column) => column.notNull())
    // Null until the person has chosen a password.
    .addColumn('password_hash', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('disabled_at', 'text')
    .addColumn('last_sign_in_at', 'text')
    .execute();
  await schema
    .createIndex('console_accounts_by_school')
    .on('console_accounts')
    .columns(['school_id', 'name'])
    .execute();

  // A link that belongs to an account sets its password; one without lets a technician in.
  await schema
    .alterTable('console_codes')
    .addColumn('account_id', 'text', (column) => column.references('console_accounts.account_id'))
    .execute();

  // A session lives 12 hours. Those that are open now end, because they name no account.
  await schema.dropTable('console_sessions').execute();
  await schema
    .createTable('console_sessions')
    .addColumn('session_id', 'text', (column) => column.primaryKey())
    .addColumn('session_sha256', 'text', (column) => column.notNull().unique())
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    // Null for a technician whom a link of the collector's computer let in.
    .addColumn('account_id', 'text', (column) => column.references('console_accounts.account_id'))
    .addColumn('browser', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('last_used_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('console_sessions_by_account')
    .on('console_sessions')
    .columns(['account_id', 'expires_at'])
    .execute();
}
