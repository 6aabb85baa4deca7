/** The accounts that have answered, and the person of the roster to whom each belongs. */
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type AcknowledgementRow, foldText } from '../repositories/acknowledgement-row.ts';
import { asKept } from '../repositories/as-kept.ts';
import type { Tables } from '../storage/tables.ts';

/** A name without its domain, in the form in which accounts and people are compared: `SCHOOL\Carys`, `carys@school.cymru`. */
export function nameKey(name: string): string {
  const withoutDomain = name.trim().split('\\').at(-1) ?? '';
  return foldText(withoutDomain.split('@')[0] ?? '');
}

/** Values in one `in (…)`, well under SQLite's limit of 32,766. */
const valuesPerQuestion = 1000;

const answerEventSchema = z.object({
  data: z.object({ account: z.object({ upn: z.string() }), audience: z.string() }),
});

/** What the row of an answer does not hold. */
function readEvent(raw: string): { readonly upn: string; readonly audience: string } {
  const event = answerEventSchema.safeParse(JSON.parse(raw));
  if (!event.success) return { upn: '', audience: '' };
  const { account, audience } = event.data.data;
  return { upn: asKept(account.upn), audience: asKept(audience) };
}

interface Answer {
  readonly schoolId: string;
  readonly raw: string;
  readonly row: AcknowledgementRow;
}

const keyOf = (schoolId: string, accountKey: string): string => JSON.stringify([schoolId, accountKey]);

/** Remembers each account with the audience of its newest answer, and looks for a new account in the roster. */
export async function noteAccounts(
  transaction: Transaction<Tables>,
  answers: readonly Answer[],
): Promise<void> {
  const newest = new Map(answers.map((answer) => [keyOf(answer.schoolId, answer.row.account_key), answer]));
  const known = await readAudiences(
    transaction,
    [...new Set(answers.map(({ schoolId }) => schoolId))],
    [...new Set(answers.map(({ row }) => row.account_key))],
  );
  // The same order in every transaction, so that two collectors on one database cannot deadlock.
  for (const [key, answer] of [...newest].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const { upn, audience } = readEvent(answer.raw);
    if (known.get(key) === audience) continue;
    await transaction
      .insertInto('known_accounts')
      .values({
        school_id: answer.schoolId,
        account_key: answer.row.account_key,
        account_name: answer.row.account_name,
        account_domain: answer.row.account_domain,
        full_name: answer.row.full_name,
        upn,
        audience,
        name_key: nameKey(answer.row.account_name),
        upn_key: nameKey(upn),
        person_id: null,
        matched_by: '',
      })
      .onConflict((conflict) => conflict.columns(['school_id', 'account_key']).doUpdateSet({ audience }))
      .execute();
    if (!known.has(key)) await matchAccount(transaction, answer.schoolId, answer.row.account_key);
  }
}

async function readAudiences(
  transaction: Transaction<Tables>,
  schoolIds: readonly string[],
  accountKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const audiences = new Map<string, string>();
  for (let start = 0; start < accountKeys.length; start += valuesPerQuestion) {
    const rows = await transaction
      .selectFrom('known_accounts')
      .select(['school_id', 'account_key', 'audience'])
      .where('school_id', 'in', schoolIds)
      .where('account_key', 'in', accountKeys.slice(start, start + valuesPerQuestion))
      .execute();
    for (const row of rows) audiences.set(keyOf(row.school_id, row.account_key), row.audience);
  }
  return audiences;
}

/**
 * Matches an account without a person, by SID or by name. Leaves it to a person where several people have that name, or
 * several accounts do: a wrong match would count an acceptance for the wrong person.
 */
async function matchAccount(
  transaction: Transaction<Tables>,
  schoolId: string,
  accountKey: string,
): Promise<void> {
  const account = await transaction
    .selectFrom('known_accounts')
    .select(['name_key', 'upn_key'])
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .where('person_id', 'is', null)
    .where('matched_by', '=', '')
    .executeTakeFirst();
  if (account === undefined) return;
  const bySid = await peopleBy(transaction, schoolId, 'sid', [accountKey]);
  if (bySid.length === 1) return setMatch(transaction, schoolId, accountKey, bySid[0] ?? '', 'sid');
  const names = [...new Set([account.name_key, account.upn_key])].filter((name) => name !== '');
  if (names.length === 0) return undefined;
  const byLogin = await peopleBy(transaction, schoolId, 'login_key', names);
  const byEmail = await peopleBy(transaction, schoolId, 'email_key', names);
  const people = [...new Set([...byLogin, ...byEmail])];
  const [personId] = people;
  if (personId === undefined || people.length > 1) return undefined;
  if (await hasRival(transaction, schoolId, { accountKey, personId, names })) return undefined;
  const by = byLogin.length > 0 ? 'name' : 'email';
  return setMatch(transaction, schoolId, accountKey, personId, by);
}

async function peopleBy(
  transaction: Transaction<Tables>,
  schoolId: string,
  column: 'sid' | 'login_key' | 'email_key',
  values: readonly string[],
): Promise<readonly string[]> {
  const rows = await transaction
    .selectFrom('roster_people')
    .select('person_id')
    .where('school_id', '=', schoolId)
    .where(column, 'in', values)
    .where('left_at', 'is', null)
    .limit(2)
    .execute();
  return rows.map((row) => row.person_id);
}

/** Whether another account has one of these names, or the person has an account already. */
async function hasRival(
  transaction: Transaction<Tables>,
  schoolId: string,
  {
    accountKey,
    personId,
    names,
  }: { readonly accountKey: string; readonly personId: string; readonly names: readonly string[] },
): Promise<boolean> {
  for (const [column, values] of [
    ['person_id', [personId]],
    ['name_key', names],
    ['upn_key', names],
  ] as const) {
    const rival = await transaction
      .selectFrom('known_accounts')
      .select('account_key')
      .where('school_id', '=', schoolId)
      .where(column, 'in', values)
      .where('account_key', '<>', accountKey)
      .limit(1)
      .executeTakeFirst();
    if (rival !== undefined) return true;
  }
  return false;
}

type MatchedBy = 'sid' | 'name' | 'email' | 'hand';

async function setMatch(
  transaction: Transaction<Tables>,
  schoolId: string,
  accountKey: string,
  personId: string,
  by: MatchedBy,
): Promise<void> {
  await transaction
    .updateTable('known_accounts')
    .set({ person_id: personId, matched_by: by })
    .where('school_id', '=', schoolId)
    .where('account_key', '=', accountKey)
    .execute();
}

/** Looks for accounts without a person under the names of these people. */
export async function matchPeople(
  transaction: Transaction<Tables>,
  schoolId: string,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return;
  const people = sql`select login_key as name from roster_people
      where school_id = ${schoolId} and person_id in (${sql.join(personIds)}) and login_key <> ''
    union select email_key from roster_people
      where school_id = ${schoolId} and person_id in (${sql.join(personIds)}) and email_key <> ''`;
  const { rows } = await sql<{ account_key: string }>`
    select account_key from known_accounts
      where school_id = ${schoolId} and name_key in (${people}) and person_id is null
    union select account_key from known_accounts
      where school_id = ${schoolId} and upn_key in (${people}) and person_id is null
    union select account_key from known_accounts
      where school_id = ${schoolId} and person_id is null and account_key in
        (select sid from roster_people where school_id = ${schoolId} and person_id in (${sql.join(personIds)}))
    order by account_key`.execute(transaction);
  for (const { account_key: accountKey } of rows) await matchAccount(transaction, schoolId, accountKey);
}
