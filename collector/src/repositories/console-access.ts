/** Access to the console: one-time links and sessions. */
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Role } from '../../../shared/console/access.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { asKept } from './as-kept.ts';
import { noteAudit } from './audit.ts';
import { insertAccount, type NewAccountRow, readRoles } from './console-accounts.ts';
import { createSecret, hashSecret } from './secrets.ts';

const technicianCodeLifeMs = 10 * 60 * 1000;
const sessionLifeMs = 12 * 60 * 60 * 1000;
/** The last use is kept this exactly, so that reading a page writes nothing most of the time. */
const lastUseStepMs = 5 * 60 * 1000;

/** What a one-time code is for. */
interface CodePurpose {
  readonly schoolId: string;
  readonly schoolName: string;
  /** The account whose password it sets; absent for a code that lets a technician in. */
  readonly account:
    | { readonly accountId: string; readonly name: string; readonly signInName: string }
    | undefined;
}

export interface OpenSession {
  readonly sessionId: string;
  readonly schoolId: string;
  readonly schoolName: string;
  /** Absent for a technician whom a link of the collector's computer let in. */
  readonly account:
    | { readonly accountId: string; readonly name: string; readonly signInName: string }
    | undefined;
  readonly roles: readonly Role[];
  /** For the audit log. */
  readonly actor: string;
}

interface ListedSession {
  readonly sessionId: string;
  readonly startedAt: string;
  readonly lastUsedAt: string;
  readonly endsAt: string;
  readonly browser: string;
}

/** What happens when a code is used, beside the session that opens. */
type CodeUse =
  | { readonly use: 'sign-in' }
  | {
      readonly use: 'create-account';
      readonly name: string;
      readonly signInName: string;
      readonly passwordHash: string;
    }
  | { readonly use: 'set-password'; readonly passwordHash: string };

export interface OpenedSession {
  /** The secret of the cookie. */
  readonly session: string;
  readonly lifeSeconds: number;
}

export type CodeRefusal = 'unknown-code' | 'sign-in-name-taken';

export interface ConsoleAccessRepository {
  /** A code that lets a technician in within 10 minutes. */
  createCode(schoolId: string): Promise<string>;
  /** Finds what a code is for without using it up; undefined for one that is used, expired or unknown. */
  findCode(code: string): Promise<CodePurpose | undefined>;
  /** Uses the code up and opens a session. A refused use leaves the code as it is. */
  redeemCode(code: string, use: CodeUse, browser: string): Promise<OpenedSession | CodeRefusal>;
  /** For an account that has proved who it is. */
  openSession(accountId: string, browser: string): Promise<OpenedSession | undefined>;
  findSession(session: string): Promise<OpenSession | undefined>;
  /** Newest first. */
  listSessions(accountId: string): Promise<readonly ListedSession[]>;
  endSession(session: OpenSession): Promise<void>;
  endOwnSession(accountId: string, sessionId: string): Promise<boolean>;
  /** The address of the last start; the command line prints sign-in addresses with it. */
  saveAddress(address: string): Promise<void>;
  readAddress(): Promise<string | undefined>;
}

interface NewSession {
  readonly sessionId: string;
  readonly sessionSha256: string;
  readonly browser: string;
  readonly at: string;
  readonly expiresAt: string;
}

async function insertSession(
  transaction: Transaction<Tables>,
  of: { readonly schoolId: string; readonly accountId: string | null },
  session: NewSession,
): Promise<void> {
  await transaction.deleteFrom('console_sessions').where('expires_at', '<=', session.at).execute();
  await transaction
    .insertInto('console_sessions')
    .values({
      session_id: session.sessionId,
      session_sha256: session.sessionSha256,
      school_id: of.schoolId,
      account_id: of.accountId,
      browser: session.browser,
      started_at: session.at,
      last_used_at: session.at,
      expires_at: session.expiresAt,
    })
    .execute();
  if (of.accountId === null) return;
  await transaction
    .updateTable('console_accounts')
    .set({ last_sign_in_at: session.at })
    .where('account_id', '=', of.accountId)
    .execute();
}

interface Redemption {
  readonly codeSha256: string;
  readonly session: NewSession;
  readonly account: NewAccountRow | undefined;
  readonly passwordHash: string | undefined;
}

