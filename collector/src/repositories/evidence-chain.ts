/** The chain of acknowledgements in the database: appended to as they arrive, read again when it is verified. */
import type { KeyObject } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { JudgedEvent } from '../events/judge-event.ts';
import { chainRecordSha256, sha256Hex } from '../evidence/chain-record.ts';
import { type CheckedEvidence, checkEvidence, namedKeys, publicKeyOf } from '../evidence/check-evidence.ts';
import type { CollectorDatabase } from './database.ts';
import type { Tables } from './schema.ts';

/** Rows in one insert statement, so that its parameters stay well under SQLite's limit of 32,766. */
const rowsPerInsert = 200;
/** Names in one question, for the same reason. */
const keysPerQuestion = 500;
const headId = 1;

export interface ChainHead {
  /** 0 while nothing has been acknowledged. */
  readonly place: number;
  readonly recordSha256: string;
}

export interface NewLink {
  readonly eventId: string;
  readonly raw: string;
  readonly agentId: string;
  readonly receivedAt: string;
  readonly checked: CheckedEvidence;
}

/**
 * What the evidence of each acknowledgement is worth, by the very event that carries it: a batch may hold two of one
 * id, of which only one is stored. An agent may sign with its own key and with the
 * earlier keys of the same PC: a key that was lost with its secrets may have signed what still waited to be sent.
 */
export async function judgeEvidence(
  database: CollectorDatabase,
  agentId: string,
  judged: readonly JudgedEvent[],
): Promise<ReadonlyMap<JudgedEvent, CheckedEvidence>> {
  const acknowledgements = judged.flatMap((one) =>
    one.acknowledgement === undefined ? [] : [{ one, data: one.acknowledgement }],
  );
  const keyIds = [...namedKeys(acknowledgements.map(({ data }) => data))];
  const keys = new Map<string, KeyObject>();
  for (let start = 0; start < keyIds.length; start += keysPerQuestion) {
    const rows = await database
      .selectFrom('agents')
      .innerJoin('agents as sender', 'sender.machine_id', 'agents.machine_id')
      .select(['agents.key_id', 'agents.public_key'])
      .where('sender.agent_id', '=', agentId)
      .where('agents.key_id', 'in', keyIds.slice(start, start + keysPerQuestion))
      .execute();
    for (const row of rows) {
      const key = publicKeyOf(row.public_key);
      if (key !== undefined && row.key_id !== null) keys.set(row.key_id, key);
    }
  }
  return new Map(
    acknowledgements.map(({ one, data }) => [one, checkEvidence(data, (keyId) => keys.get(keyId))]),
  );
}

/** Nobody else appends until this transaction has ended, on whichever database. */
export async function takeChainHead(transaction: Transaction<Tables>): Promise<ChainHead> {
  await transaction
    .updateTable('evidence_head')
    .set((expression) => ({ place: expression.ref('place') }))
    .where('head_id', '=', headId)
    .execute();
  const head = await readHead(transaction);
  // Without it nothing is taken: an acknowledgement waits on its PC rather than begin a second chain.
  if (head === undefined) throw new Error('the head of the chain of acknowledgements is not there');
  return head;
}

function readHead(database: CollectorDatabase): Promise<ChainHead | undefined> {
  return database
    .selectFrom('evidence_head')
    .select(['place', 'record_sha256 as recordSha256'])
    .where('head_id', '=', headId)
    .executeTakeFirst();
}

/** Appends in the order given. `head` is what `takeChainHead` answered in the same transaction. */
export async function appendToChain(
  transaction: Transaction<Tables>,
  head: ChainHead,
  links: readonly NewLink[],
): Promise<void> {
  if (links.length === 0) return;
  let { place, recordSha256 } = head;
  const rows = links.map(({ eventId, raw, agentId, receivedAt, checked }) => {
    place += 1;
    const record = {
      place,
      eventId,
      eventSha256: sha256Hex(raw),
      agentId,
      receivedAt,
      chainedAt: receivedAt,
      evidence: checked.verdict,
      keyId: checked.keyId,
      previousSha256: recordSha256,
    };
    recordSha256 = chainRecordSha256(record);
    return {
      place,
      event_id: eventId,
      event_sha256: record.eventSha256,
      agent_id: agentId,
      received_at: receivedAt,
      chained_at: receivedAt,
      evidence: record.evidence,
      key_id: record.keyId,
      previous_sha256: record.previousSha256,
      record_sha256: recordSha256,
    };
  });
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await transaction
      .insertInto('evidence_chain')
      .values(rows.slice(start, start + rowsPerInsert))
      .execute();
  }
  await transaction
    .updateTable('evidence_head')
    .set({ place, record_sha256: recordSha256 })
    .where('head_id', '=', headId)
    .execute();
}

