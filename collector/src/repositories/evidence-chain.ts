/** The chain of acknowledgements of a database from before the log. Verification reads it, and nothing is added. */
import type { CollectorDatabase } from '../storage/storage.ts';
import { acknowledgementColumns } from './evidence.ts';

const headId = 1;

export interface ChainHead {
  /** 0 while nothing has been acknowledged. */
  readonly place: number;
  readonly recordSha256: string;
}

function readHead(database: CollectorDatabase): Promise<ChainHead | undefined> {
  return database
    .selectFrom('evidence_head')
    .select(['place', 'record_sha256 as recordSha256'])
    .where('head_id', '=', headId)
    .executeTakeFirst();
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
  ...acknowledgementColumns,
] as const;

/** A row as the database holds it. Nothing in it is verified: a verdict may be any text. */
export type StoredLink = Awaited<ReturnType<EvidenceChainRepository['page']>>[number];

export type EvidenceChainRepository = ReturnType<typeof createEvidenceChainRepository>;

export function createEvidenceChainRepository(database: CollectorDatabase) {
  return {
    /** True for a database that never had a chain. */
    async isEmpty(): Promise<boolean> {
      const head = await readHead(database);
      if (head !== undefined && head.place > 0) return false;
      const row = await database.selectFrom('evidence_chain').select('place').limit(1).executeTakeFirst();
      return row === undefined;
    },

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
  };
}
