/** Version 16 of the database: the school's roster, the accounts that have answered, and indexes for the overview. */
import { type Kysely, sql } from 'kysely';

const rowsPerPage = 500;

/** The collector's own rule at this version: without domain, case and accents. */
function nameKey(name: string): string {
  const withoutDomain = name.trim().split('\\').at(-1) ?? '';
  return (withoutDomain.split('@')[0] ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
}

/** What the tables do not hold of an answer. */
function readEvent(raw: string): { readonly upn: string; readonly audience: string } {
  const text = (value: unknown): string => (typeof value === 'string' ? value.replaceAll('\u0000', '') : '');
  try {
    const { data } = JSON.parse(raw) as { data?: { account?: { upn?: unknown }; audience?: unknown } };
    return { upn: text(data?.account?.upn), audience: text(data?.audience) };
  } catch {
    return { upn: '', audience: '' };
  }
}

export async function createRoster(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('roster_people')
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('person_id', 'text', (column) => column.primaryKey())
    // What the file calls the person; it finds the person again in the next file.
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('full_name', 'text', (column) => column.notNull())
    .addColumn('audience', 'text', (column) => column.notNull())
    .addColumn('job_role', 'text', (column) => column.notNull())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('login', 'text', (column) => column.notNull())
    .addColumn('sid', 'text', (column) => column.notNull())
    // The forms in which they are compared; empty for none.
    .addColumn('email_key', 'text', (column) => column.notNull())
    .addColumn('login_key', 'text', (column) => column.notNull())
    .addColumn('search_text', 'text', (column) => column.notNull())
    .addColumn('added_at', 'text', (column) => column.notNull())
    .addColumn('left_at', 'text')
    .addUniqueConstraint('roster_people_external', ['school_id', 'external_id'])
    .execute();
  for (const [name, columns] of [
    ['roster_people_by_name', ['school_id', 'search_text', 'person_id']],
    ['roster_people_by_audience', ['school_id', 'audience', 'person_id']],
    ['roster_people_by_email', ['school_id', 'email_key']],
    ['roster_people_by_login', ['school_id', 'login_key']],
    ['roster_people_by_sid', ['school_id', 'sid']],
  ] as const) {
    await schema
      .createIndex(name)
      .on('roster_people')
      .columns([...columns])
      .execute();
  }
  await createKnownAccounts(database);
  await addOverviewIndexes(database);
}

async function createKnownAccounts(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('known_accounts')
    .addColumn('school_id', 'text', (column) => column.notNull().references('schools.school_id'))
    .addColumn('account_key', 'text', (column) => column.notNull())
    .addColumn('account_name', 'text', (column) => column.notNull())
    .addColumn('account_domain', 'text', (column) => column.notNull())
    .addColumn('full_name', 'text', (column) => column.notNull())
    .addColumn('upn', 'text', (column) => column.notNull())
    // As the PC named it at the newest answer.
    .addColumn('audience', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull())
    .addColumn('upn_key', 'text', (column) => column.notNull())
    // The person of the roster, and by what the two were matched.
    .addColumn('person_id', 'text', (column) => column.references('roster_people.person_id'))
    .addColumn('matched_by', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('known_accounts_key', ['school_id', 'account_key'])
    .execute();
  for (const [name, columns] of [
    ['known_accounts_by_audience', ['school_id', 'audience', 'account_key']],
    ['known_accounts_by_name', ['school_id', 'name_key']],
    ['known_accounts_by_upn', ['school_id', 'upn_key']],
    ['known_accounts_by_person', ['school_id', 'person_id', 'account_key']],
  ] as const) {
    await schema
      .createIndex(name)
      .on('known_accounts')
      .columns([...columns])
      .execute();
  }
  for (let after = 0; ; ) {
    const { rows } = await sql<{
      position: number;
      school_id: string;
      account_key: string;
      account_name: string;
      account_domain: string;
      full_name: string;
      raw: string;
    }>`
      select acknowledgements.position, acknowledgements.school_id, account_key, account_name, account_domain,
        full_name, raw
      from acknowledgements join events on events.event_id = acknowledgements.event_id
      where acknowledgements.position > ${after} and standing in ('counts', 'not-published')
      order by acknowledgements.position limit ${rowsPerPage}`.execute(database);
    for (const row of rows) {
      const { upn, audience } = readEvent(row.raw);
      await sql`insert into known_accounts (school_id, account_key, account_name, account_domain, full_name, upn,
          audience, name_key, upn_key, matched_by)
        values (${row.school_id}, ${row.account_key}, ${row.account_name}, ${row.account_domain},
          ${row.full_name}, ${upn}, ${audience}, ${nameKey(row.account_name)}, ${nameKey(upn)}, '')
        on conflict (school_id, account_key) do update set audience = excluded.audience`.execute(database);
      after = row.position;
    }
    if (rows.length < rowsPerPage) break;
  }
}

async function addOverviewIndexes(database: Kysely<unknown>): Promise<void> {
  // Few answers are no acceptance, and few events are incidents: partial indexes cost the writing of others nothing.
  await sql`create index acknowledgements_unaccepted on acknowledgements (school_id, account_key, policy_id)
    where action <> 'accepted'`.execute(database);
  await sql`create index acknowledgements_bad_evidence on acknowledgements (school_id, decided_at)
    where standing = 'bad-evidence'`.execute(database);
  await sql`create index events_incidents on events (school_id, received_at, type)
    where type in ('porthor.gate.interrupted.v1', 'porthor.workstation.lock-failed.v1',
      'porthor.problem.reported.v1', 'porthor.media.seen.v1')`.execute(database);
  await sql`create index events_faults on events (school_id, received_at)
    where type = 'porthor.agent.fault.v1'`.execute(database);
  await sql`create index media_requests_open on media_requests (school_id)
    where decision = 'open'`.execute(database);
}
