/** Makes a schema for receiving from one for sending. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loosen } from '../../../../shared/lib/loosen.ts';

const strict = z.strictObject({
  name: z.string().max(3),
  inner: z.strictObject({ count: z.int() }).optional(),
  list: z.array(z.strictObject({ id: z.string() })).max(2),
  either: z.union([z.literal('a'), z.strictObject({ b: z.int() })]),
});
const value = { name: 'x', inner: { count: 1 }, list: [{ id: '1' }], either: { b: 1 } };
const loose = loosen(strict);

describe('a loosened schema', () => {
  it('keeps unknown members, at every depth', () => {
    const newer = {
      ...value,
      inner: { count: 1, more: 1 },
      list: [{ id: '1', more: 2 }],
      either: { b: 1, more: 3 },
      more: 4,
    };
    expect(strict.safeParse(newer).success).toBe(false);
    expect(loose.parse(newer)).toEqual(newer);
  });

  it.each([
    ['a missing member', { ...value, name: undefined }],
    ['a text that is too long', { ...value, name: 'long' }],
    ['a list that is too long', { ...value, list: [{ id: '1' }, { id: '2' }, { id: '3' }] }],
    ['another kind of value', { ...value, inner: { count: '1' } }],
    ['none of the alternatives', { ...value, either: 'c' }],
  ])('refuses %s', (_name, wrong) => {
    expect(loose.safeParse(wrong).success).toBe(false);
  });

  it('does not change the sending schema', () => {
    expect(strict.parse(value)).toEqual(value);
    expect(strict.safeParse({ ...value, more: 1 }).success).toBe(false);
  });
});
