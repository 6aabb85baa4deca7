/** Reads what `busctl --json=short` prints, and what it says when a call fails. */
import { z } from 'zod';

const objectPathSchema = z.string().regex(/^\/(?:[A-Za-z0-9_]+(?:\/[A-Za-z0-9_]+)*)?$/u);
const methodPathSchema = z.object({ type: z.literal('o'), data: z.tuple([objectPathSchema]) });
const booleanPropertySchema = z.object({ type: z.literal('b'), data: z.boolean() });
const textPropertySchema = z.object({ type: z.literal('s'), data: z.string() });
const namedPathSchema = z.object({ type: z.literal('(so)'), data: z.tuple([z.string(), objectPathSchema]) });
const userSchema = z.object({ type: z.literal('(uo)'), data: z.tuple([z.int().min(0), objectPathSchema]) });

/** The object that a method such as `GetSession` returns. */
export function parseReturnedPath(output: string): string | undefined {
  return parse(methodPathSchema, output)?.data[0];
}

export function parseBoolean(output: string): boolean | undefined {
  return parse(booleanPropertySchema, output)?.data;
}

export function parseText(output: string): string | undefined {
  return parse(textPropertySchema, output)?.data;
}

/** A property that names an object by id and path, such as a user's `Display`; `/` stands for none. */
export function parseNamedPath(output: string): string | undefined {
  const path = parse(namedPathSchema, output)?.data[1];
  return path === '/' ? undefined : path;
}

/** The user id in a session's `User`. */
export function parseOwner(output: string): number | undefined {
  return parse(userSchema, output)?.data[0];
}

const inhibitorsSchema = z.object({
  type: z.literal('a(ssssuu)'),
  data: z.tuple([
    z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), z.int().min(0), z.int().min(0)])),
  ]),
});

/** A program that keeps the system from an action. */
export interface Inhibitor {
  /** What is kept from happening, for instance `idle:sleep`. */
  readonly what: string;
  readonly who: string;
  /** `block` forbids it, `delay` only asks for a moment. */
  readonly mode: string;
  readonly uid: number;
}

/** What `ListInhibitors` returns. */
export function parseInhibitors(output: string): readonly Inhibitor[] | undefined {
  return parse(inhibitorsSchema, output)?.data[0].map(([what, who, , mode, uid]) => ({
    what,
    who,
    mode,
    uid,
  }));
}

function parse<Schema extends z.ZodType>(schema: Schema, output: string): z.output<Schema> | undefined {
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch {
    return undefined;
  }
  const answer = schema.safeParse(document);
  return answer.success ? answer.data : undefined;
}

/**
 * `none`: no logind answers. `refused`: asked, and denied. `no-such`: there is no such session, process or user.
 * `failed`: anything else.
 */
export type BusFailure = 'none' | 'refused' | 'no-such' | 'failed';

/** Judged by busctl's English words (it runs with LC_ALL=C); an unknown wording is only ever `failed`. */
export function classifyBusFailure(stderr: string): BusFailure {
  if (
    /Failed to (?:connect to bus|set bus address|open)|was not provided by any \.service|Unit dbus-org\.freedesktop\.login1\.service not found|has no owner|not activatable/u.test(
      stderr,
    )
  ) {
    return 'none';
  }
  if (
    /Access denied|Permission denied|AccessDenied|Interactive authentication required|not authori[sz]ed/iu.test(
      stderr,
    )
  ) {
    return 'refused';
  }
  if (
    /No session|does not belong to any known session|is not logged in or lingering|Unknown (?:object|method|interface)|is not an object at path|Method "[^"]*" with signature/iu.test(
      stderr,
    )
  ) {
    return 'no-such';
  }
  return 'failed';
}
