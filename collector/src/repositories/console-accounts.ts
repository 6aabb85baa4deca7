/** Accounts of the console: created by invitation, changed and disabled; every change is in the audit log. */
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type ConsoleAccount, type Role, roleSchema } from '../../../shared/console/access.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';
import { noteAudit } from './audit.ts';
import { createSecret, hashSecret } from './secrets.ts';

const codeLifeMs = 7 * 24 * 60 * 60 * 1000;

export interface NewAccountRow {
  readonly accountId: string;
  readonly name: string;
  readonly signInName: string;
  readonly roles: readonly Role[];
  /** Absent until the person has chosen a password. */
  readonly passwordHash: string | undefined;
}

/** The person who changes an account. */
interface Change {
  readonly schoolId: string;
  readonly at: string;
  readonly actor: string;
}

interface SignInAccount {
  readonly accountId: string;
  readonly schoolId: string;
  readonly passwordHash: string | undefined;
}

interface IssuedCode {
  readonly accountId: string;
  readonly code: string;
  readonly endsAt: string;
}

export interface ConsoleAccountRepository {
  /** By name. */
  list(schoolId: string): Promise<readonly ConsoleAccount[]>;
  find(schoolId: string, accountId: string): Promise<ConsoleAccount | undefined>;
  /** Undefined where the sign-in name is taken. */
  invite(
    by: Omit<Change, 'at'>,
    account: Pick<NewAccountRow, 'name' | 'signInName' | 'roles'>,
  ): Promise<IssuedCode | undefined>;
  /** A new link with which the person sets a password; earlier ones end. Undefined for no such account. */
  issueCode(by: Omit<Change, 'at'>, accountId: string): Promise<IssuedCode | undefined>;
  setRoles(by: Omit<Change, 'at'>, accountId: string, roles: readonly Role[]): Promise<boolean>;
  /** A disabled account's sessions and links end at once. */
  setDisabled(by: Omit<Change, 'at'>, accountId: string, disabled: boolean): Promise<boolean>;
  endSessions(by: Omit<Change, 'at'>, accountId: string): Promise<boolean>;
  findForSignIn(signInName: string): Promise<SignInAccount | undefined>;
  /** Ends all other sessions of the account. */
  setPassword(
    by: Omit<Change, 'at'>,
    change: { readonly accountId: string; readonly passwordHash: string; readonly keepSessionId: string },
  ): Promise<void>;
}

/** Sign-in names are compared without case. */
export function signInKey(signInName: string): string {
  return asKept(signInName.normalize('NFKC').trim().toLowerCase());
}

/** Roles are stored as text; one that this collector does not know gives no rights. */
export function readRoles(text: string): readonly Role[] {
  return text
    .split(' ')
    .map((one) => roleSchema.safeParse(one))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []));
}

/** False where the sign-in name is taken; then nothing is stored. */
export async function insertAccount(
  transaction: Transaction<Tables>,
  { accountId, name, signInName, roles, passwordHash, schoolId, at, actor }: NewAccountRow & Change,
): Promise<boolean> {
  const inserted = await transaction
    .insertInto('console_accounts')
    .values({
      account_id: accountId,
      school_id: schoolId,
      name: asKept(name),
      sign_in_name: asKept(signInName),
      sign_in_key: signInKey(signInName),
      roles: roles.join(' '),
      password_hash: passwordHash ?? null,
      created_at: at,
      disabled_at: null,
      last_sign_in_at: null,
      windows_accounts_named_at: null,
    })
    .onConflict((conflict) => conflict.column('sign_in_key').doNothing())
    .returning('account_id')
    .executeTakeFirst();
  if (inserted === undefined) return false;
  const subject = `account:${accountId}`;
  await noteAudit(transaction, [
    { schoolId, at, actor, act: 'account-created', subject, detail: roles.join(' ') },
  ]);
  return true;
}

