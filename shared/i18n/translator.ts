/** Turns a key into text in one language, for every window and the tray. */
import type { Language } from '../lib/language.ts';
import { fill, type Values } from './fill.ts';
import { type CountedKey, type PlainKey, strings } from './strings.ts';

export interface Translator {
  readonly language: Language;
  text(key: PlainKey, values?: Values): string;
  /** Picks the language's plural form for `count`, and fills the number into `{{count}}`. */
  counted(key: CountedKey, count: number, values?: Values): string;
}

/**
 * Plural forms come from the platform's own rules (CLDR), which know the six forms of Welsh. A translation library
 * would add only these few lines and a second owner of the current language.
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
