/** Erases events whose time is over, school by school and kind by kind, and writes into the log what was erased. */
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { noteAudit } from '../repositories/audit.ts';
import { addLogRecords, dayEvents } from '../repositories/log-records.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { eraseEvents, idsSha256 } from './erase-events.ts';
import { kindOfEvent, type RetentionKind, retentionKinds } from './event-kinds.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Acknowledgements in one transaction, and in one record of the log. */
const acknowledgementsPerTurn = 1000;

interface OfSchool {
  readonly schoolId: string;
  /** ISO UTC. */
  readonly at: string;
}

interface KindOfSchool extends OfSchool {
  readonly kind: RetentionKind;
}

/** `days` undefined: keep them. */
async function setRetention(
  transaction: Transaction<Tables>,
  {
    schoolId,
    at,
    kind,
    days,
    actor,
  }: KindOfSchool & { readonly days: number | null; readonly actor: string },
): Promise<void> {
  if (days === null) {
    await transaction
      .deleteFrom('retention')
      .where('school_id', '=', schoolId)
      .where('kind', '=', kind)
      .execute();
  } else {
    await transaction
      .insertInto('retention')
      .values({ school_id: schoolId, kind, days, purged_through: null })
      .onConflict((conflict) => conflict.columns(['school_id', 'kind']).doUpdateSet({ days }))
      .execute();
  }
  const detail = days === null ? 'kept' : `${days} days`;
  await noteAudit(transaction, [{ schoolId, at, actor, act: 'retention-set', subject: kind, detail }]);
}

/** A day that is over: the log holds the root over its events. Returns how many were erased. */
async function purgeDay(
  transaction: Transaction<Tables>,
  { schoolId, at, kind, day, days }: KindOfSchool & { readonly day: string; readonly days: number },
): Promise<number> {
  const ids: string[] = [];
  for await (const page of dayEvents(transaction, schoolId, day)) {
    for (const { eventId, type, raw } of page) {
      if (raw !== '' && kindOfEvent(type) === kind) ids.push(eventId);
    }
  }
  if (ids.length > 0) {
    await eraseEvents(transaction, ids);
    const id = `retention:${schoolId}:${day}:${kind}`;
    const facts = { act: 'retention', of: kind, day, days, events: ids.length, sha256: idsSha256(ids) };
    await addLogRecords(transaction, [{ id, kind: 'erasure', schoolId, at, facts }]);
  }
  await transaction
    .updateTable('retention')
    .set({ purged_through: day })
    .where('school_id', '=', schoolId)
    .where('kind', '=', kind)
    .execute();
  return ids.length;
}

/** Acknowledgements that arrived before a time, oldest first. Returns how many were erased. */
async function purgeAcknowledgements(
  transaction: Transaction<Tables>,
  { schoolId, at, before, days }: OfSchool & { readonly before: string; readonly days: number },
): Promise<number> {
  const rows = await transaction
    .selectFrom('events')
    .select('event_id')
    .where('school_id', '=', schoolId)
    .where('received_at', '<', before)
    .where('type', 'like', 'porthor.policy.acknowledged.v%')
    .where('raw', '<>', '')
    .orderBy('received_at')
    .limit(acknowledgementsPerTurn)
    .execute();
  const ids = rows.map(({ event_id }) => event_id);
  if (ids.length === 0) return 0;
  await eraseEvents(transaction, ids);
  const facts = { act: 'retention', of: 'acknowledgements', before, days, events: ids.length, records: ids };
  await addLogRecords(transaction, [
    { id: `retention:${randomUUID()}`, kind: 'erasure', schoolId, at, facts },
  ]);
  return ids.length;
}

export const retentionWrites = {
  'privacy.setRetention': setRetention,
  'privacy.purgeDay': purgeDay,
  'privacy.purgeAcknowledgements': purgeAcknowledgements,
};

interface RetentionRule {
  readonly schoolId: string;
  readonly kind: RetentionKind;
  readonly days: number;
  readonly purgedThrough: string | undefined;
}

async function readRules({ reader }: Storage): Promise<readonly RetentionRule[]> {
  const rows = await reader
    .selectFrom('retention')
    .selectAll()
    .orderBy('school_id')
    .orderBy('kind')
    .execute();
  return rows.flatMap(({ school_id: schoolId, kind, days, purged_through }) => {
    const known = retentionKinds.find((one) => one === kind);
    return known === undefined
      ? []
      : [{ schoolId, kind: known, days, purgedThrough: purged_through ?? undefined }];
  });
}

/** Days before `before` that have their leaf and were not gone through. */
async function dueDays({ reader }: Storage, rule: RetentionRule, before: string): Promise<readonly string[]> {
  const rows = await reader
    .selectFrom('log_days')
    .select('day')
    .where('school_id', '=', rule.schoolId)
    .where('day', '<', before.slice(0, 10))
    .where('day', '>', rule.purgedThrough ?? '')
    .where('record_id', 'is not', null)
    .orderBy('day')
    .execute();
  return rows.map(({ day }) => day);
}

/** Applies every rule of every school. Returns how many events were erased. */
export async function applyRetention(
  storage: Storage,
  now: () => Date,
  isStopped: () => boolean = () => false,
): Promise<number> {
  let erased = 0;
  for (const rule of await readRules(storage)) {
    const { schoolId, kind, days } = rule;
    const at = now();
    const before = new Date(at.getTime() - days * dayMs).toISOString();
    const about = { schoolId, at: at.toISOString(), days };
    if (kind === 'acknowledgements') {
      for (let gone = -1; gone !== 0 && !isStopped(); ) {
        gone = await storage.write('privacy.purgeAcknowledgements', { ...about, before });
        erased += gone;
      }
      continue;
    }
    for (const day of await dueDays(storage, rule, before)) {
      if (isStopped()) return erased;
      erased += await storage.write('privacy.purgeDay', { ...about, kind, day });
    }
  }
  return erased;
}

/** Of one school. */
export function createRetentionRepository(storage: Storage, now: () => Date, schoolId: string) {
  return {
    async list(): Promise<readonly { readonly kind: RetentionKind; readonly days: number | undefined }[]> {
      const rules = (await readRules(storage)).filter((rule) => rule.schoolId === schoolId);
      return retentionKinds.map((kind) => ({ kind, days: rules.find((rule) => rule.kind === kind)?.days }));
    },

    /** `days` undefined keeps them. */
    set: (kind: RetentionKind, days: number | undefined, actor: string): Promise<void> =>
      storage.write('privacy.setRetention', {
        schoolId,
        at: now().toISOString(),
        kind,
        days: days ?? null,
        actor,
      }),
  };
}
