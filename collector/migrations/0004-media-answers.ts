/** Version 4 of the database: the answer to a request for approval, and the account that receives it. */
import { type Kysely, sql } from 'kysely';

interface AskedBy {
  readonly data: {
    readonly account: { readonly name: string; readonly domain: string; readonly sid: string };
  };
}

/** The account of an earlier request comes from its event, so that its sender is answered too. */
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
    const { name, domain, sid } = (JSON.parse(row.raw) as AskedBy).data.account;
    const accountKey = sid === '' ? `${domain}\\${name}`.toLowerCase() : sid.toUpperCase();
    await sql`update media_requests set account_key = ${accountKey}
      where event_id = ${row.event_id}`.execute(database);
  }
  await schema
    .createIndex('media_requests_by_account')
    .on('media_requests')
    .columns(['account_key', 'decided_at'])
    .execute();
}
