/** Gives every component of a window the texts of the current language. */
import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo } from 'react';
import { createTranslator, type Translator } from '../../shared/i18n/translator.ts';
import type { Language } from '../../shared/lib/language.ts';

const TranslatorContext = createContext<Translator>(createTranslator('en-GB'));

interface Props {
  readonly language: Language;
  /** Gives some texts other words. Declare it outside the component, or keep it with `useCallback`. */
  readonly adapt?: (translator: Translator) => Translator;
  readonly children: ReactNode;
}

export function TranslatorProvider({ language, adapt, children }: Props) {
  const translator = useMemo(() => {
    const plain = createTranslator(language);
    return adapt === undefined ? plain : adapt(plain);
  }, [language, adapt]);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <TranslatorContext value={translator}>{children}</TranslatorContext>;
}

export function useTranslator(): Translator {
  return useContext(TranslatorContext);
}

/** Keeps the window's title current: screen readers announce it when the window comes to the front. */
export function useDocumentTitle(title: string): void {
  useLayoutEffect(() => {
    document.title = title;
  }, [title]);
}
