/** Pages of a list by key: each page names the place after which the next one starts, so that no page grows slower. */
import { z } from 'zod';

/** The place after the last row of a page. Opaque to the page. */
export const cursorSchema = z.string().max(600);

export function pageSchemaOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: cursorSchema.optional() });
}
