/** Adds the register of approved and issued media, and what people asked to have approved. */
import type { Kysely } from 'kysely';

export async function createMediaRegister(database: Kysely<unknown>): Promise<void> {
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
    .addColumn('position', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('event_id', 'text', (column) => column.notNull().unique().references('events.event_id'))
    .addColumn('vendor_id', 'text', (column) => column.notNull())
    .addColumn('product_id', 'text', (column) => column.notNull())
    .addColumn('serial', 'text', (column) => column.notNull())
    .addColumn('device_name', 'text', (column) => column.notNull())
    .addColumn('size_bytes', 'integer', (column) => column.notNull())
    .addColumn('encryption', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('hostname', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'text', (column) => column.notNull())
    .addColumn('decision', 'text', (column) => column.notNull())
    .addColumn('decided_at', 'text')
    .execute();
}
