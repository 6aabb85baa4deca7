/** Version 1 of the database: enrolment, events, acknowledgements, gaps in the sequence, console access. */
import type { Kysely } from 'kysely';
import { countedKey, countedNumber, type DatabaseKind } from './column-kinds.ts';

/** A migration uses no table types and no code outside this folder: it describes its own moment, not today's schema. */
export async function createCore(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const { schema } = database;

  await schema
    .createTable('settings')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('enrolment_tokens')
    .addColumn('token_id', 'text', (column) => column.primaryKey())
    .addColumn('token_sha256', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('revoked_at', 'text')
    .addColumn('uses', 'integer', (column) => column.notNull())
    .execute();

  await schema
    .createTable('agents')
    .addColumn('agent_id', 'text', (column) => column.primaryKey())
    .addColumn('public_key', 'text', (column) => column.notNull().unique())
    .addColumn('machine_id', 'text', (column) => column.notNull())
    .addColumn('hostname', 'text', (column) => column.notNull())
    .addColumn('os', 'text', (column) => column.notNull())
    .addColumn('agent_version', 'text', (column) => column.notNull())
    .addColumn('enrolled_at', 'text', (column) => column.notNull())
    .addColumn('last_seen_at', 'text', (column) => column.notNull())
    .addColumn('highest_sequence', 'integer', (column) => column.notNull())
    .execute();

  await schema
    .createTable('agent_tokens')
    .addColumn('token_sha256', 'text', (column) => column.primaryKey())
    .addColumn('agent_id', 'text', (column) => column.notNull().references('agents.agent_id'))
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .execute();
  await schema.createIndex('agent_tokens_by_agent').on('agent_tokens').column('agent_id').execute();

  await schema
    .createTable('events')
    .addColumn('position', countedNumber(kind), countedKey(kind))
    .addColumn('event_id', 'text', (column) => column.notNull().unique())
    .addColumn('agent_id', 'text', (column) => column.notNull().references('agents.agent_id'))
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('occurred_at', 'text', (column) => column.notNull())
    .addColumn('received_at', 'text', (column) => column.notNull())
    .addColumn('raw', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('acknowledgements')
    .addColumn('position', countedNumber(kind), countedKey(kind))
    .addColumn('event_id', 'text', (column) => column.notNull().unique().references('events.event_id'))
    .addColumn('account_key', 'text', (column) => column.notNull())
    .addColumn('account_name', 'text', (column) => column.notNull())
    .addColumn('account_domain', 'text', (column) => column.notNull())
    .addColumn('full_name', 'text', (column) => column.notNull())
    .addColumn('job_role', 'text', (column) => column.notNull())
    .addColumn('hostname', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('policy_id', 'text', (column) => column.notNull())
    .addColumn('policy_version', 'text', (column) => column.notNull())
    .addColumn('version_order', 'text', (column) => column.notNull())
    .addColumn('text_sha256', 'text', (column) => column.notNull())
    .addColumn('language', 'text', (column) => column.notNull())
    .addColumn('decided_at', 'text', (column) => column.notNull())
    .execute();
  // An agent asks while a covered screen waits, so this question is answered from an index.
  await schema
    .createIndex('acknowledgements_by_account')
    .on('acknowledgements')
    .columns(['account_key', 'action', 'policy_id', 'version_order', 'decided_at'])
    .execute();

  await schema
    .createTable('sequence_gaps')
    .addColumn('agent_id', 'text', (column) => column.notNull().references('agents.agent_id'))
    .addColumn('first_sequence', 'integer', (column) => column.notNull())
    .addColumn('last_sequence', 'integer', (column) => column.notNull())
    .addColumn('noticed_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('sequence_gaps_key', ['agent_id', 'first_sequence'])
    .execute();

  await schema
    .createTable('console_codes')
    .addColumn('code_sha256', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('console_sessions')
    .addColumn('session_sha256', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();
}
