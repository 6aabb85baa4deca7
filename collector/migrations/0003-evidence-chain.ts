/** Version 3 of the database: the chain of acknowledgements, and the name of each agent's key. */
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type DatabaseKind, wholeNumber } from './column-kinds.ts';

const rowsPerPage = 500;
const firstPreviousSha256 = '0'.repeat(64);

function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** RFC 7638 thumbprint of an Ed25519 key. */
function keyIdOf(x: string): string {
  const text = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}

/** Chains earlier acknowledgements in their order of arrival, with the time of this migration as `chained_at`. */
export async function createEvidenceChain(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('evidence_chain')
    .addColumn('place', wholeNumber(kind), (column) => column.primaryKey())
    // No reference to the event: the record outlives it.
    .addColumn('event_id', 'text', (column) => column.notNull().unique())
    .addColumn('event_sha256', 'text', (column) => column.notNull())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('received_at', 'text', (column) => column.notNull())
    .addColumn('chained_at', 'text', (column) => column.notNull())
    .addColumn('evidence', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('previous_sha256', 'text', (column) => column.notNull())
    .addColumn('record_sha256', 'text', (column) => column.notNull())
    .execute();
  // Verification uses it to find the original place of a record that is out of order.
  await schema.createIndex('evidence_chain_by_hash').on('evidence_chain').column('record_sha256').execute();
  await schema
    .createTable('evidence_head')
    .addColumn('head_id', 'integer', (column) => column.primaryKey())
    .addColumn('place', wholeNumber(kind), (column) => column.notNull())
    .addColumn('record_sha256', 'text', (column) => column.notNull())
    .execute();

  await schema.alterTable('agents').addColumn('key_id', 'text').execute();
  const agents = await sql<{ agent_id: string; public_key: string }>`
    select agent_id, public_key from agents`.execute(database);
  for (const agent of agents.rows) {
    await sql`update agents set key_id = ${keyIdOf(agent.public_key)}
      where agent_id = ${agent.agent_id}`.execute(database);
  }
  await schema.createIndex('agents_by_key').on('agents').column('key_id').unique().execute();

  const chainedAt = new Date().toISOString();
  let head = { place: 0, sha256: firstPreviousSha256 };
  let after = 0;
  for (;;) {
    const { rows } = await sql<{
      position: number;
      event_id: string;
      agent_id: string;
      received_at: string;
      raw: string;
    }>`
      select acknowledgements.position, events.event_id, events.agent_id, events.received_at, events.raw
      from acknowledgements join events on events.event_id = acknowledgements.event_id
      where acknowledgements.position > ${after}
      order by acknowledgements.position limit ${rowsPerPage}`.execute(database);
    for (const row of rows) {
      const place = head.place + 1;
      const eventSha256 = sha256Hex(row.raw);
      const previousSha256 = head.sha256;
      const fields = [
        'porthor-chain-v1',
        place,
        row.event_id,
        eventSha256,
        row.agent_id,
        row.received_at,
        chainedAt,
        'unchecked',
        '',
        previousSha256,
      ];
      head = { place, sha256: sha256Hex(JSON.stringify(fields)) };
      await sql`insert into evidence_chain (place, event_id, event_sha256, agent_id, received_at, chained_at,
          evidence, key_id, previous_sha256, record_sha256)
        values (${place}, ${row.event_id}, ${eventSha256}, ${row.agent_id}, ${row.received_at},
          ${chainedAt}, 'unchecked', '', ${previousSha256}, ${head.sha256})`.execute(database);
      after = row.position;
    }
    if (rows.length < rowsPerPage) break;
  }
  await sql`insert into evidence_head (head_id, place, record_sha256)
    values (1, ${head.place}, ${head.sha256})`.execute(database);
}
