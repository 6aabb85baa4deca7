/** Acknowledgements of one school as the console filters, sorts and shows them. */
import { type SelectQueryBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { AcknowledgementFilter, listQuerySchema } from '../../../shared/console/acknowledgements.ts';
import { calendarDateAt, formatCalendarDate } from '../../../shared/policy/school-calendar.ts';
import { type AcknowledgedData, acknowledgedDataSchema } from '../../../shared/wire/events.ts';
import { openCheckpoint } from '../log/checkpoint.ts';
import { expectedEntry } from '../log/leaf.ts';
import { leafHash } from '../log/merkle.ts';
import { rootOfProof } from '../log/verify-inclusion.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { matchWords } from './acknowledgement-row.ts';
import {
  type AcknowledgementRecord,
  acknowledgementColumns,
  acknowledgementRecordSchema,
} from './acknowledgements.ts';
import { countersignatureRecordId } from './countersignature-writes.ts';
import {
  countersignaturesOf,
  type StandingCountersignature,
  standingCountersignatures,
} from './countersignatures.ts';
import { cutPage, readCursor, writeCursor } from './cursor.ts';
import { createLogRepository } from './log.ts';

const storedSchema = acknowledgementRecordSchema.extend({ searchText: z.string() });
const columns = [...acknowledgementColumns, 'search_text as searchText'] as const;

/** `countersignature`: the one that stands. */
export type StoredAcknowledgement = AcknowledgementRecord & {
  readonly countersignature?: StandingCountersignature | undefined;
};

type ListQuery = z.infer<typeof listQuerySchema>;

/** Whether the log holds the record, proved against its signed checkpoint. */
type LogState =
  | { readonly state: 'waiting' }
  | { readonly state: 'included'; readonly leaf: number; readonly size: number }
  | { readonly state: 'broken' };

interface Proved {
  readonly log: LogState;
  /** Undefined while the log does not hold it. */
  readonly proof: { readonly leafSha256: string; readonly checkpoint: string } | undefined;
}

export interface ConsoleAcknowledgementRepository {
  page(
    query: ListQuery,
    pageSize: number,
  ): Promise<{ readonly items: StoredAcknowledgement[]; readonly next?: string }>;
  count(filter: AcknowledgementFilter): Promise<number>;
  /** By id, each with one of its versions. */
  publishedPolicies(): Promise<readonly { readonly policyId: string; readonly policyVersion: string }[]>;
  find(eventId: string): Promise<
    | {
        readonly row: StoredAcknowledgement;
        readonly receivedAt: string;
        /** Undefined where the stored event can no longer be read. */
        readonly data: AcknowledgedData | undefined;
        readonly log: LogState;
        readonly proof: Proved['proof'];
        /** Also those that were withdrawn; oldest first. */
        readonly countersignatures: readonly (Awaited<ReturnType<typeof countersignaturesOf>>[number] & {
          readonly log: LogState;
        })[];
      }
    | undefined
  >;
}

/** The first moment of a day at the school, ISO UTC. */
export function startOfDay(day: string): string {
  const midnightMs = Date.parse(`${day}T00:00:00.000Z`);
  const summerMs = midnightMs - 3_600_000;
  const isSummer = formatCalendarDate(calendarDateAt(new Date(summerMs))) === day;
  return new Date(isSummer ? summerMs : midnightMs).toISOString();
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + 86_400_000).toISOString().slice(0, 10);
}

type Query<Output> = SelectQueryBuilder<Tables, 'acknowledgements', Output>;

function applyFilter<Output>(query: Query<Output>, filter: AcknowledgementFilter): Query<Output> {
  const { policyId, action, language, from, to, search, countersigned } = filter;
  let filtered = query;
  if (policyId !== undefined) filtered = filtered.where('policy_id', '=', policyId);
  if (action !== undefined) filtered = filtered.where('action', '=', action);
  if (language !== undefined) filtered = filtered.where('language', '=', language);
  if (from !== undefined) filtered = filtered.where('decided_at', '>=', startOfDay(from));
  if (to !== undefined) filtered = filtered.where('decided_at', '<', startOfDay(dayAfter(to)));
  if (countersigned !== undefined) {
    filtered = filtered.where('countersignature_id', countersigned === 'yes' ? 'is not' : 'is', null);
  }
  for (const condition of matchWords(search ?? '')) filtered = filtered.where(condition);
  return filtered;
}

function applyOrder<Output>(query: Query<Output>, { sort, cursor }: ListQuery): Query<Output> {
  const after = readCursor(cursor);
  switch (sort) {
    case 'arrived':
      return query
        .$if(after !== undefined, (one) => one.where('position', '<', Number(after?.[1])))
        .orderBy('position', 'desc');
    case 'decided':
      return query
        .$if(after !== undefined, (one) =>
          one.where(sql<boolean>`(decided_at, position) < (${String(after?.[0])}, ${Number(after?.[1])})`),
        )
        .orderBy('decided_at', 'desc')
        .orderBy('position', 'desc');
    case 'name':
      return query
        .$if(after !== undefined, (one) =>
          one.where(sql<boolean>`(search_text, position) > (${String(after?.[0])}, ${Number(after?.[1])})`),
        )
        .orderBy('search_text')
        .orderBy('position');
  }
}

