/** What the collector holds about one account of a school: for its export, and for its erasure. */
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { foldText } from '../repositories/acknowledgement-row.ts';
import { auditRecordId } from '../repositories/audit.ts';
import { approvalRecordId } from '../repositories/media-register.ts';
import type { CollectorDatabase } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { inSlices } from './erase-events.ts';
import { kindOfEvent, type RetentionKind } from './event-kinds.ts';

export interface AccountOfSchool {
  readonly schoolId: string;
  /** The SID in upper case, or else `domain\name` in lower case. */
  readonly accountKey: string;
}

type Reader = CollectorDatabase | Transaction<Tables>;

/** The one form of an account, from what a person types. */
export function readAccountKey(text: string): string {
  return /^s-1-/iu.test(text) ? text.toUpperCase() : text.toLowerCase();
}

/** Accounts of a school that have signed with this name, without regard to case and accents. */
export async function accountsOfPerson(
  database: Reader,
  schoolId: string,
  name: string,
): Promise<readonly string[]> {
  const folded = foldText(name.trim());
  const rows = await database
    .selectFrom('acknowledgements')
    .select(['account_key', 'full_name'])
    .distinct()
    .where('school_id', '=', schoolId)
    .where('search_text', 'like', `${folded} %`)
    .where('full_name', '<>', '')
    .execute();
  const exact = rows.filter(({ full_name }) => foldText(full_name.trim()) === folded);
  return [...new Set(exact.map(({ account_key }) => account_key))].sort();
}

/** Ids of the account's events whose text is still there, in order of arrival. */
async function eventIdsOf(database: Reader, { schoolId, accountKey }: AccountOfSchool): Promise<string[]> {
  const { rows } = await sql<{ event_id: string }>`
    select event_id from events where school_id = ${schoolId} and raw <> '' and event_id in (
      select event_id from events where agent_id in
          (select agent_id from agents where school_id = ${schoolId} and account_key = ${accountKey})
        and event_id not in (select event_id from acknowledgements
          where school_id = ${schoolId} and account_key <> ${accountKey})
        and event_id not in (select event_id from media_requests
          where school_id = ${schoolId} and account_key <> ${accountKey})
      union select event_id from acknowledgements where school_id = ${schoolId} and account_key = ${accountKey}
      union select event_id from media_requests where school_id = ${schoolId} and account_key = ${accountKey})
    order by position`.execute(database);
  return rows.map(({ event_id }) => event_id);
}

interface HeldEvent {
  readonly eventId: string;
  readonly type: string;
  readonly receivedAt: string;
  readonly raw: string;
}

async function readEvents(database: Reader, ids: readonly string[]): Promise<HeldEvent[]> {
  const events: HeldEvent[] = [];
  for (const slice of inSlices(ids)) {
    const rows = await database
      .selectFrom('events')
      .select(['event_id as eventId', 'type', 'received_at as receivedAt', 'raw'])
      .where('event_id', 'in', slice)
      .orderBy('position')
      .execute();
    events.push(...rows);
  }
  return events;
}

/** Names with which the account has signed, folded. */
async function namesOf(database: Reader, { schoolId, accountKey }: AccountOfSchool): Promise<Set<string>> {
  const named = await database
    .selectFrom('acknowledgements')
    .select('full_name')
    .distinct()
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .execute();
  return new Set(named.map(({ full_name }) => foldText(full_name.trim())).filter((name) => name !== ''));
}

/** Entries of the device register that were issued to one of the names. */
async function registerOf(database: Reader, schoolId: string, names: ReadonlySet<string>) {
  const entries = await database
    .selectFrom('media_register')
    .selectAll()
    .where('school_id', '=', schoolId)
    .where('issued_to', '<>', '')
    .execute();
  return entries.filter(({ issued_to }) => names.has(foldText(issued_to.trim())));
}

