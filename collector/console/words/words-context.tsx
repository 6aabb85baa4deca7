/** Gives every component of the console the texts of the current language, and lets the person change it. */
import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useState } from 'react';
import { type ConsoleTranslator, createConsoleTranslator } from '../../../shared/i18n/console-words.ts';
import { chooseLanguage, type Language, languageSchema } from '../../../shared/lib/language.ts';

const storedName = 'porthor-language';

interface Words extends ConsoleTranslator {
  setLanguage(language: Language): void;
}

const WordsContext = createContext<Words | undefined>(undefined);

/** The address decides, then what the person chose last in this browser, then the browser's own languages. */
function firstLanguage(): Language {
  const asked = new URLSearchParams(window.location.search).get('lang');
  const known = languageSchema.safeParse(asked ?? localStorage.getItem(storedName));
  return known.success ? known.data : chooseLanguage(navigator.languages);
}

export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(storedName, language);
  }, [language]);
  const words = useMemo(() => ({ ...createConsoleTranslator(language), setLanguage }), [language]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (words === undefined) throw new Error('the words are used outside WordsProvider');
  return words;
}
