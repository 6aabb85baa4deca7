/** Makes a receiving schema out of a sending one: it keeps members that it does not know. */
import { z } from 'zod';

/**
 * The same schema, but every object in it takes and keeps unknown members. A sender that is newer than the receiver may
 * add members; the receiver must not lose the event for that. What is required, its form and its limits stay.
 */
export function loosen<Schema extends z.ZodType>(schema: Schema): Schema {
  // The result accepts everything that `schema` accepts and gives it the same form.
  return loosened(schema) as Schema;
}

function loosened(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(
      Object.entries(schema.def.shape).map(([name, member]) => [name, loosened(member as z.core.$ZodType)]),
    );
    return z.core.clone(schema, { ...schema.def, shape, catchall: z.unknown() });
  }
  if (schema instanceof z.ZodArray) {
    return z.core.clone(schema, { ...schema.def, element: loosened(schema.def.element) });
  }
  if (schema instanceof z.ZodOptional) {
    return z.core.clone(schema, { ...schema.def, innerType: loosened(schema.def.innerType) });
  }
  if (schema instanceof z.ZodUnion) {
    return z.core.clone(schema, { ...schema.def, options: schema.def.options.map(loosened) });
  }
  return schema;
}
