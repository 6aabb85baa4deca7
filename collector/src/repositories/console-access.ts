/** Access to the console: one-time codes that open sessions. */
import type { Transaction } from 'kysely';
import type { Storage } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { createSecret, hashSecret } from './secrets.ts';

const codeLifeMs = 10 * 60 * 1000;
const sessionLifeMs = 12 * 60 * 60 * 1000;

export interface ConsoleAccessRepository {
  /** A code that opens one session for a school within 10 minutes. */
  createCode(schoolId: string): Promise<string>;
  /** Uses the code up and opens a session; undefined for a code that is used, expired or unknown. */
  redeemCode(code: string): Promise<{ session: string; lifeSeconds: number } | undefined>;
  /** The school of an open session. */
  schoolOfSession(session: string): Promise<string | undefined>;
  /** The address of the last start; the command line prints sign-in addresses with it. */
  saveAddress(address: string): Promise<void>;
  readAddress(): Promise<string | undefined>;
}

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

  'console.redeemCode': async (
    transaction: Transaction<Tables>,
    input: {
      readonly codeSha256: string;
      readonly sessionSha256: string;
      readonly at: string;
      readonly expiresAt: string;
    },
  ): Promise<boolean> => {
    const code = await transaction
      .deleteFrom('console_codes')
      .where('code_sha256', '=', input.codeSha256)
      .where('expires_at', '>', input.at)
      .returning('school_id')
      .executeTakeFirst();
    if (code === undefined) return false;
    await transaction.deleteFrom('console_codes').where('expires_at', '<=', input.at).execute();
    await transaction.deleteFrom('console_sessions').where('expires_at', '<=', input.at).execute();
    await transaction
      .insertInto('console_sessions')
      .values({
        school_id: code.school_id,
        session_sha256: input.sessionSha256,
        expires_at: input.expiresAt,
      })
      .execute();
    return true;
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
  return {
    async createCode(schoolId) {
      const code = createSecret('');
      await storage.write('console.createCode', {
        schoolId,
        codeSha256: hashSecret(code),
        expiresAt: after(codeLifeMs),
      });
      return code;
    },

    async redeemCode(code) {
      const session = createSecret('');
      const opened = await storage.write('console.redeemCode', {
        codeSha256: hashSecret(code),
        sessionSha256: hashSecret(session),
        at: now().toISOString(),
        expiresAt: after(sessionLifeMs),
      });
      return opened ? { session, lifeSeconds: sessionLifeMs / 1000 } : undefined;
    },

    async schoolOfSession(session) {
      const row = await storage.reader
        .selectFrom('console_sessions')
        .select('school_id')
        .where('session_sha256', '=', hashSecret(session))
        .where('expires_at', '>', now().toISOString())
        .executeTakeFirst();
      return row?.school_id;
    },

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
