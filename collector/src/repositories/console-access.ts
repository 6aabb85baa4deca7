/** Who may see the console: one-time codes that become sessions. */
import type { CollectorDatabase } from './database.ts';
import { createSecret, hashSecret } from './secrets.ts';

const codeLifeMs = 10 * 60 * 1000;
const sessionLifeMs = 12 * 60 * 60 * 1000;

export interface ConsoleAccessRepository {
  /** A code that opens one session within 10 minutes. */
  createCode(): Promise<string>;
  /** Uses the code up and opens a session; undefined when it was used, is too old or never was. */
  redeemCode(code: string): Promise<{ session: string; lifeSeconds: number } | undefined>;
  isSessionOpen(session: string): Promise<boolean>;
  /** The address under which the collector was last started; the command line prints sign-in addresses with it. */
  saveAddress(address: string): Promise<void>;
  readAddress(): Promise<string | undefined>;
}

export function createConsoleAccessRepository(
  database: CollectorDatabase,
  now: () => Date,
): ConsoleAccessRepository {
  const after = (milliseconds: number): string => new Date(now().getTime() + milliseconds).toISOString();
  return {
    async createCode() {
      const code = createSecret('');
      await database
        .insertInto('console_codes')
        .values({ code_sha256: hashSecret(code), expires_at: after(codeLifeMs) })
        .execute();
      return code;
    },

    async redeemCode(code) {
      const nowText = now().toISOString();
      return database.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('console_codes')
          .where('code_sha256', '=', hashSecret(code))
          .where('expires_at', '>', nowText)
          .executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) return undefined;
        await transaction.deleteFrom('console_codes').where('expires_at', '<=', nowText).execute();
        await transaction.deleteFrom('console_sessions').where('expires_at', '<=', nowText).execute();
        const session = createSecret('');
        await transaction
          .insertInto('console_sessions')
          .values({ session_sha256: hashSecret(session), expires_at: after(sessionLifeMs) })
          .execute();
        return { session, lifeSeconds: sessionLifeMs / 1000 };
      });
    },

    async isSessionOpen(session) {
      const row = await database
        .selectFrom('console_sessions')
        .select('expires_at')
        .where('session_sha256', '=', hashSecret(session))
        .where('expires_at', '>', now().toISOString())
        .executeTakeFirst();
      return row !== undefined;
    },

    async saveAddress(address) {
      await database
        .insertInto('settings')
        .values({ name: 'address', value: address })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: address }))
        .execute();
    },

    async readAddress() {
      const row = await database
        .selectFrom('settings')
        .select('value')
        .where('name', '=', 'address')
        .executeTakeFirst();
      return row?.value;
    },
  };
}