/** The account that signs in with the code: none, a new one, or the one whose password the code sets. */
async function applyCode(
  transaction: Transaction<Tables>,
  code: { readonly school_id: string; readonly account_id: string | null },
  { account, passwordHash, session }: Redemption,
): Promise<string | null | CodeRefusal> {
  const schoolId = code.school_id;
  if (code.account_id !== null) {
    if (passwordHash === undefined) return 'unknown-code';
    const changed = await transaction
      .updateTable('console_accounts')
      .set({ password_hash: passwordHash })
      .where('account_id', '=', code.account_id)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) return 'unknown-code';
    await transaction.deleteFrom('console_sessions').where('account_id', '=', code.account_id).execute();
    const actor = `account:${code.account_id}`;
    await noteAudit(transaction, [
      { schoolId, at: session.at, actor, act: 'password-set', subject: actor, detail: 'by a one-time link' },
    ]);
    return code.account_id;
  }
  if (passwordHash !== undefined) return 'unknown-code';
  if (account === undefined) return null;
  const actor = 'one-time-link';
  const isNew = await insertAccount(transaction, { ...account, schoolId, at: session.at, actor });
  return isNew ? account.accountId : 'sign-in-name-taken';
}

const isRefusal = (result: string | null): result is CodeRefusal =>
  result === 'unknown-code' || result === 'sign-in-name-taken';

