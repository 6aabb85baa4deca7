/** What a person prefers; kept by electron-store, because losing it harms nobody. */
import Store from 'electron-store';
import { type Language, languageSchema } from '../../../shared/lib/language.ts';

export interface Preferences {
  /** Undefined until the person has chosen one. */
  language(): Language | undefined;
  setLanguage(language: Language): void;
}

/**
 * Evidence and everything the gate decides by is in the durable stores; this file is only ever a convenience, so one
 * that cannot be read is begun anew and one that cannot be written is done without.
 */
export function openPreferences(directory: string, onFailed: (reason: string) => void): Preferences {
  const attempt = <Value>(work: () => Value): Value | undefined => {
    try {
      return work();
    } catch (error) {
      onFailed(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const store = attempt(
    () => new Store<{ language: unknown }>({ cwd: directory, name: 'preferences', clearInvalidConfig: true }),
  );
  return {
    language: () => languageSchema.safeParse(attempt(() => store?.get('language'))).data,
    setLanguage: (language) => {
      attempt(() => store?.set('language', language));
    },
  };
}
