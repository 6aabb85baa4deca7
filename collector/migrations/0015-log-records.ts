/**
 * Version 15 of the database: leaves for keys, policies, approvals and acts, and one for each school and day over all other
 * events. What is there already waits to be taken into the log.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from './column-kinds.ts';

const rowsPerPage = 500;
const acknowledgements = 'porthor.policy.acknowledged.v%';

export async function addLogRecords(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('log_records')
    .addColumn('record_id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('school_id', 'text', (column) => column.notNull())
    // Exactly the text that the leaf covers.
    .addColumn('raw', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('log_records_by_kind').on('log_records').columns(['kind', 'record_id']).execute();
  await schema
    .createTable('log_days')
    .addColumn('school_id', 'text', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    // Null until the day has its leaf.
    .addColumn('record_id', 'text')
    .addColumn('members', sql.raw(kind === 'sqlite' ? 'blob' : 'bytea'))
    .addPrimaryKeyConstraint('log_days_key', ['school_id', 'day'])
    .execute();
  await sql`create index log_days_open on log_days (day) where record_id is null`.execute(database);
  await schema
    .createIndex('events_by_arrival')
    .on('events')
    .columns(['school_id', 'received_at', 'position'])
    .execute();
  // What an acknowledgement's leaf covers beside its event; null for a leaf of version 1.
  await schema.alterTable('log_salts').addColumn('arrival', 'text').execute();
  // Of an event without a leaf of its own, in hex.
  await schema.alterTable('events').addColumn('salt', 'text').execute();
  const salt =
    kind === 'sqlite' ? 'lower(hex(randomblob(16)))' : "replace(cast(gen_random_uuid() as text), '-', '')";
  await sql`update events set salt = ${sql.raw(salt)} where type not like ${acknowledgements}`.execute(
    database,
  );
  // Version 5 counted the forks of earlier events, and did not mark them.
  await sql`update events set marks = 'forked' where fork > 0 and marks = ''`.execute(database);
  await sql`insert into log_days (school_id, day)
    select distinct school_id, substr(received_at, 1, 10) from events where type not like ${acknowledgements}`.execute(
    database,
  );
  await addEarlierRecords(database);
}

interface EarlierRecord {
  readonly id: string;
  readonly kind: string;
  readonly school: string;
  readonly at: string;
  readonly facts: object;
}

async function addRecord(
  database: Kysely<unknown>,
  { id, kind, school, at, facts }: EarlierRecord,
): Promise<void> {
  const raw = JSON.stringify({ form: 'porthor-record-v1', kind, school, at, ...facts });
  const salt = randomBytes(32);
  const digest = createHash('sha256').update(salt).update(raw, 'utf8').digest('hex');
  await sql`insert into log_records (record_id, kind, school_id, raw)
    values (${id}, ${kind}, ${school}, ${raw})`.execute(database);
  await sql`insert into log_salts (event_id, salt) values (${id}, ${salt.toString('hex')})`.execute(database);
  await sql`insert into log_pending (event_id, entry)
    values (${id}, ${`porthor-leaf-v1 ${kind} ${digest}`})`.execute(database);
}

async function addEarlierRecords(database: Kysely<unknown>): Promise<void> {
  for (let after = ''; ; ) {
    const { rows } = await sql<{
      agent_id: string;
      school_id: string;
      key_id: string;
      public_key: string;
      machine_id: string;
      enrolled_at: string;
      state: string;
    }>`select agent_id, school_id, key_id, public_key, machine_id, enrolled_at, state from agents
      where agent_id > ${after} order by agent_id limit ${rowsPerPage}`.execute(database);
    for (const row of rows) {
      const { agent_id: agent, key_id: key, public_key: x, machine_id: machine, state } = row;
      await addRecord(database, {
        id: `key:${agent}`,
        kind: 'key-enrolled',
        school: row.school_id,
        at: row.enrolled_at,
        facts: { agent, key, x, machine, state },
      });
      after = agent;
    }
    if (rows.length < rowsPerPage) break;
  }
  const texts = await sql<{
    school_id: string;
    policy_id: string;
    policy_version: string;
    text_sha256: string;
    published_at: string;
  }>`select school_id, policy_id, policy_version, text_sha256, published_at from published_texts`.execute(
    database,
  );
  for (const row of texts.rows) {
    const parts = [row.school_id, row.policy_id, row.policy_version, row.text_sha256];
    await addRecord(database, {
      id: `text:${createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex')}`,
      kind: 'policy-published',
      school: row.school_id,
      at: row.published_at,
      facts: { policy: row.policy_id, version: row.policy_version, textSha256: row.text_sha256 },
    });
  }
  await addEarlierEntries(database);
  await addEarlierActs(database);
  await noteUnlisted(database);
  await endChain(database);
}

/** Requests that arrived before they had a table are in no row of it, and no one took them out. */
async function noteUnlisted(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ event_id: string }>`select event_id from events
    where type = 'porthor.media.approval-requested.v1' and event_id not in (select event_id from media_requests)`.execute(
    database,
  );
  if (rows.length === 0) return;
  await addRecord(database, {
    id: 'unlisted',
    kind: 'act',
    school: '',
    at: new Date().toISOString(),
    facts: { act: 'requests-not-listed', events: rows.map(({ event_id }) => event_id) },
  });
}

