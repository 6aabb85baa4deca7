/** Countersigns acknowledgements, and withdraws countersignatures. Each act is a record of the log and an audit entry. */
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { CountersignRefusal } from '../../../shared/console/countersign.ts';
import { isOwnAccount } from '../access/own-account.ts';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';
import { noteAudit } from './audit.ts';
import { addLogRecords } from './log-records.ts';

export interface NewCountersignature {
  readonly id: string;
  readonly eventId: string;
  readonly leafSha256: string;
  readonly signature: string;
}

interface By {
  readonly schoolId: string;
  /** ISO UTC. */
  readonly at: string;
  readonly accountId: string;
  readonly name: string;
}

/** Names the leaf of a countersignature. */
export function countersignatureRecordId(id: string): string {
  return `countersignature:${id}`;
}

export function withdrawalRecordId(id: string): string {
  return `countersignature:${id}:withdrawn`;
}

const accountInEvent = z.object({
  data: z.object({
    account: z.object({ name: z.string(), domain: z.string(), sid: z.string(), upn: z.string() }),
  }),
});

/** Undefined for an event that cannot be read, or was erased. */
export function readEventAccount(raw: string) {
  try {
    return accountInEvent.safeParse(JSON.parse(raw)).data?.data.account;
  } catch {
    return undefined;
  }
}

