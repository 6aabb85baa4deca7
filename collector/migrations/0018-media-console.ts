/** Version 18 of the database: lost devices, and a way to find what devices were seen. */
import type { Kysely } from 'kysely';
import { type DatabaseKind, wholeNumber } from './column-kinds.ts';

export async function addMediaConsole(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const { schema } = database;
  // 1 where the device did not come back.
  await schema
    .alterTable('media_register')
    .addColumn('lost', wholeNumber(kind), (column) => column.notNull().defaultTo(0))
    .execute();
  // Holds the sightings alone: they are few among all events.
  await schema
    .createIndex('events_media_seen')
    .on('events')
    .columns(['school_id', 'position'])
    .where('type' as never, '=', 'porthor.media.seen.v1')
    .execute();
}
