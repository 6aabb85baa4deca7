/** Version 10 of the database: what the console sorts and searches acknowledgements by. */
import { type Kysely, sql } from 'kysely';

const rowsPerPage = 500;

/** The collector's own rule at this version: without case and accents, name before account. */
function searchText(parts: readonly string[]): string {
  return parts
    .join(' ')
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
}

export async function addAcknowledgementSearch(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .alterTable('acknowledgements')
    .addColumn('search_text', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  for (let after = 0; ; ) {
    const { rows } = await sql<{
      position: number;
      full_name: string;
      account_name: string;
      account_domain: string;
    }>`
      select position, full_name, account_name, account_domain from acknowledgements
      where position > ${after} order by position limit ${rowsPerPage}`.execute(database);
    for (const { position, full_name, account_name, account_domain } of rows) {
      const text = searchText([full_name, account_domain, account_name]);
      await sql`update acknowledgements set search_text = ${text} where position = ${position}`.execute(
        database,
      );
      after = position;
    }
    if (rows.length < rowsPerPage) break;
  }
  await schema
    .createIndex('acknowledgements_by_arrival')
    .on('acknowledgements')
    .columns(['school_id', 'position'])
    .execute();
  await schema
    .createIndex('acknowledgements_by_decision')
    .on('acknowledgements')
    .columns(['school_id', 'decided_at', 'position'])
    .execute();
  await schema
    .createIndex('acknowledgements_by_name')
    .on('acknowledgements')
    .columns(['school_id', 'search_text', 'position'])
    .execute();
  await schema
    .createIndex('acknowledgements_by_policy')
    .on('acknowledgements')
    .columns(['school_id', 'policy_id', 'position'])
    .execute();
  await schema
    .createIndex('agents_by_last_seen')
    .on('agents')
    .columns(['school_id', 'last_seen_at', 'agent_id'])
    .execute();
  await schema
    .createIndex('agents_by_name')
    .on('agents')
    .columns(['school_id', 'hostname', 'agent_id'])
    .execute();
}
