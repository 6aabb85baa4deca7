/** Version 4 of the database: who answered a request for approval and why, and whose PCs are told. */
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { accountKey, accountSchema } from '../../shared/wire/account.ts';

const askedBySchema = z.object({ data: z.object({ account: accountSchema }) });

/** Those who have asked already are told as well: whose request it was stands in its event. */
export async function addMediaAnswers(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  for (const column of ['account_key', 'decided_by', 'decision_reason']) {
    await schema
      .alterTable('media_requests')
      .addColumn(column, 'text', (definition) => definition.notNull().defaultTo(''))
      .execute();
  }
  const { rows } = await sql<{ event_id: string; raw: string }>`
    select events.event_id, events.raw
    from media_requests join events on events.event_id = media_requests.event_id`.execute(database);
  for (const row of rows) {
    const { data } = askedBySchema.parse(JSON.parse(row.raw));
    await sql`update media_requests set account_key = ${accountKey(data.account)}
      where event_id = ${row.event_id}`.execute(database);
  }
  await schema
    .createIndex('media_requests_by_account')
    .on('media_requests')
    .columns(['account_key', 'decided_at'])
    .execute();
}