/** With a space around each word, so that a short name is not found within a longer word. */
const wordsOf = (text: string): string => ` ${text.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;

/**
 * Codes by telephone whose reason may be about the account: those for its PCs, and those whose reason holds one of the
 * names. A technician wrote the reason in their own words.
 */
async function codesOf(
  database: Reader,
  schoolId: string,
  { names, agentIds }: { readonly names: ReadonlySet<string>; readonly agentIds: ReadonlySet<string> },
) {
  const codes = await database
    .selectFrom('offline_codes')
    .selectAll()
    .where('school_id', '=', schoolId)
    .where('reason', '<>', '')
    .orderBy('issued_at')
    .execute();
  return codes.filter(({ agent_id, reason }) => {
    const words = wordsOf(foldText(reason));
    return agentIds.has(agent_id) || [...names].some((name) => words.includes(wordsOf(name)));
  });
}

/** Records of answers to the account's requests for approval: they may hold a reason in words. */
async function answerRecordsOf(
  database: Reader,
  schoolId: string,
  eventIds: ReadonlySet<string>,
): Promise<string[]> {
  const rows = await database
    .selectFrom('log_records')
    .select(['record_id', 'raw'])
    .where('kind', '=', 'approval')
    .where('school_id', '=', schoolId)
    .where('raw', 'like', '%"request":%')
    .execute();
  return rows.flatMap(({ record_id, raw }) => {
    const { request } = JSON.parse(raw) as { readonly request?: unknown };
    return eventIds.has(String(request)) ? [record_id] : [];
  });
}

/** The account among those that have answered, and its person in the school's list. */
async function listedAs(database: Reader, { schoolId, accountKey }: AccountOfSchool) {
  const account = await database
    .selectFrom('known_accounts')
    .selectAll()
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .executeTakeFirst();
  const person = await database
    .selectFrom('roster_people')
    .selectAll()
    .where('school_id', '=', schoolId)
    .where('person_id', '=', account?.person_id ?? '')
    .executeTakeFirst();
  return { account, person };
}

/** All that names the account. The text of the events is read apart. */
export async function findHeld(database: Reader, account: AccountOfSchool) {
  const { schoolId, accountKey } = account;
  const eventIds = await eventIdsOf(database, account);
  const agents = await database
    .selectFrom('agents')
    .select([
      'agent_id as agentId',
      'hostname',
      'account_name as accountName',
      'account_domain as accountDomain',
    ])
    .select(['enrolled_at as enrolledAt', 'last_seen_at as lastSeenAt'])
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .orderBy('agent_id')
    .execute();
  const audit = await database
    .selectFrom('audit')
    .selectAll()
    .where('school_id', '=', schoolId)
    .where('subject', '=', accountKey)
    .where('actor', 'like', 'agent:%')
    .orderBy('position')
    .execute();
  const listed = await listedAs(database, account);
  const names = await namesOf(database, account);
  const register = await registerOf(database, schoolId, names);
  const agentIds = new Set(agents.map(({ agentId }) => agentId));
  const codes = await codesOf(database, schoolId, { names, agentIds });
  const answers = await answerRecordsOf(database, schoolId, new Set(eventIds));
  const recordIds = [
    ...audit.map(({ position }) => auditRecordId(position)),
    ...register.map(({ entry_id }) => approvalRecordId(schoolId, entry_id)),
    ...answers,
  ];
  return { eventIds, agents, audit, listed, register, codes, recordIds };
}

export interface HeldSummary {
  /** By kind; kinds without events are left out. */
  readonly events: Readonly<Partial<Record<RetentionKind, number>>>;
  readonly agents: number;
  readonly auditEntries: number;
  readonly registerEntries: number;
  /** Codes by telephone with a reason. */
  readonly offlineCodes: number;
}

export async function summariseHeld(database: Reader, account: AccountOfSchool): Promise<HeldSummary> {
  const held = await findHeld(database, account);
  const events: Partial<Record<RetentionKind, number>> = {};
  for (const { type } of await readEvents(database, held.eventIds)) {
    const kind = kindOfEvent(type);
    events[kind] = (events[kind] ?? 0) + 1;
  }
  return {
    events,
    agents: held.agents.length,
    auditEntries: held.audit.length,
    registerEntries: held.register.length,
    offlineCodes: held.codes.length,
  };
}

/** Everything about the account, as data for a file. */
export async function exportPerson(database: Reader, account: AccountOfSchool, at: string) {
  const { eventIds, agents, audit, listed, register, codes } = await findHeld(database, account);
  const events = await readEvents(database, eventIds);
  return {
    form: 'porthor-person-v1',
    school: account.schoolId,
    account: account.accountKey,
    exportedAt: at,
    agents,
    knownAccount: listed.account ?? null,
    listOfPeople: listed.person ?? null,
    events: events.map(({ receivedAt, raw }) => ({ receivedAt, event: JSON.parse(raw) as unknown })),
    deviceRegister: register,
    codesByTelephone: codes.map(({ agent_id: agentId, issued_at: issuedAt, reason }) => ({
      agentId,
      issuedAt,
      reason,
    })),
    auditLog: audit.map(({ noted_at: notedAt, actor, act, detail }) => ({ notedAt, actor, act, detail })),
  };
}