/** The chain of earlier versions gets no more records. A leaf holds its end, so that it cannot be cut. */
async function endChain(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ place: number; record_sha256: string }>`
    select place, record_sha256 from evidence_head where place > 0`.execute(database);
  for (const { place, record_sha256: head } of rows) {
    await addRecord(database, {
      id: 'chain',
      kind: 'act',
      school: '',
      at: new Date().toISOString(),
      facts: { act: 'chain-ended', place: Number(place), head },
    });
  }
}

/** What was done before this version: the audit log, and answers to requests for approval. */
async function addEarlierActs(database: Kysely<unknown>): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<{
      position: number;
      school_id: string;
      noted_at: string;
      actor: string;
      act: string;
      subject: string;
      detail: string;
    }>`select position, school_id, noted_at, actor, act, subject, detail from audit
      where position > ${after} order by position limit ${rowsPerPage}`.execute(database);
    for (const { position, school_id: school, noted_at: at, actor, act, subject, detail } of rows) {
      const facts = { actor, act, subject, detail };
      await addRecord(database, { id: `audit:${position}`, kind: 'act', school, at, facts });
      after = position;
    }
    if (rows.length < rowsPerPage) break;
  }
  const { rows } = await sql<{
    school_id: string;
    event_id: string;
    decision: string;
    decided_at: string;
    decided_by: string;
    decision_reason: string;
  }>`select school_id, event_id, decision, decided_at, decided_by, decision_reason from media_requests
    where decision <> 'open' order by decided_at, event_id`.execute(database);
  for (const row of rows) {
    const { event_id: request, decision: act, decided_by: by, decision_reason: reason } = row;
    await addRecord(database, {
      id: `approval:${request}`,
      kind: 'approval',
      school: row.school_id,
      at: row.decided_at,
      facts: { act, request, by, reason },
    });
  }
}

async function addEarlierEntries(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{
    school_id: string;
    entry_id: string;
    vendor_id: string;
    product_id: string;
    serial: string | null;
    label: string;
    issued_to: string;
    expires_at: string | null;
    returned_at: string | null;
    created_at: string;
  }>`select school_id, entry_id, vendor_id, product_id, serial, label, issued_to, expires_at, returned_at, created_at
    from media_register order by created_at, entry_id`.execute(database);
  for (const row of rows) {
    await addRecord(database, {
      id: `approval:${row.school_id}:${row.entry_id}`,
      kind: 'approval',
      school: row.school_id,
      at: row.created_at,
      facts: {
        act: 'added',
        entry: row.entry_id,
        vendor: row.vendor_id,
        product: row.product_id,
        serial: row.serial,
        label: row.label,
        issuedTo: row.issued_to,
        expiresAt: row.expires_at,
        returnedAt: row.returned_at,
      },
    });
  }
}
