/** The kinds of setting: each is a schema with its default, its limits, its text, and the way a change takes effect. */
import { z } from 'zod';
import type { Bilingual } from '../lib/language.ts';

/**
 * When a changed setting takes effect in a running agent. `at-once`: within seconds of being noticed. `next-decision`: when
 * the gate next decides; a shut gate does that at once, and an open gate at the next login. `next-login`: a running part
 * depends on the old value (an address, a folder, the limit of a store), or the gate has shown it to the user.
 */
export type WhenApplied = 'at-once' | 'next-decision' | 'next-login';

interface Explained {
  readonly applies: WhenApplied;
  /** What the setting does, for the administrator: plain text, one or two sentences. */
  readonly text: Bilingual;
}

/** The text in both languages, and when a change takes effect. */
type About = Bilingual & Pick<Explained, 'applies'>;

const explain = ({ applies, ...text }: About): Explained => ({ applies, text });

/** A setting without its path: enough for a registry reader, an installer and a policy template. */
export type ConfigKind =
  | (Explained & { readonly kind: 'text'; readonly default: string; readonly maximumLength: number })
  | (Explained & { readonly kind: 'choice'; readonly default: string; readonly choices: readonly string[] })
  | (Explained & { readonly kind: 'switch'; readonly default: boolean })
  | (Explained & {
      readonly kind: 'whole-number';
      readonly default: number;
      readonly minimum: number;
      readonly maximum: number;
    })
  | (Explained & {
      readonly kind: 'list';
      readonly items: 'text' | 'object';
      readonly default: readonly unknown[];
      readonly maximumItems: number;
    });

/** Filled by the builders below; read by `configEntries`. */
export const configKinds = z.registry<ConfigKind>();

/** Free text. A text that is not empty must satisfy `rule`; an empty text always means "not set". */
export function textSetting(maximumLength: number, about: About, rule?: z.ZodType<string>) {
  const plain = z.string().max(maximumLength);
  const checked =
    rule === undefined
      ? plain
      : plain.check((context) => {
          if (context.value === '') return;
          const answer = rule.safeParse(context.value);
          if (answer.success) return;
          const message = answer.error.issues[0]?.message ?? 'is not allowed here';
          context.issues.push({ code: 'custom', message, input: context.value });
        });
  return checked
    .default('')
    .register(configKinds, { kind: 'text', default: '', maximumLength, ...explain(about) });
}

export function choiceSetting<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  preset: Choices[number],
  about: About,
) {
  const schema: z.ZodType<Choices[number]> = z.enum(choices);
  return schema
    .default(preset as never)
    .register(configKinds, { kind: 'choice', default: preset, choices, ...explain(about) });
}

export function switchSetting(preset: boolean, about: About) {
  return z
    .boolean()
    .default(preset)
    .register(configKinds, { kind: 'switch', default: preset, ...explain(about) });
}

export function wholeNumberSetting(
  limits: { readonly minimum: number; readonly maximum: number; readonly preset: number },
  about: About,
) {
  const { minimum, maximum, preset } = limits;
  return z
    .int()
    .min(minimum)
    .max(maximum)
    .default(preset)
    .register(configKinds, { kind: 'whole-number', default: preset, minimum, maximum, ...explain(about) });
}

export function listSetting<Item extends z.ZodType>(
  item: Item,
  list: {
    readonly items: 'text' | 'object';
    readonly maximumItems: number;
    readonly preset: z.output<Item>[];
  },
  about: About,
) {
  const { items, maximumItems, preset } = list;
  const schema: z.ZodType<z.output<Item>[]> = z.array(item).max(maximumItems);
  return schema
    .default(() => [...preset] as never)
    .register(configKinds, { kind: 'list', items, default: preset, maximumItems, ...explain(about) });
}