interface CodeRow {
  readonly accountId: string;
  readonly codeSha256: string;
  readonly expiresAt: string;
}

async function insertCode(
  transaction: Transaction<Tables>,
  schoolId: string,
  { accountId, codeSha256, expiresAt }: CodeRow,
): Promise<void> {
  await transaction.deleteFrom('console_codes').where('account_id', '=', accountId).execute();
  await transaction
    .insertInto('console_codes')
    .values({ school_id: schoolId, code_sha256: codeSha256, expires_at: expiresAt, account_id: accountId })
    .execute();
}

async function isOfSchool(
  transaction: Transaction<Tables>,
  schoolId: string,
  accountId: string,
): Promise<boolean> {
  const row = await transaction
    .selectFrom('console_accounts')
    .select('account_id')
    .where('school_id', '=', schoolId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row !== undefined;
}

type OnAccount = Change & { readonly accountId: string };

function note(transaction: Transaction<Tables>, change: OnAccount, act: string, detail = ''): Promise<void> {
  const { schoolId, at, actor, accountId } = change;
  return noteAudit(transaction, [{ schoolId, at, actor, act, subject: `account:${accountId}`, detail }]);
}

export const consoleAccountWrites = {
  'accounts.invite': async (
    transaction: Transaction<Tables>,
    { account, code }: { readonly account: NewAccountRow & Change; readonly code: CodeRow },
  ): Promise<boolean> => {
    if (!(await insertAccount(transaction, account))) return false;
    await insertCode(transaction, account.schoolId, code);
    return true;
  },

  'accounts.issueCode': async (
    transaction: Transaction<Tables>,
    { change, code }: { readonly change: OnAccount; readonly code: CodeRow },
  ): Promise<boolean> => {
    if (!(await isOfSchool(transaction, change.schoolId, change.accountId))) return false;
    await insertCode(transaction, change.schoolId, code);
    await note(transaction, change, 'link-issued');
    return true;
  },

  'accounts.setRoles': async (
    transaction: Transaction<Tables>,
    { roles, ...change }: OnAccount & { readonly roles: readonly Role[] },
  ): Promise<boolean> => {
    if (!(await isOfSchool(transaction, change.schoolId, change.accountId))) return false;
    await transaction
      .updateTable('console_accounts')
      .set({ roles: roles.join(' ') })
      .where('account_id', '=', change.accountId)
      .execute();
    await note(transaction, change, 'roles-changed', roles.join(' '));
    return true;
  },

  'accounts.setDisabled': async (
    transaction: Transaction<Tables>,
    { disabled, ...change }: OnAccount & { readonly disabled: boolean },
  ): Promise<boolean> => {
    const { accountId } = change;
    if (!(await isOfSchool(transaction, change.schoolId, accountId))) return false;
    await transaction
      .updateTable('console_accounts')
      .set({ disabled_at: disabled ? change.at : null })
      .where('account_id', '=', accountId)
      .execute();
    if (disabled) {
      await transaction.deleteFrom('console_sessions').where('account_id', '=', accountId).execute();
      await transaction.deleteFrom('console_codes').where('account_id', '=', accountId).execute();
    }
    await note(transaction, change, disabled ? 'account-disabled' : 'account-enabled');
    return true;
  },

  'accounts.endSessions': async (transaction: Transaction<Tables>, change: OnAccount): Promise<boolean> => {
    if (!(await isOfSchool(transaction, change.schoolId, change.accountId))) return false;
    await transaction.deleteFrom('console_sessions').where('account_id', '=', change.accountId).execute();
    await note(transaction, change, 'sessions-ended');
    return true;
  },

  'accounts.setPassword': async (
    transaction: Transaction<Tables>,
    {
      passwordHash,
      keepSessionId,
      ...change
    }: OnAccount & { readonly passwordHash: string; readonly keepSessionId: string },
  ): Promise<void> => {
    const { accountId } = change;
    await transaction
      .updateTable('console_accounts')
      .set({ password_hash: passwordHash })
      .where('account_id', '=', accountId)
      .execute();
    await transaction
      .deleteFrom('console_sessions')
      .where('account_id', '=', accountId)
      .where('session_id', '!=', keepSessionId)
      .execute();
    await note(transaction, change, 'password-changed');
  },
};

export function createConsoleAccountRepository(storage: Storage, now: () => Date): ConsoleAccountRepository {
  const at = (): string => now().toISOString();
  const makeCode = (accountId: string): { readonly issued: IssuedCode; readonly row: CodeRow } => {
    const code = createSecret('');
    const expiresAt = new Date(now().getTime() + codeLifeMs).toISOString();
    return {
      issued: { accountId, code, endsAt: expiresAt },
      row: { accountId, codeSha256: hashSecret(code), expiresAt },
    };
  };
  const accountsOf = (schoolId: string) =>
    storage.reader
      .selectFrom('console_accounts')
      .select(({ selectFrom }) => [
        'account_id as accountId',
        'name',
        'sign_in_name as signInName',
        'roles',
        'password_hash as passwordHash',
        'created_at as createdAt',
        'disabled_at as disabledAt',
        'last_sign_in_at as lastSignInAt',
        selectFrom('console_sessions')
          .whereRef('console_sessions.account_id', '=', 'console_accounts.account_id')
          .where('expires_at', '>', at())
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .as('openSessions'),
      ])
      .where('school_id', '=', schoolId);
  type Row = Awaited<ReturnType<ReturnType<typeof accountsOf>['execute']>>[number];
  const toAccount = ({
    roles,
    passwordHash,
    disabledAt,
    lastSignInAt,
    openSessions,
    ...row
  }: Row): ConsoleAccount => ({
    ...row,
    roles: [...readRoles(roles)],
    state: disabledAt !== null ? 'disabled' : passwordHash === null ? 'invited' : 'active',
    ...(lastSignInAt === null ? {} : { lastSignInAt }),
    openSessions: openSessions ?? 0,
  });

  return {
    async list(schoolId) {
      const rows = await accountsOf(schoolId).orderBy('name').orderBy('account_id').limit(2000).execute();
      return rows.map(toAccount);
    },

    async find(schoolId, accountId) {
      const row = await accountsOf(schoolId).where('account_id', '=', accountId).executeTakeFirst();
      return row === undefined ? undefined : toAccount(row);
    },

    async invite(by, account) {
      const accountId = randomUUID();
      const { issued, row } = makeCode(accountId);
      const isNew = await storage.write('accounts.invite', {
        account: { ...account, ...by, accountId, passwordHash: undefined, at: at() },
        code: row,
      });
      return isNew ? issued : undefined;
    },

    async issueCode(by, accountId) {
      const { issued, row } = makeCode(accountId);
      const isKnown = await storage.write('accounts.issueCode', {
        change: { ...by, accountId, at: at() },
        code: row,
      });
      return isKnown ? issued : undefined;
    },

    setRoles: (by, accountId, roles) =>
      storage.write('accounts.setRoles', { ...by, at: at(), accountId, roles }),
    setDisabled: (by, accountId, disabled) =>
      storage.write('accounts.setDisabled', { ...by, at: at(), accountId, disabled }),
    endSessions: (by, accountId) => storage.write('accounts.endSessions', { ...by, at: at(), accountId }),
    setPassword: (by, change) => storage.write('accounts.setPassword', { ...by, ...change, at: at() }),

    async findForSignIn(signInName) {
      const row = await storage.reader
        .selectFrom('console_accounts')
        .select(['account_id as accountId', 'school_id as schoolId', 'password_hash as passwordHash'])
        .where('sign_in_key', '=', signInKey(signInName))
        .where('disabled_at', 'is', null)
        .executeTakeFirst();
      return row === undefined ? undefined : { ...row, passwordHash: row.passwordHash ?? undefined };
    },
  };
}
