/** Countersignatures of one school: what waits for one, what has one, and the acts. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { z } from 'zod';
import type {
  CountersignRefusal,
  queueQuerySchema,
  WindowsAccounts,
} from '../../../shared/console/countersign.ts';
import { isOwnAccount, windowsKey } from '../access/own-account.ts';
import type { LogKey } from '../log/checkpoint.ts';
import { signCountersignature } from '../log/countersignature.ts';
import type { CollectorDatabase, Storage } from '../storage/storage.ts';
import { matchWords } from './acknowledgement-row.ts';
import { type AcknowledgementRecord, acknowledgementColumns, readRecords } from './acknowledgements.ts';
import { readEventAccount, readOwnNames } from './countersignature-writes.ts';
import { cutPage, readCursor, writeCursor } from './cursor.ts';
import { findLeaves } from './log-records.ts';

/** A number beyond this tells a signatory no more. */
const mostCounted = 1000;

interface Signatory {
  readonly accountId: string;
  readonly name: string;
}

export interface StandingCountersignature {
  readonly eventId: string;
  readonly signatory: string;
  readonly signedAt: string;
}

/** Every countersignature of one acknowledgement, also those that were withdrawn; oldest first. */
export const countersignaturesOf = (database: CollectorDatabase, schoolId: string, eventId: string) =>
  database
    .selectFrom('countersignatures')
    .select([
      'countersignature_id as id',
      'signatory',
      'signed_at as signedAt',
      'signature',
      'withdrawn_at as withdrawnAt',
      'withdrawn_name as withdrawnName',
      'withdrawal_reason as reason',
    ])
    .where('school_id', '=', schoolId)
    .where('event_id', '=', eventId)
    .orderBy('signed_at')
    .orderBy('countersignature_id')
    .execute();

