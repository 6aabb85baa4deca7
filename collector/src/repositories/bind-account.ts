/** Binds an agent that has not named its account to the first account for which it reports or asks. */
import type { Transaction } from 'kysely';
import type { Tables } from '../storage/tables.ts';

/** Returns the account to which the agent is bound, which may be an earlier one. */
export async function bindAccount(
  transaction: Transaction<Tables>,
  { agentId, account }: { readonly agentId: string; readonly account: string },
): Promise<string | null> {
  await transaction
    .updateTable('agents')
    .set({ account_key: account })
    .where('agent_id', '=', agentId)
    .where('account_key', 'is', null)
    .execute();
  const row = await transaction
    .selectFrom('agents')
    .select('account_key')
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return row?.account_key ?? null;
}
