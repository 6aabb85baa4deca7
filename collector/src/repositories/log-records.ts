/** Records that get a leaf in the log: added in the transaction of the act itself, so that neither is there alone. */
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type DayEvent, memberLine, membersRoot, packMembers } from '../log/day.ts';
import {
  type Arrival,
  acknowledgementEntry,
  arrivalText,
  leafEntry,
  makeSalt,
  type RecordKind,
  recordText,
} from '../log/leaf.ts';
import { leafHash } from '../log/merkle.ts';
import type { CollectorDatabase } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';

/** Rows in one insert statement, so that its parameters stay well under SQLite's limit of 32,766. */
const rowsPerInsert = 200;
const rowsPerPage = 500;
/** Acknowledgements of every version have a leaf of their own. */
const acknowledgementTypes = 'porthor.policy.acknowledged.v%';
const dayMs = 24 * 60 * 60 * 1000;
/** Events of a day may be written this long after its end. */
const dayMarginMs = 15 * 60 * 1000;

interface PendingLeaf {
  readonly recordId: string;
  readonly salt: Buffer;
  /** Null for a record that is no acknowledgement. */
  readonly arrival: string | null;
  readonly entry: string;
}

async function addPending(transaction: Transaction<Tables>, leaves: readonly PendingLeaf[]): Promise<void> {
  for (let start = 0; start < leaves.length; start += rowsPerInsert) {
    const slice = leaves.slice(start, start + rowsPerInsert);
    await transaction
      .insertInto('log_salts')
      .values(
        slice.map(({ recordId, salt, arrival }) => ({
          event_id: recordId,
          salt: salt.toString('hex'),
          arrival,
        })),
      )
      .execute();
    await transaction
      .insertInto('log_pending')
      .values(slice.map(({ recordId, entry }) => ({ event_id: recordId, entry })))
      .execute();
  }
}

export interface NewRecord {
  /** Names the record in the log. No event has such a name: their ids are UUIDs. */
  readonly id: string;
  readonly kind: RecordKind;
  readonly schoolId: string;
  /** ISO UTC. */
  readonly at: string;
  /** Plain data. */
  readonly facts: object;
}

/** Part of the transaction that does what the records say. */
export async function addLogRecords(
  transaction: Transaction<Tables>,
  records: readonly NewRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map(({ id, kind, schoolId, at, facts }) => ({
    record_id: id,
    kind,
    school_id: schoolId,
    raw: recordText(kind, schoolId, at, facts),
  }));
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await transaction
      .insertInto('log_records')
      .values(rows.slice(start, start + rowsPerInsert))
      .execute();
  }
  await addPending(
    transaction,
    rows.map(({ record_id: recordId, kind, raw }) => {
      const salt = makeSalt();
      return { recordId, salt, arrival: null, entry: leafEntry(kind, salt, raw) };
    }),
  );
}

export interface AcknowledgementLeaf extends Arrival {
  readonly eventId: string;
  readonly raw: string;
}

/**
 * Part of the transaction that stores the events. It waits for no other collector. Returns the hash of each leaf, in hex,
 * by the id of its event.
 */
export async function addAcknowledgementLeaves(
  transaction: Transaction<Tables>,
  records: readonly AcknowledgementLeaf[],
): Promise<ReadonlyMap<string, string>> {
  const leaves = records.map(({ eventId, raw, ...about }) => {
    const salt = makeSalt();
    const arrival = arrivalText(about);
    return { recordId: eventId, salt, arrival, entry: acknowledgementEntry(salt, arrival, raw) };
  });
  await addPending(transaction, leaves);
  return new Map(
    leaves.map(({ recordId, entry }) => [recordId, leafHash(Buffer.from(entry)).toString('hex')]),
  );
}

/** Leaves of events that are in the log or wait for it. */
export async function findLeaves(
  database: CollectorDatabase,
  eventIds: readonly string[],
): Promise<{ readonly eventId: string; readonly leafSha256: string; readonly receivedAt: string }[]> {
  const rows = await database
    .selectFrom('events')
    .leftJoin('log_leaves', 'log_leaves.event_id', 'events.event_id')
    .leftJoin('log_pending', 'log_pending.event_id', 'events.event_id')
    .select(['events.event_id as eventId', 'events.received_at as receivedAt'])
    .select(['log_leaves.entry as logged', 'log_pending.entry as pending'])
    .where('events.event_id', 'in', eventIds)
    .execute();
  return rows.flatMap(({ eventId, receivedAt, logged, pending }) => {
    const entry = logged ?? pending;
    if (entry === null) return [];
    return [{ eventId, receivedAt, leafSha256: leafHash(Buffer.from(entry)).toString('hex') }];
  });
}

