/** What verification reads: every table that holds evidence, beside the leaves of the log. It only reads. */
import { sql } from 'kysely';
import type { CollectorDatabase } from '../storage/storage.ts';
import { readCollectorName } from './collector-name.ts';
import { countersignatureEvidence } from './countersignature-evidence.ts';
import { dayEvents } from './log-records.ts';
import { otherHistoryMark } from './store-events.ts';

/** What verification compares of an acknowledgement, wherever its proof is. */
export const acknowledgementColumns = [
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
  'events.salt as eventSalt',
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
  'acknowledgements.search_text',
  'acknowledgements.text_sha256',
  'acknowledgements.language',
  'acknowledgements.decided_at',
  'acknowledgements.school_id as listSchoolId',
  'acknowledgements.evidence as listEvidence',
  'acknowledgements.standing as listStanding',
] as const;

/** A leaf with what it is for. Nothing in it is verified. */
export type LoggedRecord = Awaited<ReturnType<EvidenceRepository['leaves']>>[number];

/** The columns of an acknowledgement in its tables. */
export type StoredAcknowledgement = Omit<
  LoggedRecord,
  'leafIndex' | 'entry' | 'recordRaw' | 'recordKind' | 'recordSchoolId' | 'salt' | 'arrival'
>;

export interface InHistory {
  readonly agentId: string;
  readonly sequence: number;
  readonly fork: number;
}

export type EvidenceRepository = ReturnType<typeof createEvidenceRepository>;