/** Those that stand, of a page of acknowledgements. */
export async function standingCountersignatures(
  database: CollectorDatabase,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, StandingCountersignature>> {
  if (eventIds.length === 0) return new Map();
  const rows = await database
    .selectFrom('countersignatures')
    .select(['event_id as eventId', 'signatory', 'signed_at as signedAt'])
    .where('event_id', 'in', eventIds)
    .where('withdrawn_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.eventId, row]));
}

type BatchOutcome =
  | { readonly kind: 'done'; readonly refused: readonly (readonly [string, CountersignRefusal])[] }
  /** The signatory's Windows accounts were never named. */
  | { readonly kind: 'accounts-not-named' }
  /** This collector has no key of the log. */
  | { readonly kind: 'cannot-sign' };

export interface CountersignatureRepository {
  /** What waits, oldest first. */
  queue(
    query: z.infer<typeof queueQuerySchema>,
    accountId: string,
    pageSize: number,
  ): Promise<{
    readonly items: readonly (AcknowledgementRecord & { readonly isOwn: boolean })[];
    readonly next?: string;
  }>;
  countWaiting(): Promise<{ readonly waiting: number; readonly hasMore: boolean }>;
  publishedVersions(): Promise<readonly { readonly policyId: string; readonly policyVersion: string }[]>;
  sign(by: Signatory, eventIds: readonly string[]): Promise<BatchOutcome>;
  /** False where none stands. */
  withdraw(by: Signatory, eventId: string, reason: string): Promise<boolean>;
  windowsAccounts(accountId: string): Promise<WindowsAccounts | undefined>;
  nameWindowsAccounts(
    actor: string,
    accountId: string,
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<boolean>;
}

export interface CountersignatureDependencies {
  readonly storage: Storage;
  readonly now: () => Date;
  /** Undefined on a collector that does not sign the log. */
  readonly logKey: () => LogKey | undefined;
}

export function createCountersignatureRepository(
  { storage, now, logKey }: CountersignatureDependencies,
  schoolId: string,
): CountersignatureRepository {
  const { reader } = storage;
  /** Literals, so that SQLite knows that the partial index fits. */
  const waiting = () =>
    reader
      .selectFrom('acknowledgements')
      .where('school_id', '=', schoolId)
      .where('action', '=', sql.lit('accepted'))
      .where('standing', '=', sql.lit('counts'))
      .where('countersignature_id', 'is', null);

  async function ownEvents(eventIds: readonly string[], accountId: string): Promise<ReadonlySet<string>> {
    const own = await readOwnNames(reader, schoolId, accountId);
    if (own === undefined || eventIds.length === 0) return new Set();
    const events = await reader
      .selectFrom('events')
      .select(['event_id as eventId', 'raw'])
      .where('event_id', 'in', eventIds)
      .execute();
    return new Set(
      events.flatMap(({ eventId, raw }) => {
        const account = readEventAccount(raw);
        return account !== undefined && isOwnAccount(own, account) ? [eventId] : [];
      }),
    );
  }

  return {
    async queue({ policyId, policyVersion, search, cursor }, accountId, pageSize) {
      const after = readCursor(cursor);
      const found = await waiting()
        .select(acknowledgementColumns)
        .$if(policyId !== undefined, (query) => query.where('policy_id', '=', policyId ?? ''))
        .$if(policyVersion !== undefined, (query) => query.where('policy_version', '=', policyVersion ?? ''))
        .where((where) => where.and(matchWords(search ?? '')))
        .$if(after !== undefined, (query) => query.where('position', '>', Number(after?.[1])))
        .orderBy('position')
        .limit(pageSize + 1)
        .execute();
      const page = cutPage(readRecords(found), pageSize, ({ position }) => writeCursor('', position));
      const own = await ownEvents(
        page.items.map(({ eventId }) => eventId),
        accountId,
      );
      return { ...page, items: page.items.map((row) => ({ ...row, isOwn: own.has(row.eventId) })) };
    },

    async countWaiting() {
      const { count } = await reader
        .selectFrom(
          waiting()
            .select('position')
            .limit(mostCounted + 1)
            .as('some'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return { waiting: Math.min(Number(count), mostCounted), hasMore: Number(count) > mostCounted };
    },

    publishedVersions: () =>
      reader
        .selectFrom('published_texts')
        .select(['policy_id as policyId', 'policy_version as policyVersion'])
        .distinct()
        .where('school_id', '=', schoolId)
        .orderBy('policy_id')
        .orderBy('policy_version', 'desc')
        .limit(500)
        .execute(),

    async sign({ accountId, name }, eventIds) {
      const key = logKey();
      if (key === undefined) return { kind: 'cannot-sign' };
      const at = now().toISOString();
      const leaves = new Map(
        (await findLeaves(reader, eventIds)).map(({ eventId, leafSha256 }) => [eventId, leafSha256]),
      );
      const items = [...new Set(eventIds)].flatMap((eventId) => {
        const leafSha256 = leaves.get(eventId);
        if (leafSha256 === undefined) return [];
        const facts = { eventId, leafSha256, by: accountId, name, at };
        return [{ id: randomUUID(), eventId, leafSha256, signature: signCountersignature(facts, key) }];
      });
      const refused = await storage.write('countersignatures.sign', { schoolId, at, accountId, name, items });
      if (refused === undefined) return { kind: 'accounts-not-named' };
      const unknown = eventIds.filter((eventId) => !leaves.has(eventId));
      return {
        kind: 'done',
        refused: [...refused, ...unknown.map((eventId) => [eventId, 'not-to-sign'] as const)],
      };
    },

    withdraw: ({ accountId, name }, eventId, reason) =>
      storage.write('countersignatures.withdraw', {
        schoolId,
        at: now().toISOString(),
        accountId,
        name,
        eventId,
        reason,
      }),

    async windowsAccounts(accountId) {
      const account = await reader
        .selectFrom('console_accounts')
        .select('windows_accounts_named_at as namedAt')
        .where('school_id', '=', schoolId)
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      if (account === undefined) return undefined;
      const rows = await reader
        .selectFrom('console_windows_accounts')
        .select('windows_account as name')
        .where('account_id', '=', accountId)
        .orderBy('windows_key')
        .limit(200)
        .execute();
      return { isNamed: account.namedAt !== null, accounts: rows.map(({ name }) => name) };
    },

    nameWindowsAccounts: (actor, accountId, { add, remove }) =>
      storage.write('countersignatures.nameAccounts', {
        schoolId,
        at: now().toISOString(),
        actor,
        accountId,
        add: add.map((name) => ({ key: windowsKey(name), name })),
        removeKeys: remove.map(windowsKey),
      }),
  };
}
