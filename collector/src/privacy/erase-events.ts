/** Erases the text of events and records, and all that follows from it. The log stays whole: its leaves hold salted hashes. */
import { createHash, randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { raiseLatestAcceptances } from '../repositories/latest-acceptances.ts';
import { addLogRecords } from '../repositories/log-records.ts';
import type { Tables } from '../storage/tables.ts';

/** Values in one `in (…)`, so that a statement stays well under SQLite's limit of 32,766. */
const valuesPerStatement = 1000;
/** Ids in one record of the log. */
const idsPerRecord = 1000;

export function inSlices<Item>(items: readonly Item[], size = valuesPerStatement): Item[][] {
  const slices: Item[][] = [];
  for (let start = 0; start < items.length; start += size) slices.push(items.slice(start, start + size));
  return slices;
}

async function eraseSlice(transaction: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  const affected = await transaction
    .selectFrom('latest_acceptances')
    .select(['school_id', 'account_key', 'policy_id'])
    .where('event_id', 'in', ids)
    .execute();
  const accounts = await transaction
    .selectFrom('acknowledgements')
    .select(['school_id', 'account_key'])
    .distinct()
    .where('event_id', 'in', ids)
    .execute();
  for (const table of ['acknowledgements', 'media_requests', 'latest_acceptances', 'log_salts'] as const) {
    await transaction.deleteFrom(table).where('event_id', 'in', ids).execute();
  }
  await transaction
    .updateTable('events')
    .set({ raw: '', salt: null, unreadable: null })
    .where('event_id', 'in', ids)
    .execute();
  for (const { school_id: schoolId, account_key: accountKey, policy_id: policyId } of affected) {
    const left = await transaction
      .selectFrom('acknowledgements')
      .selectAll()
      .where('school_id', '=', schoolId)
      .where('account_key', '=', accountKey)
      .where('policy_id', '=', policyId)
      .orderBy('position')
      .execute();
    await raiseLatestAcceptances(transaction, left);
  }
  for (const { school_id: schoolId, account_key: accountKey } of accounts) {
    await forgetAccount(transaction, schoolId, accountKey);
  }
}

/** An account whose last acknowledgement is gone is no longer one that has answered. */
async function forgetAccount(
  transaction: Transaction<Tables>,
  schoolId: string,
  accountKey: string,
): Promise<void> {
  const left = await transaction
    .selectFrom('acknowledgements')
    .select('position')
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .limit(1)
    .executeTakeFirst();
  if (left !== undefined) return;
  await transaction
    .deleteFrom('known_accounts')
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .execute();
}

/** The rows stay, with their numbers and times, so that nothing looks as if it were missing. */
export async function eraseEvents(transaction: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  for (const slice of inSlices(ids)) await eraseSlice(transaction, slice);
}

/** The same for records of the log that are no events. */
export async function eraseRecords(transaction: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  for (const slice of inSlices(ids)) {
    await transaction.deleteFrom('log_salts').where('event_id', 'in', slice).execute();
    await transaction.updateTable('log_records').set({ raw: '' }).where('record_id', 'in', slice).execute();
  }
}

export interface ErasureReason {
  readonly schoolId: string;
  /** ISO UTC. */
  readonly at: string;
  /** Who asked, and why, in words that name no person. */
  readonly askedBy: string;
  readonly reason: string;
}

/** Adds the leaves that say what was erased. Returns the name of the erasure. */
export async function noteErasure(
  transaction: Transaction<Tables>,
  { schoolId, at, askedBy, reason }: ErasureReason,
  ids: readonly string[],
): Promise<string> {
  const erasure = randomUUID();
  const records = inSlices(ids, idsPerRecord).map((slice, part) => ({
    id: `erasure:${erasure}:${part}`,
    kind: 'erasure' as const,
    schoolId,
    at,
    facts: { act: 'erased', erasure, askedBy, reason, records: slice },
  }));
  await addLogRecords(transaction, records);
  return erasure;
}

/** What the log holds of the events of one day and kind that were erased because their time was over. */
export function idsSha256(ids: readonly string[]): string {
  return createHash('sha256').update(ids.join('\n')).digest('hex');
}
