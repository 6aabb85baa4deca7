/** The chain of acknowledgements in the database: ingest appends to it, verification reads it. */
import type { Transaction } from 'kysely';
import { chainRecordSha256, sha256Hex } from '../evidence/chain-record.ts';
import type { CheckedEvidence } from '../evidence/check-evidence.ts';
import type { CollectorDatabase } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { readCollectorName } from './collector-name.ts';

/** Rows in one insert statement, so that its parameters stay well under SQLite's limit of 32,766. */
const rowsPerInsert = 200;
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

/** Locks the head: no other transaction appends until this one has ended, on either database. */
export async function takeChainHead(transaction: Transaction<Tables>): Promise<ChainHead> {
  await transaction
    .updateTable('evidence_head')
    .set((expression) => ({ place: expression.ref('place') }))
    .where('head_id', '=', headId)
    .execute();
  const head = await readHead(transaction);
  // Store nothing without the head, so that no second chain starts. The acknowledgements wait on their PCs.
  if (head === undefined) throw new Error('the head of the chain of acknowledgements is missing');
  return head;
}

function readHead(database: CollectorDatabase): Promise<ChainHead | undefined> {
  return database
    .selectFrom('evidence_head')
    .select(['place', 'record_sha256 as recordSha256'])
    .where('head_id', '=', headId)
    .executeTakeFirst();
}

/** Appends in the order given. `head` is what `takeChainHead` returned in the same transaction. */
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
  'events.school_id as eventSchoolId',
  'events.unreadable as eventUnreadable',
  'events.fork as eventFork',
  'events.marks as eventMarks',
  'agents.school_id as agentSchoolId',
  'agents.account_key as agentAccountKey',
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
  'acknowledgements.school_id as listSchoolId',
  'acknowledgements.evidence as listEvidence',
  'acknowledgements.standing as listStanding',
] as const;

/** A row as the database holds it. Nothing in it is verified: a verdict may be any text. */
export type StoredLink = Awaited<ReturnType<EvidenceChainRepository['page']>>[number];

export type EvidenceChainRepository = ReturnType<typeof createEvidenceChainRepository>;

export function createEvidenceChainRepository(database: CollectorDatabase) {
  return {
    /** Undefined when it was removed. */
    head: () => readHead(database),

    /** Records after a place, in order, each with its event and its row in the list where they exist. */
    page: (afterPlace: number, lastPlace: number, limit: number) =>
      database
        .selectFrom('evidence_chain')
        .leftJoin('events', 'events.event_id', 'evidence_chain.event_id')
        .leftJoin('acknowledgements', 'acknowledgements.event_id', 'evidence_chain.event_id')
        .leftJoin('agents', 'agents.agent_id', 'evidence_chain.agent_id')
        .select(verifiedColumns)
        .select((expression) => [
          expression
            .selectFrom('events as earlier')
            .select((earlier) => earlier.fn.countAll<number>().as('count'))
            .whereRef('earlier.agent_id', '=', 'events.agent_id')
            .whereRef('earlier.sequence', '=', 'events.sequence')
            .whereRef('earlier.position', '<', 'events.position')
            .as('expectedFork'),
          expression
            .selectFrom('published_texts')
            .select((published) => published.fn.countAll<number>().as('count'))
            .whereRef('published_texts.school_id', '=', 'acknowledgements.school_id')
            .whereRef('published_texts.policy_id', '=', 'acknowledgements.policy_id')
            .whereRef('published_texts.policy_version', '=', 'acknowledgements.policy_version')
            .whereRef('published_texts.text_sha256', '=', 'acknowledgements.text_sha256')
            .as('timesPublished'),
        ])
        .where('evidence_chain.place', '>', afterPlace)
        .where('evidence_chain.place', '<=', lastPlace)
        .orderBy('evidence_chain.place')
        .limit(limit)
        .execute(),

    /** The current place of the record with this hash. */
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

    /** Records behind the head, read in one statement, since a collector may be appending. */
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

    /** Acknowledgements in the list or among the events that no record holds. */
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

    /** Answers to the question at login that follow from no acknowledgement in the list. */
    unfoundedAnswers(): Promise<readonly { eventId: string }[]> {
      return database
        .selectFrom('latest_acceptances as latest')
        .leftJoin('acknowledgements as list', (join) =>
          join
            .onRef('list.event_id', '=', 'latest.event_id')
            .onRef('list.school_id', '=', 'latest.school_id')
            .onRef('list.account_key', '=', 'latest.account_key')
            .onRef('list.policy_id', '=', 'latest.policy_id')
            .onRef('list.policy_version', '=', 'latest.policy_version')
            .onRef('list.version_order', '=', 'latest.version_order')
            .onRef('list.text_sha256', '=', 'latest.text_sha256')
            .onRef('list.language', '=', 'latest.language')
            .onRef('list.decided_at', '=', 'latest.decided_at')
            .on('list.standing', '=', 'counts')
            .on('list.action', '=', 'accepted'),
        )
        .select('latest.event_id as eventId')
        .where('list.position', 'is', null)
        .orderBy('latest.event_id')
        .limit(1000)
        .execute();
    },

    /** Acceptances that count and are newer than the answer to the question at login, or that have none. */
    missingAnswers(): Promise<readonly { eventId: string }[]> {
      return database
        .selectFrom('acknowledgements as list')
        .leftJoin('latest_acceptances as latest', (join) =>
          join
            .onRef('latest.school_id', '=', 'list.school_id')
            .onRef('latest.account_key', '=', 'list.account_key')
            .onRef('latest.policy_id', '=', 'list.policy_id'),
        )
        .select('list.event_id as eventId')
        .where('list.standing', '=', 'counts')
        .where('list.action', '=', 'accepted')
        .where((where) =>
          where.or([
            where('latest.event_id', 'is', null),
            where('latest.version_order', '<', where.ref('list.version_order')),
            where.and([
              where('latest.version_order', '=', where.ref('list.version_order')),
              where('latest.decided_at', '<', where.ref('list.decided_at')),
            ]),
          ]),
        )
        .orderBy('list.position')
        .limit(1000)
        .execute();
    },

    collectorName: () => readCollectorName(database),

    /** Events after one of them, agent by agent in the order of their numbers. */
    historyPage: (
      after: { readonly agentId: string; readonly sequence: number; readonly fork: number },
      limit: number,
    ) =>
      database
        .selectFrom('events')
        .select(['agent_id as agentId', 'sequence', 'fork', 'event_id as eventId', 'marks', 'raw'])
        .where((where) =>
          where.or([
            where('agent_id', '>', after.agentId),
            where.and([where('agent_id', '=', after.agentId), where('sequence', '>', after.sequence)]),
            where.and([
              where('agent_id', '=', after.agentId),
              where('sequence', '=', after.sequence),
              where('fork', '>', after.fork),
            ]),
          ]),
        )
        .orderBy('agent_id')
        .orderBy('sequence')
        .orderBy('fork')
        .limit(limit)
        .execute(),

    /** Whether a gap says that the event with this number never arrived. */
    async isInGap(agentId: string, sequence: number): Promise<boolean> {
      const row = await database
        .selectFrom('sequence_gaps')
        .select('first_sequence')
        .where('agent_id', '=', agentId)
        .where('first_sequence', '<=', sequence)
        .where('last_sequence', '>=', sequence)
        .executeTakeFirst();
      return row !== undefined;
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
