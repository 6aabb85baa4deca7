/** The school's list of people, and the accounts that belong to them. */
import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { matchPeople, nameKey } from '../roster/known-accounts.ts';
import type { ListedPerson } from '../roster/plan-import.ts';
import type { RosterPerson } from '../roster/read-people.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { foldText } from './acknowledgement-row.ts';
import { noteAudit } from './audit.ts';
import { cutPage, readCursor, writeCursor } from './cursor.ts';
import type { InForce } from './overview.ts';

/** Values in one `in (…)`, well under SQLite's limit of 32,766. */
const valuesPerQuestion = 1000;
const mostCandidates = 10;

interface InSchool {
  readonly schoolId: string;
  /** ISO UTC. */
  readonly at: string;
}

interface Finish {
  readonly actor: string;
  readonly leftIds: readonly string[];
  readonly added: number;
  readonly changed: number;
}

async function putPeople(
  transaction: Transaction<Tables>,
  { schoolId, at, people }: InSchool & { readonly people: readonly RosterPerson[] },
): Promise<void> {
  const ids: string[] = [];
  for (const person of people) {
    const facts = {
      full_name: person.fullName,
      audience: person.audience,
      job_role: person.jobRole,
      email: person.email,
      login: person.login,
      sid: person.sid,
      email_key: nameKey(person.email),
      login_key: nameKey(person.login),
      search_text: foldText(`${person.fullName} ${person.email} ${person.login}`),
      left_at: null,
    };
    const { person_id: id } = await transaction
      .insertInto('roster_people')
      .values({
        school_id: schoolId,
        person_id: randomUUID(),
        external_id: person.externalId,
        added_at: at,
        ...facts,
      })
      .onConflict((conflict) => conflict.columns(['school_id', 'external_id']).doUpdateSet(facts))
      .returning('person_id')
      .executeTakeFirstOrThrow();
    ids.push(id);
  }
  await matchPeople(transaction, schoolId, ids);
}

async function finishImport(
  transaction: Transaction<Tables>,
  { schoolId, at, actor, leftIds, added, changed }: InSchool & Finish,
): Promise<void> {
  for (let start = 0; start < leftIds.length; start += valuesPerQuestion) {
    await transaction
      .updateTable('roster_people')
      .set({ left_at: at })
      .where('school_id', '=', schoolId)
      .where('person_id', 'in', leftIds.slice(start, start + valuesPerQuestion))
      .execute();
  }
  const detail = `${added} added, ${changed} changed, ${leftIds.length} left`;
  await noteAudit(transaction, [{ schoolId, at, actor, act: 'roster-imported', subject: 'roster', detail }]);
}

interface Match {
  readonly actor: string;
  readonly accountKey: string;
  /** Empty: to no person of the list. */
  readonly personId: string;
  /** With an empty `personId`: a person still has to decide. */
  readonly staysOpen: boolean;
}

/** False where the school has no such account or person. */
async function matchByHand(
  transaction: Transaction<Tables>,
  { schoolId, at, actor, accountKey, personId, staysOpen }: InSchool & Match,
): Promise<boolean> {
  if (personId !== '') {
    const person = await transaction
      .selectFrom('roster_people')
      .select('person_id')
      .where('school_id', '=', schoolId)
      .where('person_id', '=', personId)
      .executeTakeFirst();
    if (person === undefined) return false;
  }
  const { numUpdatedRows } = await transaction
    .updateTable('known_accounts')
    .set(
      personId === ''
        ? { person_id: null, matched_by: staysOpen ? 'open' : 'none' }
        : { person_id: personId, matched_by: 'hand' },
    )
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return false;
  const detail = personId === '' ? 'no person' : `person ${personId}`;
  await noteAudit(transaction, [
    { schoolId, at, actor, act: 'account-matched', subject: accountKey, detail },
  ]);
  return true;
}

const matchedBySchema = z.enum(['sid', 'name', 'email', 'hand']);

export const rosterWrites = {
  'roster.put': putPeople,
  'roster.finish': finishImport,
  'roster.match': matchByHand,
};

