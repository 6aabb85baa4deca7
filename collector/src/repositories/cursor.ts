/** The opaque place after the last row of a page: the values that the list is ordered by. */
import { z } from 'zod';

const valuesSchema = z.tuple([z.union([z.string(), z.number()]), z.union([z.string(), z.number()])]);
type Values = z.infer<typeof valuesSchema>;

export function writeCursor(...values: Values): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Undefined for a text that is no cursor; the list then starts from its beginning. */
export function readCursor(text: string | undefined): Values | undefined {
  if (text === undefined) return undefined;
  try {
    return valuesSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** `rows` holds one row more than a page when there is a next page. */
export function cutPage<Row>(
  rows: readonly Row[],
  pageSize: number,
  cursorOf: (last: Row) => string,
): { readonly items: Row[]; readonly next?: string } {
  const items = rows.slice(0, pageSize);
  const last = items.at(-1);
  return rows.length > pageSize && last !== undefined ? { items, next: cursorOf(last) } : { items };
}
