/** The words of the console. They are separate from `strings.ts`, so that neither side loads the other's. */
import consoleFile from '../../assets/locales/console.json' with { type: 'json' };
import countersignFile from '../../assets/locales/console-countersign.json' with { type: 'json' };
import consoleEnrolmentFile from '../../assets/locales/console-enrolment.json' with { type: 'json' };
import consoleMediaFile from '../../assets/locales/console-media.json' with { type: 'json' };
import consoleOverviewFile from '../../assets/locales/console-overview.json' with { type: 'json' };
import consolePcsFile from '../../assets/locales/console-pcs.json' with { type: 'json' };
import consolePeopleFile from '../../assets/locales/console-people.json' with { type: 'json' };
import personnelFile from '../../assets/locales/console-personnel-file.json' with { type: 'json' };
import consolePoliciesFile from '../../assets/locales/console-policies.json' with { type: 'json' };
import type { Language } from '../lib/language.ts';
import { fill, type Values } from './fill.ts';

export const consoleStrings = {
  ...consoleFile,
  ...consoleOverviewFile,
  ...consolePcsFile,
  ...consolePeopleFile,
  ...countersignFile,
  ...personnelFile,
  ...consolePoliciesFile,
  ...consoleEnrolmentFile,
  ...consoleMediaFile,
};

type Strings = typeof consoleStrings;

/** A text that is the same for every number. */
export type ConsoleKey = {
  [Key in keyof Strings]: Strings[Key]['en-GB'] extends string ? Key : never;
}[keyof Strings];

/** A text whose form depends on a number. */
type CountedConsoleKey = Exclude<keyof Strings, ConsoleKey>;

export interface ConsoleTranslator {
  readonly language: Language;
  text(key: ConsoleKey, values?: Values): string;
  /** Picks the language's plural form for `count`, and fills the number into `{{count}}`. */
  counted(key: CountedConsoleKey, count: number, values?: Values): string;
}

export function createConsoleTranslator(language: Language): ConsoleTranslator {
  const rules = new Intl.PluralRules(language);
  return {
    language,
    text: (key, values = {}) => fill(consoleStrings[key][language], values),
    counted: (key, count, values = {}) => {
      const forms: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string } =
        consoleStrings[key][language];
      return fill(forms[rules.select(count)] ?? forms.other, { ...values, count: String(count) });
    },
  };
}