interface PersonRow {
  readonly personId: string;
  readonly fullName: string;
  readonly audience: string;
  readonly jobRole: string;
  readonly email: string;
  readonly accounts: number;
  readonly leftAt: string | null;
}

interface Page<Row> {
  readonly items: Row[];
  readonly next?: string;
}

interface AccountRow {
  readonly accountKey: string;
  readonly accountName: string;
  readonly accountDomain: string;
  readonly fullName: string;
}

export interface RosterRepository {
  readonly schoolId: string;
  /** Everyone, also those who have left. */
  listAll(): Promise<readonly ListedPerson[]>;
  audiences(): Promise<readonly string[]>;
  page(
    query: {
      readonly search?: string | undefined;
      readonly audience?: string | undefined;
      readonly cursor?: string | undefined;
    },
    pageSize: number,
  ): Promise<Page<PersonRow>>;
  find(personId: string): Promise<
    | {
        readonly person: PersonRow & { readonly externalId: string };
        readonly accounts: readonly (AccountRow & { readonly matchedBy: z.infer<typeof matchedBySchema> })[];
      }
    | undefined
  >;
  /** People of an audience without an acceptance in force, by name. */
  outstanding(
    policy: InForce,
    audience: string,
    cursor: string | undefined,
    pageSize: number,
  ): Promise<Page<PersonRow>>;
  /** Accounts without a person, with people who may be theirs. */
  unmatched(
    cursor: string | undefined,
    pageSize: number,
  ): Promise<
    Page<AccountRow & { readonly candidates: { personId: string; fullName: string; email: string }[] }>
  >;
  put(people: readonly RosterPerson[]): Promise<void>;
  finish(finish: Finish): Promise<void>;
  match(match: Match): Promise<boolean>;
}

const personColumns = sql`roster_people.person_id as "personId", roster_people.full_name as "fullName",
  roster_people.audience, job_role as "jobRole", email, left_at as "leftAt", search_text as "searchText",
  (select count(*) from known_accounts where known_accounts.school_id = roster_people.school_id
    and known_accounts.person_id = roster_people.person_id) as accounts`;

type Sorted<Row> = Row & { readonly searchText: string };

function afterName(cursor: string | undefined): RawBuilder<unknown> {
  const after = readCursor(cursor);
  return after === undefined
    ? sql``
    : sql`and (search_text, person_id) > (${String(after[0])}, ${String(after[1])})`;
}

function searchFor(search: string | undefined): RawBuilder<unknown> {
  const words = foldText(search ?? '')
    .split(/\s+/u)
    .filter((word) => word !== '');
  const conditions = words.map((word) => {
    const pattern = `%${word.replace(/[%_!]/gu, (character) => `!${character}`)}%`;
    return sql`and search_text like ${pattern} escape '!'`;
  });
  return sql.join(conditions, sql` `);
}

