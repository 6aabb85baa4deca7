/** Version 8 of the database: the transparency log. Acknowledgements that are there already wait to be taken into it. */
import { createHash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { countedKey, countedNumber, type DatabaseKind, wholeNumber } from './column-kinds.ts';

const rowsPerPage = 500;

export async function createLog(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('log_pending')
    .addColumn('position', countedNumber(kind), countedKey(kind))
    .addColumn('event_id', 'text', (column) => column.notNull().unique())
    .addColumn('entry', 'text', (column) => column.notNull())
    .execute();
  // Apart from the leaves, so that an erasure removes the salt and leaves the log whole.
  await schema
    .createTable('log_salts')
    .addColumn('event_id', 'text', (column) => column.primaryKey())
    .addColumn('salt', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('log_leaves')
    .addColumn('leaf_index', wholeNumber(kind), (column) => column.primaryKey())
    .addColumn('event_id', 'text', (column) => column.notNull().unique())
    .addColumn('entry', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('log_tiles')
    .addColumn('level', 'integer', (column) => column.notNull())
    .addColumn('tile_index', wholeNumber(kind), (column) => column.notNull())
    .addColumn('hashes', sql.raw(kind === 'sqlite' ? 'blob' : 'bytea'), (column) => column.notNull())
    .addPrimaryKeyConstraint('log_tiles_key', ['level', 'tile_index'])
    .execute();
  await schema
    .createTable('log_head')
    .addColumn('head_id', 'integer', (column) => column.primaryKey())
    .addColumn('size', wholeNumber(kind), (column) => column.notNull())
    // The public half of the key that signs; empty until the first checkpoint.
    .addColumn('verifier_key', 'text', (column) => column.notNull())
    .addColumn('checkpoint', 'text', (column) => column.notNull())
    .execute();
  await sql`insert into log_head (head_id, size, verifier_key, checkpoint) values (1, 0, '', '')`.execute(
    database,
  );
  await addEarlierAcknowledgements(database);
}

async function addEarlierAcknowledgements(database: Kysely<unknown>): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<{ place: number; event_id: string; raw: string }>`
      select evidence_chain.place, events.event_id, events.raw
      from evidence_chain join events on events.event_id = evidence_chain.event_id
      where evidence_chain.place > ${after}
      order by evidence_chain.place limit ${rowsPerPage}`.execute(database);
    for (const { place, event_id, raw } of rows) {
      const salt = randomBytes(32);
      const digest = createHash('sha256').update(salt).update(raw, 'utf8').digest('hex');
      await sql`insert into log_salts (event_id, salt) values (${event_id}, ${salt.toString('hex')})`.execute(
        database,
      );
      await sql`insert into log_pending (event_id, entry)
        values (${event_id}, ${`porthor-leaf-v1 acknowledgement ${digest}`})`.execute(database);
      after = place;
    }
    if (rows.length < rowsPerPage) return;
  }
}
