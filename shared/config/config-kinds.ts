/** The kinds of setting an administrator can make: each a schema that carries its default, its limits and its text. */
import { z } from 'zod';
import type { Bilingual } from '../lib/language.ts';

interface Explained {
  /** What the setting does, for the administrator: plain text, one or two sentences. */
  readonly text: Bilingual;
}

/** What is known of a setting beside its path; enough for a registry reader, an installer and a policy template. */
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

/**
 * Free text. With `rule`, a text that is not empty must also satisfy it: empty always means "not set".
 */
export function textSetting(maximumLength: number, text: Bilingual, rule?: z.ZodType<string>) {
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
  return checked.default('').register(configKinds, { kind: 'text', default: '', maximumLength, text });
}

export function choiceSetting<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  preset: Choices[number],
  text: Bilingual,
) {
  const schema: z.ZodType<Choices[number]> = z.enum(choices);
  return schema
    .default(preset as never)
    .register(configKinds, { kind: 'choice', default: preset, choices, text });
}

export function switchSetting(preset: boolean, text: Bilingual) {
  return z.boolean().default(preset).register(configKinds, { kind: 'switch', default: preset, text });
}

export function wholeNumberSetting(
  limits: { readonly minimum: number; readonly maximum: number; readonly preset: number },
  text: Bilingual,
) {
  const { minimum, maximum, preset } = limits;
  return z
    .int()
    .min(minimum)
    .max(maximum)
    .default(preset)
    .register(configKinds, { kind: 'whole-number', default: preset, minimum, maximum, text });
}

export function listSetting<Item extends z.ZodType>(
  item: Item,
  list: {
    readonly items: 'text' | 'object';
    readonly maximumItems: number;
    readonly preset: z.output<Item>[];
  },
  text: Bilingual,
) {
  const { items, maximumItems, preset } = list;
  const schema: z.ZodType<z.output<Item>[]> = z.array(item).max(maximumItems);
  return schema
    .default(() => [...preset] as never)
    .register(configKinds, { kind: 'list', items, default: preset, maximumItems, text });
}
