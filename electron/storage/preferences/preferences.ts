/** A person's preferences. electron-store keeps them, because losing them does no harm. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Store from 'electron-store';
import { z } from 'zod';
import { type Language, languageSchema } from '../../../shared/lib/language.ts';
import { errorReason } from '../storage-fault.ts';

export interface Preferences {
  /** Undefined until the person chooses one. */
  language(): Language | undefined;
  setLanguage(language: Language): void;
}

type PreferencesStore = Store<{ language: unknown }>;

const name = 'preferences';
const savedSchema = z.object({ language: languageSchema });

/**
 * Evidence and everything that the gate decides by is in the durable stores. This file is a convenience, so an unreadable
 * file is recreated, and an unwritable file only loses the choice.
 *
 * electron-store brings a schema compiler and more, a third of the agent's code. It is loaded for the first write, so that
 * a person who never chooses a language neither waits for it at the gate nor keeps it in memory for months.
 */
export async function openPreferences(
  directory: string,
  onFailed: (reason: string) => void,
): Promise<Preferences> {
  const reportFailure = (error: unknown) => onFailed(errorReason(error));
  let opening: Promise<PreferencesStore> | undefined;
  const openStore = async (): Promise<PreferencesStore> => {
    const { default: ElectronStore } = await import('electron-store');
    return new ElectronStore({ cwd: directory, name, clearInvalidConfig: true });
  };
  let language = await readLanguage(join(directory, `${name}.json`));
  return {
    language: () => language,
    setLanguage: (chosen) => {
      language = chosen;
      opening ??= openStore();
      opening.then((store) => store.set('language', chosen)).catch(reportFailure);
    },
  };
}

/** Absent, damaged and foreign files mean the same here: no language has been chosen. */
async function readLanguage(file: string): Promise<Language | undefined> {
  try {
    return savedSchema.parse(JSON.parse(await readFile(file, 'utf8'))).language;
  } catch {
    return undefined;
  }
}