/** Names the leaf of a published text. */
export function publishedTextRecordId(
  parts: readonly [school: string, id: string, version: string, sha256: string],
): string {
  return `text:${createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex')}`;
}

/**
 * Opens the day of events that have no leaf of their own, and returns the time of arrival that they get: the given one, or
 * the start of the next day that has no leaf yet, where the clock was set back.
 */
export async function openDay(
  transaction: Transaction<Tables>,
  schoolId: string,
  at: string,
): Promise<string> {
  for (let arrival = at; ; ) {
    const day = arrival.slice(0, 10);
    const known = await transaction
      .selectFrom('log_days')
      .select('record_id')
      .where('school_id', '=', schoolId)
      .where('day', '=', day)
      .executeTakeFirst();
    if (known === undefined) {
      await transaction
        .insertInto('log_days')
        .values({ school_id: schoolId, day, record_id: null, members: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    if ((known?.record_id ?? null) === null) return arrival;
    arrival = new Date(Date.parse(`${day}T00:00:00.000Z`) + dayMs).toISOString();
  }
}

const dayColumns = [
  'event_id as eventId',
  'position',
  'received_at as receivedAt',
  'salt',
  'raw',
  'agent_id as agentId',
  'sequence',
  'type',
  'occurred_at as occurredAt',
  'unreadable',
  'fork',
  'marks',
] as const;

/** An event in its table. Nothing in it is verified. */
export interface StoredDayEvent extends DayEvent {
  readonly agentId: string;
  readonly sequence: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly unreadable: string | null;
  readonly fork: number;
  readonly marks: string;
}

/** The events of a day without a leaf of their own, in the order of the day's tree. */
export async function* dayEvents(
  database: CollectorDatabase,
  schoolId: string,
  day: string,
): AsyncGenerator<readonly StoredDayEvent[]> {
  const end = new Date(Date.parse(`${day}T00:00:00.000Z`) + dayMs).toISOString();
  let after = { receivedAt: day, position: -1 };
  for (;;) {
    const page = await database
      .selectFrom('events')
      .select(dayColumns)
      .where('school_id', '=', schoolId)
      .where('received_at', '>=', after.receivedAt)
      .where('received_at', '<', end)
      .where((where) =>
        where.or([
          where('received_at', '>', after.receivedAt),
          where.and([where('received_at', '=', after.receivedAt), where('position', '>', after.position)]),
        ]),
      )
      .where('type', 'not like', acknowledgementTypes)
      .orderBy('received_at')
      .orderBy('position')
      .limit(rowsPerPage)
      .execute();
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < rowsPerPage) return;
    after = last;
  }
}

/** The newest day that may get its leaf at this time. */
function lastWholeDay(nowMs: number): string {
  return new Date(nowMs - dayMarginMs - dayMs).toISOString().slice(0, 10);
}

export interface DayOfSchool {
  readonly schoolId: string;
  readonly day: string;
}

/** Gives a day its leaf. Another collector may have done so meanwhile. */
async function closeDay(
  transaction: Transaction<Tables>,
  { schoolId, day, at }: DayOfSchool & { readonly at: string },
): Promise<void> {
  const id = `day:${schoolId}:${day}`;
  const { numUpdatedRows } = await transaction
    .updateTable('log_days')
    .set({ record_id: id })
    .where('school_id', '=', schoolId)
    .where('day', '=', day)
    .where('record_id', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  const lines: string[] = [];
  for await (const page of dayEvents(transaction, schoolId, day)) lines.push(...page.map(memberLine));
  await transaction
    .updateTable('log_days')
    .set({ members: packMembers(lines) })
    .where('school_id', '=', schoolId)
    .where('day', '=', day)
    .execute();
  const facts = { day, events: lines.length, root: membersRoot(lines) };
  await addLogRecords(transaction, [{ id, kind: 'day', schoolId, at, facts }]);
}

export const logRecordWrites = {
  'log.closeDay': closeDay,
  'log.addRecord': (transaction: Transaction<Tables>, record: NewRecord): Promise<void> =>
    addLogRecords(transaction, [record]),
};

/** The oldest day that waits for its leaf. */
export async function findDueDay(
  database: CollectorDatabase,
  nowMs: number,
): Promise<DayOfSchool | undefined> {
  const row = await database
    .selectFrom('log_days')
    .select(['school_id', 'day'])
    .where('record_id', 'is', null)
    .where('day', '<=', lastWholeDay(nowMs))
    .orderBy('day')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { schoolId: row.school_id, day: row.day };
}
