/**
 * Version 5 of the database: a school in every key, the standing of each acknowledgement, the latest acceptance of each
 * account, published texts, unreadable and forked events, and the audit log.
 */
import { type Kysely, sql } from 'kysely';
import { countedKey, countedNumber, type DatabaseKind } from './column-kinds.ts';

/** The school that owns everything stored before there were schools. */
const firstSchoolId = 'school';

export async function addSchools(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('schools')
    .addColumn('school_id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();
  await sql`insert into schools (school_id, name, created_at)
    values (${firstSchoolId}, '', ${new Date().toISOString()})`.execute(database);
  for (const table of [
    'enrolment_tokens',
    'agents',
    'events',
    'acknowledgements',
    'media_register',
    'media_requests',
    'console_codes',
    'console_sessions',
  ]) {
    await schema
      .alterTable(table)
      .addColumn('school_id', 'text', (column) => column.notNull().defaultTo(firstSchoolId))
      .execute();
  }
  await addAgentColumns(database);
  await addEventColumns(database);
  await addStandings(database);
  await createAuditLog(database, kind);
}

async function addAgentColumns({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('enrolment_tokens').addColumn('max_uses', 'integer').execute();
  // Null for an agent that enrolled before agents named their account.
  await schema.alterTable('agents').addColumn('account_key', 'text').execute();
  for (const column of ['account_name', 'account_domain', 'label']) {
    await schema
      .alterTable('agents')
      .addColumn(column, 'text', (definition) => definition.notNull().defaultTo(''))
      .execute();
  }
  await schema
    .alterTable('agents')
    .addColumn('state', 'text', (column) => column.notNull().defaultTo('active'))
    .execute();
  // 1 after a jump of the sequence: then events lie above the highest number, and numbers above it may be taken.
  await schema
    .alterTable('agents')
    .addColumn('has_jumped', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await schema.createIndex('agents_by_school').on('agents').columns(['school_id', 'machine_id']).execute();
}

async function addEventColumns(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  // Why the data of a known event type could not be read; null for a readable event.
  await schema.alterTable('events').addColumn('unreadable', 'text').execute();
  for (const column of ['fork', 'marks'] as const) {
    await schema
      .alterTable('events')
      .addColumn(column, column === 'fork' ? 'integer' : 'text', (definition) =>
        definition.notNull().defaultTo(column === 'fork' ? 0 : ''),
      )
      .execute();
  }
  await sql`update events set fork = (
      select count(*) from events as earlier
      where earlier.agent_id = events.agent_id and earlier.sequence = events.sequence
        and earlier.position < events.position)
    where (agent_id, sequence) in (
      select agent_id, sequence from events group by agent_id, sequence having count(*) > 1)`.execute(
    database,
  );
  await schema
    .createIndex('events_by_sequence')
    .on('events')
    .columns(['agent_id', 'sequence', 'fork'])
    .unique()
    .execute();
  await sql`create index events_unreadable on events (position) where unreadable is not null`.execute(
    database,
  );
}

/**
 * An earlier acceptance with good evidence waits as `not-published`: the collector cannot know here which texts are
 * published, and raises its standing when it records the published texts.
 */
async function addStandings(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  for (const column of ['evidence', 'standing']) {
    await schema
      .alterTable('acknowledgements')
      .addColumn(column, 'text', (definition) => definition.notNull().defaultTo(''))
      .execute();
  }
  await sql`update acknowledgements set evidence = coalesce((
      select evidence from evidence_chain where evidence_chain.event_id = acknowledgements.event_id), '')`.execute(
    database,
  );
  await sql`update acknowledgements set standing = case
      when evidence in ('malformed', 'other-facts', 'unknown-key', 'wrong-signature') then 'bad-evidence'
      else 'not-published' end`.execute(database);
  await sql`create index acknowledgements_not_published on acknowledgements (policy_id, policy_version, text_sha256)
    where standing = 'not-published'`.execute(database);
  await schema.dropIndex('acknowledgements_by_account').execute();

  await schema
    .createTable('published_texts')
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('policy_id', 'text', (column) => column.notNull())
    .addColumn('policy_version', 'text', (column) => column.notNull())
    .addColumn('text_sha256', 'text', (column) => column.notNull())
    .addColumn('published_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('published_texts_key', [
      'school_id',
      'policy_id',
      'policy_version',
      'text_sha256',
    ])
    .execute();

  await schema
    .createTable('latest_acceptances')
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('account_key', 'text', (column) => column.notNull())
    .addColumn('policy_id', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('policy_version', 'text', (column) => column.notNull())
    .addColumn('version_order', 'text', (column) => column.notNull())
    .addColumn('text_sha256', 'text', (column) => column.notNull())
    .addColumn('language', 'text', (column) => column.notNull())
    .addColumn('decided_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('latest_acceptances_key', ['school_id', 'account_key', 'policy_id'])
    .execute();
}

async function createAuditLog({ schema }: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await schema
    .createTable('audit')
    .addColumn('position', countedNumber(kind), countedKey(kind))
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('noted_at', 'text', (column) => column.notNull())
    // One entry a day for each act of one actor on one subject, so that an agent cannot fill the disk with entries.
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('act', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addUniqueConstraint('audit_once_a_day', ['school_id', 'actor', 'act', 'subject', 'day'])
    .execute();
}
