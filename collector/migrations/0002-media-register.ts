/** Version 2 of the database: the device register, and requests for approval. */
import type { Kysely } from 'kysely';
import { countedKey, countedNumber, type DatabaseKind, wholeNumber } from './column-kinds.ts';

export async function createMediaRegister(database: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  const { schema } = database;

  await schema
    .createTable('media_register')
    .addColumn('entry_id', 'text', (column) => column.primaryKey())
    .addColumn('vendor_id', 'text', (column) => column.notNull())
    .addColumn('product_id', 'text', (column) => column.notNull())
    .addColumn('serial', 'text')
    .addColumn('serial_key', 'text')
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('issued_to', 'text', (column) => column.notNull())
    .addColumn('issued_at', 'text')
    .addColumn('returned_at', 'text')
    .addColumn('expires_at', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();

  await schema
    .createTable('media_requests')
    .addColumn('position', countedNumber(kind), countedKey(kind))
    .addColumn('event_id', 'text', (column) => column.notNull().unique().references('events.event_id'))
    .addColumn('vendor_id', 'text', (column) => column.notNull())
    .addColumn('product_id', 'text', (column) => column.notNull())
    .addColumn('serial', 'text', (column) => column.notNull())
    .addColumn('device_name', 'text', (column) => column.notNull())
    .addColumn('size_bytes', wholeNumber(kind), (column) => column.notNull())
    .addColumn('encryption', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('hostname', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'text', (column) => column.notNull())
    .addColumn('decision', 'text', (column) => column.notNull())
    .addColumn('decided_at', 'text')
    .execute();
}
