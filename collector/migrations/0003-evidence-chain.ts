/** Version 3 of the database: the chain of acknowledgements, and the name of each agent's key. */
import { type Kysely, sql } from 'kysely';
import { chainRecordSha256, firstPreviousSha256, sha256Hex } from '../src/evidence/chain-record.ts';
import { keyIdOf } from '../src/evidence/check-evidence.ts';

const rowsPerPage = 500;

/** What had arrived before is chained in the order in which it arrived, with the time of doing so. */
export async function createEvidenceChain(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('evidence_chain')
    .addColumn('place', 'integer', (column) => column.primaryKey())
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
  // Asked for only when something is wrong, to find where a record has come from.
  await schema.createIndex('evidence_chain_by_hash').on('evidence_chain').column('record_sha256').execute();
  await schema
    .createTable('evidence_head')
    .addColumn('head_id', 'integer', (column) => column.primaryKey())
    .addColumn('place', 'integer', (column) => column.notNull())
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
      const record = {
        place: head.place + 1,
        eventId: row.event_id,
        eventSha256: sha256Hex(row.raw),
        agentId: row.agent_id,
        receivedAt: row.received_at,
        chainedAt,
        evidence: 'unchecked' as const,
        keyId: '',
        previousSha256: head.sha256,
      };
      head = { place: record.place, sha256: chainRecordSha256(record) };
      await sql`insert into evidence_chain (place, event_id, event_sha256, agent_id, received_at, chained_at,
          evidence, key_id, previous_sha256, record_sha256)
        values (${record.place}, ${record.eventId}, ${record.eventSha256}, ${record.agentId}, ${record.receivedAt},
          ${record.chainedAt}, ${record.evidence}, ${record.keyId}, ${record.previousSha256}, ${head.sha256})`.execute(
        database,
      );
      after = row.position;
    }
    if (rows.length < rowsPerPage) break;
  }
  await sql`insert into evidence_head (head_id, place, record_sha256)
    values (1, ${head.place}, ${head.sha256})`.execute(database);
}