export function createRosterRepository(
  storage: Storage,
  schoolId: string,
  now: () => Date,
): RosterRepository {
  const { reader } = storage;
  const at = (): string => now().toISOString();

  async function pageByName(
    conditions: RawBuilder<unknown>,
    cursor: string | undefined,
    pageSize: number,
  ): Promise<Page<PersonRow>> {
    const { rows } = await sql<Sorted<PersonRow>>`
      select ${personColumns} from roster_people where school_id = ${schoolId} ${conditions} ${afterName(cursor)}
      order by search_text, person_id limit ${pageSize + 1}`.execute(reader);
    const page = cutPage(rows, pageSize, ({ searchText, personId }) => writeCursor(searchText, personId));
    return { ...page, items: page.items.map((row) => ({ ...row, accounts: Number(row.accounts) })) };
  }

  async function candidatesOf(account: AccountRow & { readonly nameKey: string; readonly upnKey: string }) {
    const surname = foldText(account.fullName).split(/\s+/u).at(-1) ?? '';
    const { rows } = await sql<{ personId: string; fullName: string; email: string }>`
      select person_id as "personId", full_name as "fullName", email from roster_people
      where school_id = ${schoolId} and left_at is null and (
        (login_key <> '' and login_key in (${account.nameKey}, ${account.upnKey}))
        or (email_key <> '' and email_key in (${account.nameKey}, ${account.upnKey}))
        or (${surname} <> '' and search_text like ${`%${surname.replace(/[%_!]/gu, (one) => `!${one}`)}%`} escape '!'))
      order by search_text, person_id limit ${mostCandidates}`.execute(reader);
    return rows;
  }

  return {
    schoolId,

    async listAll() {
      const { rows } = await sql<Omit<ListedPerson, 'hasLeft'> & { leftAt: string | null }>`
        select person_id as "personId", external_id as "externalId", full_name as "fullName", audience,
          job_role as "jobRole", email, login, sid, left_at as "leftAt"
        from roster_people where school_id = ${schoolId}`.execute(reader);
      return rows.map(({ leftAt, ...person }) => ({ ...person, hasLeft: leftAt !== null }));
    },

    async audiences() {
      const rows = await reader
        .selectFrom('roster_people')
        .select('audience')
        .distinct()
        .where('school_id', '=', schoolId)
        .where('left_at', 'is', null)
        .orderBy('audience')
        .execute();
      return rows.map(({ audience }) => audience);
    },

    page: ({ search, audience, cursor }, pageSize) =>
      pageByName(
        sql`${audience === undefined ? sql`` : sql`and audience = ${audience}`} ${searchFor(search)}`,
        cursor,
        pageSize,
      ),

    async find(personId) {
      const { rows } = await sql<PersonRow & { externalId: string }>`
        select ${personColumns}, external_id as "externalId" from roster_people
        where school_id = ${schoolId} and person_id = ${personId}`.execute(reader);
      const [person] = rows;
      if (person === undefined) return undefined;
      const accounts = await reader
        .selectFrom('known_accounts')
        .select([
          'account_key as accountKey',
          'account_name as accountName',
          'account_domain as accountDomain',
          'full_name as fullName',
          'matched_by as matchedBy',
        ])
        .where('school_id', '=', schoolId)
        .where('person_id', '=', personId)
        .orderBy('account_key')
        .execute();
      return {
        person: { ...person, accounts: accounts.length },
        accounts: accounts.map((one) => ({ ...one, matchedBy: matchedBySchema.parse(one.matchedBy) })),
      };
    },

    outstanding: ({ policyId, versionOrder, since }, audience, cursor, pageSize) =>
      pageByName(
        sql`and audience = ${audience} and left_at is null and not exists (
          select 1 from known_accounts join latest_acceptances as latest
            on latest.school_id = known_accounts.school_id and latest.account_key = known_accounts.account_key
          where known_accounts.school_id = ${schoolId} and known_accounts.person_id = roster_people.person_id
            and latest.policy_id = ${policyId} and latest.version_order >= ${versionOrder}
            and latest.decided_at >= ${since})`,
        cursor,
        pageSize,
      ),

    async unmatched(cursor, pageSize) {
      const after = readCursor(cursor);
      const { rows } = await sql<AccountRow & { nameKey: string; upnKey: string }>`
        select account_key as "accountKey", account_name as "accountName", account_domain as "accountDomain",
          full_name as "fullName", name_key as "nameKey", upn_key as "upnKey"
        from known_accounts
        where school_id = ${schoolId} and person_id is null and matched_by in ('', 'open')
          and account_key > ${String(after?.[1] ?? '')}
        order by account_key limit ${pageSize + 1}`.execute(reader);
      const page = cutPage(rows, pageSize, ({ accountKey }) => writeCursor('', accountKey));
      const items = await Promise.all(
        page.items.map(async (row) => ({ ...row, candidates: await candidatesOf(row) })),
      );
      return { ...page, items };
    },

    put: (people) => storage.write('roster.put', { schoolId, at: at(), people }),
    finish: (finish) => storage.write('roster.finish', { schoolId, at: at(), ...finish }),
    match: (match) => storage.write('roster.match', { schoolId, at: at(), ...match }),
  };
}