/** The names that a console account goes by; undefined where the Windows accounts were never named. */
export async function readOwnNames(
  database: Pick<Transaction<Tables>, 'selectFrom'>,
  schoolId: string,
  accountId: string,
): Promise<readonly string[] | undefined> {
  const account = await database
    .selectFrom('console_accounts')
    .select(['sign_in_name as signInName', 'windows_accounts_named_at as namedAt'])
    .where('school_id', '=', schoolId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  if (account === undefined || account.namedAt === null) return undefined;
  const named = await database
    .selectFrom('console_windows_accounts')
    .select('windows_account as name')
    .where('account_id', '=', accountId)
    .execute();
  return [account.signInName, ...named.map(({ name }) => name)];
}

async function signOne(
  transaction: Transaction<Tables>,
  by: By,
  { id, eventId, leafSha256, signature }: NewCountersignature,
  own: readonly string[],
): Promise<CountersignRefusal | undefined> {
  const event = await transaction
    .selectFrom('events')
    .select('raw')
    .where('school_id', '=', by.schoolId)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  const account = event === undefined ? undefined : readEventAccount(event.raw);
  if (account === undefined) return 'not-to-sign';
  if (isOwnAccount(own, account)) return 'own';
  const marked = await transaction
    .updateTable('acknowledgements')
    .set({ countersignature_id: id })
    .where('school_id', '=', by.schoolId)
    .where('event_id', '=', eventId)
    .where('action', '=', 'accepted')
    .where('standing', '=', 'counts')
    .where('countersignature_id', 'is', null)
    .executeTakeFirst();
  if (marked.numUpdatedRows === 0n) {
    const row = await transaction
      .selectFrom('acknowledgements')
      .select('countersignature_id as id')
      .where('school_id', '=', by.schoolId)
      .where('event_id', '=', eventId)
      .executeTakeFirst();
    return (row?.id ?? null) === null ? 'not-to-sign' : 'already';
  }
  const { schoolId, at, accountId } = by;
  const name = asKept(by.name);
  await transaction
    .insertInto('countersignatures')
    .values({
      countersignature_id: id,
      school_id: schoolId,
      event_id: eventId,
      account_id: accountId,
      signatory: name,
      signed_at: at,
      leaf_sha256: leafSha256,
      signature,
      withdrawn_at: null,
      withdrawn_by: null,
      withdrawn_name: null,
      withdrawal_reason: null,
    })
    .execute();
  const facts = { act: 'signed', event: eventId, leaf: leafSha256, by: accountId, name, signature };
  const record = { id: countersignatureRecordId(id), kind: 'countersignature', schoolId, at, facts } as const;
  await addLogRecords(transaction, [record]);
  const actor = `account:${accountId}`;
  await noteAudit(transaction, [
    { schoolId, at, actor, act: 'countersigned', subject: `acknowledgement:${eventId}`, detail: id },
  ]);
  return undefined;
}

interface Withdrawal extends By {
  readonly eventId: string;
  readonly reason: string;
}

async function withdraw(transaction: Transaction<Tables>, input: Withdrawal): Promise<boolean> {
  const { schoolId, at, accountId, eventId } = input;
  const [name, reason] = [asKept(input.name), asKept(input.reason)];
  const withdrawn = await transaction
    .updateTable('countersignatures')
    .set({
      withdrawn_at: at,
      withdrawn_by: accountId,
      withdrawn_name: name,
      withdrawal_reason: reason,
    })
    .where('school_id', '=', schoolId)
    .where('event_id', '=', eventId)
    .where('withdrawn_at', 'is', null)
    .returning('countersignature_id as id')
    .executeTakeFirst();
  if (withdrawn === undefined) return false;
  const { id } = withdrawn;
  await transaction
    .updateTable('acknowledgements')
    .set({ countersignature_id: null })
    .where('school_id', '=', schoolId)
    .where('event_id', '=', eventId)
    .execute();
  const facts = { act: 'withdrawn', countersignature: id, event: eventId, by: accountId, name, reason };
  await addLogRecords(transaction, [
    { id: withdrawalRecordId(id), kind: 'countersignature', schoolId, at, facts },
  ]);
  const actor = `account:${accountId}`;
  await noteAudit(transaction, [
    {
      schoolId,
      at,
      actor,
      act: 'countersignature-withdrawn',
      subject: `acknowledgement:${eventId}`,
      detail: id,
    },
  ]);
  return true;
}

interface NamedAccounts {
  readonly schoolId: string;
  readonly at: string;
  /** For the audit log. */
  readonly actor: string;
  readonly accountId: string;
  readonly add: readonly { readonly key: string; readonly name: string }[];
  readonly removeKeys: readonly string[];
}

/** False for no such account. */
async function nameAccounts(transaction: Transaction<Tables>, input: NamedAccounts): Promise<boolean> {
  const { schoolId, at, actor, accountId, add, removeKeys } = input;
  const updated = await transaction
    .updateTable('console_accounts')
    .set({ windows_accounts_named_at: sql<string>`coalesce(windows_accounts_named_at, ${at})` })
    .where('school_id', '=', schoolId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) return false;
  for (const { key, name } of add) {
    await transaction
      .insertInto('console_windows_accounts')
      .values({
        account_id: accountId,
        windows_key: asKept(key),
        windows_account: asKept(name),
        added_at: at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const key of removeKeys) {
    await transaction
      .deleteFrom('console_windows_accounts')
      .where('account_id', '=', accountId)
      .where('windows_key', '=', key)
      .execute();
  }
  const detail = [...add.map(({ name }) => `+${name}`), ...removeKeys.map((key) => `-${key}`)].join(' ');
  await noteAudit(transaction, [
    { schoolId, at, actor, act: 'windows-accounts-named', subject: `account:${accountId}`, detail },
  ]);
  return true;
}

export const countersignatureWrites = {
  /** Undefined where the signatory's Windows accounts were never named; else a refusal for each that needs one. */
  'countersignatures.sign': async (
    transaction: Transaction<Tables>,
    { items, ...by }: By & { readonly items: readonly NewCountersignature[] },
  ): Promise<readonly (readonly [eventId: string, refusal: CountersignRefusal])[] | undefined> => {
    const own = await readOwnNames(transaction, by.schoolId, by.accountId);
    if (own === undefined) return undefined;
    const refused: (readonly [string, CountersignRefusal])[] = [];
    for (const item of items) {
      const refusal = await signOne(transaction, by, item, own);
      if (refusal !== undefined) refused.push([item.eventId, refusal]);
    }
    return refused;
  },
  'countersignatures.withdraw': withdraw,
  'countersignatures.nameAccounts': nameAccounts,
};