export function createEvidenceRepository(database: CollectorDatabase) {
  const leavesFrom = (from: number, end: number) =>
    database
      .selectFrom('log_leaves')
      .select(['leaf_index as leafIndex', 'event_id as eventId', 'entry'])
      .where('leaf_index', '>=', from)
      .where('leaf_index', '<', end);
  // The builder distinguishes the tables; the columns are the same.
  const pendingAfter = (position: number, limit: number) =>
    database
      .selectFrom('log_pending')
      .select(['position as leafIndex', 'event_id as eventId', 'entry'])
      .where('position', '>', position)
      .orderBy('position')
      .limit(limit) as unknown as ReturnType<typeof leavesFrom>;
  const withRecords = (leaves: ReturnType<typeof leavesFrom>) =>
    database
      .selectFrom(leaves.as('leaf'))
      .leftJoin('log_salts', 'log_salts.event_id', 'leaf.eventId')
      .leftJoin('log_records', 'log_records.record_id', 'leaf.eventId')
      .leftJoin('events', 'events.event_id', 'leaf.eventId')
      .leftJoin('acknowledgements', 'acknowledgements.event_id', 'leaf.eventId')
      .leftJoin('agents', 'agents.agent_id', 'events.agent_id')
      .select([
        'leaf.leafIndex',
        'leaf.eventId',
        'leaf.entry',
        'log_records.raw as recordRaw',
        'log_records.kind as recordKind',
        'log_records.school_id as recordSchoolId',
        'log_salts.salt',
        'log_salts.arrival',
        ...acknowledgementColumns,
      ])
      .select((expression) =>
        expression
          .selectFrom('published_texts')
          .select((published) => published.fn.countAll<number>().as('count'))
          .whereRef('published_texts.school_id', '=', 'acknowledgements.school_id')
          .whereRef('published_texts.policy_id', '=', 'acknowledgements.policy_id')
          .whereRef('published_texts.policy_version', '=', 'acknowledgements.policy_version')
          .whereRef('published_texts.text_sha256', '=', 'acknowledgements.text_sha256')
          .as('timesPublished'),
      )
      .orderBy('leaf.leafIndex')
      .execute();

  return {
    collectorName: () => readCollectorName(database),

    /** Leaves from an index on, in order. */
    leaves: (from: number, end: number) => withRecords(leavesFrom(from, end)),

    /** The same of leaves that wait; `leafIndex` is their position in the queue. */
    pending: (after: number, limit: number) => withRecords(pendingAfter(after, limit)),

    async publicKey(keyId: string): Promise<string | undefined> {
      const row = await database
        .selectFrom('agents')
        .select('public_key')
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      return row?.public_key;
    },

    /** Acknowledgements among the events or in the list, after a position, that have no leaf and no record in a chain. */
    async unlogged(afterPosition: number, limit: number): Promise<readonly string[]> {
      const { rows } = await sql<{ event_id: string }>`
        select event_id from events where position > ${afterPosition} and type like 'porthor.policy.acknowledged.v%'
        union select event_id from acknowledgements
          where ${afterPosition} = 0 or event_id in (select event_id from events where position > ${afterPosition})
        union select record_id as event_id from log_records where ${afterPosition} = 0
        except select event_id from log_leaves
        except select event_id from log_pending
        limit ${limit}`.execute(database);
      return rows.map(({ event_id }) => event_id);
    },

    /** Rows of the list that no event is there for. */
    async unfounded(limit: number): Promise<readonly string[]> {
      const rows = await database
        .selectFrom('acknowledgements')
        .leftJoin('events', 'events.event_id', 'acknowledgements.event_id')
        .select('acknowledgements.event_id as eventId')
        .where('events.position', 'is', null)
        .limit(limit)
        .execute();
      return rows.map(({ eventId }) => eventId);
    },

    /** Answers to the question at login that follow from no acknowledgement in the list. */
    unfoundedAnswers: (limit: number) =>
      database
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
        .limit(limit)
        .execute(),

    /** Acceptances that count and are newer than the answer to the question at login, or that have none. */
    missingAnswers: (limit: number) =>
      database
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
        .limit(limit)
        .execute(),

    /** Events after a position whose fork number is not that of their arrival. */
    async wrongForks(afterPosition: number, limit: number): Promise<readonly string[]> {
      const { rows } = await sql<{ event_id: string }>`
        select event_id from events where position > ${afterPosition} and fork <> (
          select count(*) from events as earlier where earlier.agent_id = events.agent_id
            and earlier.sequence = events.sequence and earlier.position < events.position)
        limit ${limit}`.execute(database);
      return rows.map(({ event_id }) => event_id);
    },

    /** Events marked as following another event, of which the audit log knows nothing. */
    async unfoundedMarks(limit: number): Promise<readonly string[]> {
      const { rows } = await sql<{ event_id: string }>`
        select event_id from events where marks like ${`%${otherHistoryMark}%`} and not exists (
          select 1 from audit where audit.actor = 'agent:' || events.agent_id and audit.act = ${otherHistoryMark}
            and audit.subject = 'sequence ' || events.sequence)
        limit ${limit}`.execute(database);
      return rows.map(({ event_id }) => event_id);
    },

    /** Requests for approval among the events that are not in their own table. */
    async unlistedRequests(limit: number): Promise<readonly string[]> {
      const rows = await database
        .selectFrom('events')
        .leftJoin('media_requests', 'media_requests.event_id', 'events.event_id')
        .select('events.event_id as eventId')
        .where('events.type', '=', 'porthor.media.approval-requested.v1')
        .where('events.unreadable', 'is', null)
        .where('events.raw', '<>', '')
        .where('media_requests.position', 'is', null)
        .limit(limit)
        .execute();
      return rows.map(({ eventId }) => eventId);
    },

    /** Agents whose events, together with their gaps, are not all the numbers that they have used. */
    async wrongCounts(
      limit: number,
    ): Promise<readonly { agentId: string; highest: number; there: number; missing: number }[]> {
      const { rows } = await sql<{ agent_id: string; highest: number; there: number; missing: number }>`
        select * from (
          select agents.agent_id, agents.highest_sequence as highest,
            (select count(*) from events where events.agent_id = agents.agent_id and fork = 0
              and sequence <= agents.highest_sequence) as there,
            coalesce((select sum(last_sequence - first_sequence + 1) from sequence_gaps
              where sequence_gaps.agent_id = agents.agent_id), 0) as missing
          from agents) as counted
        where there + missing <> highest limit ${limit}`.execute(database);
      return rows.map(({ agent_id: agentId, ...counts }) => ({ agentId, ...counts }));
    },

    /** Events after one of them, agent by agent in the order of their numbers, up to an agent. */
    historyPage: (after: InHistory, lastAgentId: string | undefined, limit: number) =>
      database
        .selectFrom('events')
        .select(['agent_id as agentId', 'sequence', 'fork', 'event_id as eventId', 'marks', 'raw'])
        .where('agent_id', '>=', after.agentId)
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
        .$if(lastAgentId !== undefined, (query) => query.where('agent_id', '<=', lastAgentId ?? ''))
        .orderBy('agent_id')
        .orderBy('sequence')
        .orderBy('fork')
        .limit(limit)
        .execute(),

    /** The lowest number of each agent among the events after a position. */
    newHistories: (afterPosition: number) =>
      database
        .selectFrom('events')
        .select(({ fn }) => ['agent_id as agentId', fn.min('sequence').as('sequence')])
        .where('position', '>', afterPosition)
        .groupBy('agent_id')
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

    async agentIds(): Promise<readonly string[]> {
      const rows = await database.selectFrom('agents').select('agent_id').orderBy('agent_id').execute();
      return rows.map(({ agent_id }) => agent_id);
    },

    /** Days with a leaf or without one, oldest first. */
    days: () =>
      database
        .selectFrom('log_days')
        .leftJoin('log_leaves', 'log_leaves.event_id', 'log_days.record_id')
        .select([
          'log_days.school_id as schoolId',
          'log_days.day',
          'log_days.record_id as recordId',
          'log_leaves.leaf_index as leaf',
        ])
        .orderBy('log_days.day')
        .orderBy('log_days.school_id')
        .execute(),

    day: (schoolId: string, day: string) =>
      database
        .selectFrom('log_days')
        .leftJoin('log_records', 'log_records.record_id', 'log_days.record_id')
        .select(['log_days.record_id as recordId', 'log_days.members', 'log_records.raw'])
        .where('log_days.school_id', '=', schoolId)
        .where('log_days.day', '=', day)
        .executeTakeFirst(),

    /** Events without a leaf of their own of a school and day for which no day was opened. */
    async unopenedDays(limit: number): Promise<readonly { eventId: string }[]> {
      const { rows } = await sql<{ event_id: string }>`
        select event_id from events where type not like 'porthor.policy.acknowledged.v%' and not exists (
          select 1 from log_days where log_days.school_id = events.school_id
            and log_days.day = substr(events.received_at, 1, 10))
        limit ${limit}`.execute(database);
      return rows.map(({ event_id: eventId }) => ({ eventId }));
    },

    dayEvents: (schoolId: string, day: string) => dayEvents(database, schoolId, day),

    chainHead: () =>
      database.selectFrom('evidence_head').select(['place', 'record_sha256 as head']).executeTakeFirst(),

    recordsOfKind: (kind: string, after: string, limit: number) =>
      database
        .selectFrom('log_records')
        .select(['record_id as recordId', 'raw'])
        .where('kind', '=', kind)
        .where('record_id', '>', after)
        .orderBy('record_id')
        .limit(limit)
        .execute(),

    agents: () =>
      database
        .selectFrom('agents')
        .select(['agent_id', 'school_id', 'public_key', 'key_id', 'enrolled_at', 'state', 'highest_sequence'])
        .execute(),
    publishedTexts: () => database.selectFrom('published_texts').selectAll().execute(),
    audit: () => database.selectFrom('audit').selectAll().orderBy('position').execute(),
    register: () => database.selectFrom('media_register').selectAll().execute(),
    mediaRequests: () =>
      database
        .selectFrom('media_requests')
        .leftJoin('events', 'events.event_id', 'media_requests.event_id')
        .selectAll('media_requests')
        .select(['events.raw', 'events.unreadable', 'events.school_id as event_school_id'])
        .execute(),

    ...countersignatureEvidence(database),

    async lastPosition(): Promise<number> {
      const row = await database
        .selectFrom('events')
        .select((expression) => expression.fn.max('position').as('position'))
        .executeTakeFirst();
      return Number(row?.position ?? 0);
    },
  };
}
