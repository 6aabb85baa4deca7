/** Compares the page “What Porthor records” with the events: every field has a line, every line describes a field. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  everyLine,
  lockPart,
  mediaPart,
  policyPart,
  runningPart,
} from '../../../../renderer/records/record-lines.ts';
import { eventDataSchemas } from '../../../../shared/wire/events.ts';

const parts = [policyPart, lockPart, mediaPart, runningPart];
const alwaysSaid: readonly string[] = Object.values(everyLine).flatMap(({ fields }) => [...fields]);

/** Every value that a schema can carry, by its path. The members of a list have the path of the list. */
function fieldsOf(schema: unknown, path = ''): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return fieldsOf(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodArray) return fieldsOf(schema.element, path);
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Readonly<Record<string, unknown>>).flatMap(([name, member]) =>
      fieldsOf(member, path === '' ? name : `${path}.${name}`),
    );
  }
  return [path];
}

describe.each(Object.entries(eventDataSchemas))('%s', (type, schema) => {
  test('appears in one part of the page, and each of its fields in a line', () => {
    const itsParts = parts.filter(({ events }) => events.some((one) => one === type));
    expect(itsParts).toHaveLength(1);
    const said = [...alwaysSaid, ...itsParts.flatMap(({ lines }) => lines.flatMap(({ fields }) => fields))];
    const unsaid = fieldsOf(schema).filter((field) => !said.includes(field));
    expect(unsaid, 'recorded, and no line says so').toEqual([]);
  });
});

test.each(parts.map((part) => [part.heading, part] as const))(
  '%s describes no other field',
  (_heading, part) => {
    const recorded = part.events.flatMap((type) => fieldsOf(eventDataSchemas[type]));
    const invented = part.lines
      .flatMap(({ fields }) => fields)
      .filter((field) => !recorded.includes(field) || alwaysSaid.includes(field));
    expect(invented, 'said, and not recorded').toEqual([]);
  },
);

test('the fields inside lists, options and objects are found', () => {
  const schema = z.object({ a: z.array(z.object({ b: z.string().optional() })), c: z.number() });
  expect(fieldsOf(schema)).toEqual(['a.b', 'c']);
  expect(
    alwaysSaid.every((field) => fieldsOf(eventDataSchemas['porthor.media.seen.v1']).includes(field)),
  ).toBe(true);
});
