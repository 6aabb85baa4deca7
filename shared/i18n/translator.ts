/** Turns a key into words in one language, the same way in every window and in the tray. */
import type { Language } from '../lib/language.ts';
import { fill, type Values } from './fill.ts';
import { type CountedKey, type PlainKey, strings } from './strings.ts';

export interface Translator {
  readonly language: Language;
  text(key: PlainKey, values?: Values): string;
  /** Picks the form that the language uses for `count`, and puts the number where the form says `{{count}}`. */
  counted(key: CountedKey, count: number, values?: Values): string;
}

/**
 * Plural forms come from the platform's own rules (CLDR), which know Welsh's six.
 * No translation library: what it would add beyond these lines is a second place where the language is kept.
 */
export function createTranslator(language: Language): Translator {
  const rules = new Intl.PluralRules(language);
  return {
    language,
    text: (key, values = {}) => fill(strings[key][language], values),
    counted: (key, count, values = {}) => {
      const forms: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string } =
        strings[key][language];
      return fill(forms[rules.select(count)] ?? forms.other, { ...values, count: String(count) });
    },
  };
}
