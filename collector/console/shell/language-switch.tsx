/** The two languages as two equal words; the current one is pressed. */
import type { Language } from '../../../shared/lib/language.ts';
import { useWords } from '../words/words-context.tsx';

const names: readonly (readonly [Language, string])[] = [
  ['en-GB', 'English'],
  ['cy-GB', 'Cymraeg'],
];

export function LanguageSwitch() {
  const { text, language, setLanguage } = useWords();
  return (
    <fieldset className="language-switch" aria-label={text('console.languageSwitch')}>
      {names.map(([other, name]) => (
        <button
          key={other}
          type="button"
          lang={other}
          aria-pressed={other === language}
          onClick={() => setLanguage(other)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