export const consoleAccessWrites = {
  'console.createCode': async (
    transaction: Transaction<Tables>,
    code: { readonly schoolId: string; readonly codeSha256: string; readonly expiresAt: string },
  ): Promise<void> => {
    await transaction
      .insertInto('console_codes')
      .values({ school_id: code.schoolId, code_sha256: code.codeSha256, expires_at: code.expiresAt })
      .execute();
  },

  /** Undefined when a session is open; else the reason why none is. */
  'console.redeemCode': async (
    transaction: Transaction<Tables>,
    input: Redemption,
  ): Promise<CodeRefusal | undefined> => {
    const code = await transaction
      .deleteFrom('console_codes')
      .where('code_sha256', '=', input.codeSha256)
      .where('expires_at', '>', input.session.at)
      .returning(['school_id', 'account_id', 'expires_at'])
      .executeTakeFirst();
    if (code === undefined) return 'unknown-code';
    const accountId = await applyCode(transaction, code, input);
    if (isRefusal(accountId)) {
      // The person may correct the answer and press again.
      await transaction
        .insertInto('console_codes')
        .values({ ...code, code_sha256: input.codeSha256 })
        .execute();
      return accountId;
    }
    await transaction.deleteFrom('console_codes').where('expires_at', '<=', input.session.at).execute();
    await insertSession(transaction, { schoolId: code.school_id, accountId }, input.session);
    if (accountId === null) {
      const subject = `session:${input.session.sessionId}`;
      await noteAudit(transaction, [
        {
          schoolId: code.school_id,
          at: input.session.at,
          actor: 'one-time-link',
          act: 'signed-in',
          subject,
          detail: '',
        },
      ]);
    }
    return undefined;
  },

  'console.openSession': async (
    transaction: Transaction<Tables>,
    { accountId, session }: { readonly accountId: string; readonly session: NewSession },
  ): Promise<boolean> => {
    const account = await transaction
      .selectFrom('console_accounts')
      .select('school_id as schoolId')
      .where('account_id', '=', accountId)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (account === undefined) return false;
    await insertSession(transaction, { schoolId: account.schoolId, accountId }, session);
    return true;
  },

  'console.noteUse': async (
    transaction: Transaction<Tables>,
    { sessionId, at }: { readonly sessionId: string; readonly at: string },
  ): Promise<void> => {
    await transaction
      .updateTable('console_sessions')
      .set({ last_used_at: at })
      .where('session_id', '=', sessionId)
      .execute();
  },

  /** `accountId` null: a session without an account. */
  'console.endSession': async (
    transaction: Transaction<Tables>,
    { accountId, sessionId }: { readonly accountId: string | null; readonly sessionId: string },
  ): Promise<boolean> => {
    const ended = await transaction
      .deleteFrom('console_sessions')
      .where('session_id', '=', sessionId)
      .where('account_id', accountId === null ? 'is' : '=', accountId)
      .executeTakeFirst();
    return ended.numDeletedRows > 0n;
  },

  'console.saveAddress': async (transaction: Transaction<Tables>, value: string): Promise<void> => {
    await transaction
      .insertInto('settings')
      .values({ name: 'address', value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  },
};

export function createConsoleAccessRepository(storage: Storage, now: () => Date): ConsoleAccessRepository {
  const after = (milliseconds: number): string => new Date(now().getTime() + milliseconds).toISOString();
  const makeSession = (browser: string): { readonly secret: string; readonly row: NewSession } => {
    const secret = createSecret('');
    return {
      secret,
      row: {
        sessionId: randomUUID(),
        sessionSha256: hashSecret(secret),
        browser: asKept(browser).slice(0, 300),
        at: now().toISOString(),
        expiresAt: after(sessionLifeMs),
      },
    };
  };
  const lifeSeconds = sessionLifeMs / 1000;

  return {
    async createCode(schoolId) {
      const code = createSecret('');
      await storage.write('console.createCode', {
        schoolId,
        codeSha256: hashSecret(code),
        expiresAt: after(technicianCodeLifeMs),
      });
      return code;
    },

    async findCode(code) {
      const row = await storage.reader
        .selectFrom('console_codes')
        .leftJoin('schools', 'schools.school_id', 'console_codes.school_id')
        .leftJoin('console_accounts', 'console_accounts.account_id', 'console_codes.account_id')
        .select([
          'console_codes.school_id as schoolId',
          'schools.name as schoolName',
          'console_codes.account_id as accountId',
          'console_accounts.name',
          'console_accounts.sign_in_name as signInName',
          'console_accounts.disabled_at as disabledAt',
        ])
        .where('console_codes.code_sha256', '=', hashSecret(code))
        .where('console_codes.expires_at', '>', now().toISOString())
        .executeTakeFirst();
      if (row === undefined || row.disabledAt !== null) return undefined;
      const { schoolId, schoolName, accountId, name, signInName } = row;
      return {
        schoolId,
        schoolName: schoolName ?? '',
        account:
          accountId === null ? undefined : { accountId, name: name ?? '', signInName: signInName ?? '' },
      };
    },

    async redeemCode(code, use, browser) {
      const { secret, row } = makeSession(browser);
      const refusal = await storage.write('console.redeemCode', {
        codeSha256: hashSecret(code),
        session: row,
        account:
          use.use === 'create-account'
            ? { ...use, accountId: randomUUID(), roles: ['technician'], passwordHash: use.passwordHash }
            : undefined,
        passwordHash: use.use === 'set-password' ? use.passwordHash : undefined,
      });
      return refusal ?? { session: secret, lifeSeconds };
    },

    async openSession(accountId, browser) {
      const { secret, row } = makeSession(browser);
      const isOpen = await storage.write('console.openSession', { accountId, session: row });
      return isOpen ? { session: secret, lifeSeconds } : undefined;
    },

    async findSession(session) {
      const at = now().toISOString();
      const row = await storage.reader
        .selectFrom('console_sessions')
        .leftJoin('schools', 'schools.school_id', 'console_sessions.school_id')
        .leftJoin('console_accounts', 'console_accounts.account_id', 'console_sessions.account_id')
        .select([
          'session_id as sessionId',
          'console_sessions.school_id as schoolId',
          'schools.name as schoolName',
          'console_sessions.account_id as accountId',
          'last_used_at as lastUsedAt',
          'console_accounts.name',
          'console_accounts.sign_in_name as signInName',
          'console_accounts.roles',
          'console_accounts.disabled_at as disabledAt',
        ])
        .where('session_sha256', '=', hashSecret(session))
        .where('expires_at', '>', at)
        .executeTakeFirst();
      if (row === undefined || row.disabledAt !== null) return undefined;
      const { sessionId, schoolId, accountId } = row;
      if (Date.parse(at) - Date.parse(row.lastUsedAt) > lastUseStepMs) {
        await storage.write('console.noteUse', { sessionId, at });
      }
      const school = { schoolId, schoolName: row.schoolName ?? '' };
      if (accountId === null) {
        return {
          sessionId,
          ...school,
          account: undefined,
          roles: ['technician'],
          actor: `one-time-link:${sessionId}`,
        };
      }
      return {
        sessionId,
        ...school,
        account: { accountId, name: row.name ?? '', signInName: row.signInName ?? '' },
        roles: readRoles(row.roles ?? ''),
        actor: `account:${accountId}`,
      };
    },

    listSessions: (accountId) =>
      storage.reader
        .selectFrom('console_sessions')
        .select([
          'session_id as sessionId',
          'started_at as startedAt',
          'last_used_at as lastUsedAt',
          'expires_at as endsAt',
          'browser',
        ])
        .where('account_id', '=', accountId)
        .where('expires_at', '>', now().toISOString())
        .orderBy('started_at', 'desc')
        .limit(200)
        .execute(),

    async endSession({ sessionId, account }) {
      await storage.write('console.endSession', { sessionId, accountId: account?.accountId ?? null });
    },

    endOwnSession: (accountId, sessionId) => storage.write('console.endSession', { accountId, sessionId }),

    saveAddress: (address) => storage.write('console.saveAddress', address),

    async readAddress() {
      const row = await storage.reader
        .selectFrom('settings')
        .select('value')
        .where('name', '=', 'address')
        .executeTakeFirst();
      return row?.value;
    },
  };
}
