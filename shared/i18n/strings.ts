/** All texts on the screen, from the locale files, and their keys. */
import about from '../../assets/locales/about.json' with { type: 'json' };
import agreements from '../../assets/locales/agreements.json' with { type: 'json' };
import common from '../../assets/locales/common.json' with { type: 'json' };
import cover from '../../assets/locales/cover.json' with { type: 'json' };
import gate from '../../assets/locales/gate.json' with { type: 'json' };
import idleWarning from '../../assets/locales/idle-warning.json' with { type: 'json' };
import mediaWarning from '../../assets/locales/media-warning.json' with { type: 'json' };
import problem from '../../assets/locales/problem.json' with { type: 'json' };
import records from '../../assets/locales/records.json' with { type: 'json' };
import tray from '../../assets/locales/tray.json' with { type: 'json' };

export const strings = {
  ...common,
  ...gate,
  ...cover,
  ...agreements,
  ...about,
  ...records,
  ...problem,
  ...tray,
  ...idleWarning,
  ...mediaWarning,
};

type Strings = typeof strings;

/** A text that is the same for every number. */
export type PlainKey = {
  [Key in keyof Strings]: Strings[Key]['en-GB'] extends string ? Key : never;
}[keyof Strings];

/** A text whose form depends on a number. */
export type CountedKey = Exclude<keyof Strings, PlainKey>;
