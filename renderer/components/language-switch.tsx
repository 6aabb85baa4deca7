/** The two languages as two equal buttons; the current one is pressed. */
import type { Language } from '../../shared/lib/language.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

const words = [
  ['en-GB', 'language.english'],
  ['cy-GB', 'language.welsh'],
] as const;

interface Props {
  readonly onChoose: (language: Language) => void;
}

export function LanguageSwitch({ onChoose }: Props) {
  const translator = useTranslator();
  return (
    <fieldset className="language-switch" aria-label={translator.text('language.label')}>
      {words.map(([language, word]) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === translator.language}
          onClick={() => {
            if (language !== translator.language) onChoose(language);
          }}
        >
          {translator.text(word)}
        </button>
      ))}
    </fieldset>
  );
}