function cursorOf(sort: ListQuery['sort']): (last: z.infer<typeof storedSchema>) => string {
  return ({ position, decidedAt, searchText }) =>
    writeCursor({ arrived: '', decided: decidedAt, name: searchText }[sort], position);
}

/** A newer agent may have written other members. */
const storedEventSchema = z.object({ data: z.unknown() });

function readData(raw: string): AcknowledgedData | undefined {
  const event = storedEventSchema.safeParse(JSON.parse(raw));
  return event.success ? acknowledgedDataSchema.loose().safeParse(event.data.data).data : undefined;
}

export function createConsoleAcknowledgementRepository(
  { reader }: Storage,
  schoolId: string,
): ConsoleAcknowledgementRepository {
  const log = createLogRepository(reader);

  async function proveLogged(recordId: string, kind: string, raw: string): Promise<Proved> {
    const proved = await log.proveRecord(recordId);
    if (proved === undefined) return { log: { state: 'waiting' }, proof: undefined };
    const broken = { log: { state: 'broken' }, proof: undefined } as const;
    const salt = await reader
      .selectFrom('log_salts')
      .select(['salt', 'arrival'])
      .where('event_id', '=', recordId)
      .executeTakeFirst();
    const verifierKey = (await log.head())?.verifierKey ?? '';
    const checkpoint = openCheckpoint(proved.checkpoint, verifierKey);
    const isOwnLeaf = salt !== undefined && expectedEntry({ kind, ...salt, raw }) === proved.entry;
    if (checkpoint === undefined || !isOwnLeaf) return broken;
    const { leafIndex: leaf, proof } = proved;
    const root = rootOfProof(Buffer.from(proved.entry), leaf, checkpoint.size, proof);
    if (root?.equals(checkpoint.root) !== true) return broken;
    const leafSha256 = leafHash(Buffer.from(proved.entry)).toString('hex');
    return {
      log: { state: 'included', leaf, size: checkpoint.size },
      proof: { leafSha256, checkpoint: proved.checkpoint },
    };
  }

  async function proveCountersignature(id: string): Promise<LogState> {
    const recordId = countersignatureRecordId(id);
    const record = await reader
      .selectFrom('log_records')
      .select('raw')
      .where('record_id', '=', recordId)
      .executeTakeFirst();
    if (record === undefined) return { state: 'broken' };
    return (await proveLogged(recordId, 'countersignature', record.raw)).log;
  }

  return {
    async page(query, pageSize) {
      const all = reader.selectFrom('acknowledgements').select(columns).where('school_id', '=', schoolId);
      const rows = await applyOrder(applyFilter(all, query), query)
        .limit(pageSize + 1)
        .execute();
      const page = cutPage(z.array(storedSchema).parse(rows), pageSize, cursorOf(query.sort));
      const standing = await standingCountersignatures(
        reader,
        page.items.map(({ eventId }) => eventId),
      );
      const items = page.items.map((row) => ({ ...row, countersignature: standing.get(row.eventId) }));
      return { ...page, items };
    },

    async count(filter) {
      const all = reader
        .selectFrom('acknowledgements')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('school_id', '=', schoolId);
      return Number((await applyFilter(all, filter).executeTakeFirstOrThrow()).count);
    },

    publishedPolicies: () =>
      reader
        .selectFrom('published_texts')
        .select(({ fn }) => ['policy_id as policyId', fn.max('policy_version').as('policyVersion')])
        .where('school_id', '=', schoolId)
        .groupBy('policy_id')
        .orderBy('policy_id')
        .limit(500)
        .execute(),

    async find(eventId) {
      const found = await reader
        .selectFrom('acknowledgements')
        .select(acknowledgementColumns)
        .where('school_id', '=', schoolId)
        .where('event_id', '=', eventId)
        .executeTakeFirst();
      const event = await reader
        .selectFrom('events')
        .select(['raw', 'received_at as receivedAt'])
        .where('event_id', '=', eventId)
        .executeTakeFirst();
      if (found === undefined || event === undefined) return undefined;
      const countersignatures = [];
      for (const one of await countersignaturesOf(reader, schoolId, eventId)) {
        countersignatures.push({ ...one, log: await proveCountersignature(one.id) });
      }
      const standing = await standingCountersignatures(reader, [eventId]);
      return {
        row: { ...acknowledgementRecordSchema.parse(found), countersignature: standing.get(eventId) },
        receivedAt: event.receivedAt,
        data: readData(event.raw),
        ...(await proveLogged(eventId, 'acknowledgement', event.raw)),
        countersignatures,
      };
    },
  };
}
