/** Column types that the two databases spell differently. Released migrations use this file, so it never changes. */
import { type ColumnDefinitionBuilder, type RawBuilder, sql } from 'kysely';

export type DatabaseKind = 'sqlite' | 'postgres';

/** A 64-bit whole number. */
export function wholeNumber(kind: DatabaseKind): RawBuilder<unknown> {
  return sql.raw(kind === 'sqlite' ? 'integer' : 'bigint');
}

/** For a primary key that the database counts up by itself. Use it together with `countedKey`. */
export function countedNumber(kind: DatabaseKind): RawBuilder<unknown> {
  return sql.raw(kind === 'sqlite' ? 'integer' : 'bigserial');
}

export function countedKey(kind: DatabaseKind) {
  return (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder =>
    kind === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey();
}