const verifiedColumns = [
  'evidence_chain.place',
  'evidence_chain.event_id as eventId',
  'evidence_chain.event_sha256 as eventSha256',
  'evidence_chain.agent_id as agentId',
  'evidence_chain.received_at as receivedAt',
  'evidence_chain.chained_at as chainedAt',
  'evidence_chain.evidence',
  'evidence_chain.key_id as keyId',
  'evidence_chain.previous_sha256 as previousSha256',
  'evidence_chain.record_sha256 as recordSha256',
  'events.position as eventPosition',
  'events.agent_id as eventAgentId',
  'events.sequence as eventSequence',
  'events.type as eventType',
  'events.occurred_at as eventOccurredAt',
  'events.received_at as eventReceivedAt',
  'events.raw',
  'acknowledgements.position as listPosition',
  'acknowledgements.account_key',
  'acknowledgements.account_name',
  'acknowledgements.account_domain',
  'acknowledgements.full_name',
  'acknowledgements.job_role',
  'acknowledgements.hostname',
  'acknowledgements.action',
  'acknowledgements.policy_id',
  'acknowledgements.policy_version',
  'acknowledgements.version_order',
  'acknowledgements.text_sha256',
  'acknowledgements.language',
  'acknowledgements.decided_at',
] as const;

/** As it stands in the database, believed by nobody yet: a verdict may be any text. */
export type StoredLink = Awaited<ReturnType<EvidenceChainRepository['page']>>[number];

export type EvidenceChainRepository = ReturnType<typeof createEvidenceChainRepository>;

export function createEvidenceChainRepository(database: CollectorDatabase) {
  return {
    /** Undefined where somebody has taken it away. */
    head: () => readHead(database),

    /** Records after a place, in order, each with its event and its row in the list where they are there. */
    page: (afterPlace: number, lastPlace: number, limit: number) =>
      database
        .selectFrom('evidence_chain')
        .leftJoin('events', 'events.event_id', 'evidence_chain.event_id')
        .leftJoin('acknowledgements', 'acknowledgements.event_id', 'evidence_chain.event_id')
        .select(verifiedColumns)
        .where('evidence_chain.place', '>', afterPlace)
        .where('evidence_chain.place', '<=', lastPlace)
        .orderBy('evidence_chain.place')
        .limit(limit)
        .execute(),

    /** Where the record with this hash stands now. */
    async placeOfRecord(recordSha256: string): Promise<number | undefined> {
      const row = await database
        .selectFrom('evidence_chain')
        .select('place')
        .where('record_sha256', '=', recordSha256)
        .executeTakeFirst();
      return row?.place;
    },

    async placeOfEventText(eventSha256: string): Promise<number | undefined> {
      const row = await database
        .selectFrom('evidence_chain')
        .select('place')
        .where('event_sha256', '=', eventSha256)
        .executeTakeFirst();
      return row?.place;
    },

    async recordAt(place: number): Promise<string | undefined> {
      const row = await database
        .selectFrom('evidence_chain')
        .select('record_sha256')
        .where('place', '=', place)
        .executeTakeFirst();
      return row?.record_sha256;
    },

    /** The head and the places behind it, seen in one moment: a collector may be appending meanwhile. */
    behindHead(): Promise<readonly { place: number; eventId: string }[]> {
      return database
        .selectFrom('evidence_chain')
        .select(['place', 'event_id as eventId'])
        .where('place', '>', (query) =>
          query.selectFrom('evidence_head').select('place').where('head_id', '=', headId),
        )
        .orderBy('place')
        .limit(1000)
        .execute();
    },

    /** Acknowledgements that stand in the list or among the events and in no record. */
    async unchained(): Promise<readonly { eventId: string; where: 'events' | 'list' }[]> {
      const events = await database
        .selectFrom('events')
        .leftJoin('evidence_chain', 'evidence_chain.event_id', 'events.event_id')
        .select('events.event_id as eventId')
        .where('events.type', '=', 'porthor.policy.acknowledged.v1')
        .where('evidence_chain.place', 'is', null)
        .orderBy('events.position')
        .limit(1000)
        .execute();
      const listed = await database
        .selectFrom('acknowledgements')
        .leftJoin('evidence_chain', 'evidence_chain.event_id', 'acknowledgements.event_id')
        .select('acknowledgements.event_id as eventId')
        .where('evidence_chain.place', 'is', null)
        .orderBy('acknowledgements.position')
        .limit(1000)
        .execute();
      return [
        ...events.map(({ eventId }) => ({ eventId, where: 'events' as const })),
        ...listed.map(({ eventId }) => ({ eventId, where: 'list' as const })),
      ];
    },

    async publicKey(keyId: string): Promise<string | undefined> {
      const row = await database
        .selectFrom('agents')
        .select('public_key')
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      return row?.public_key;
    },
  };
}
