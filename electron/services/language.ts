/** The language now in use, shared by every window and the tray. */
import { chooseLanguage, type Language } from '../../shared/lib/language.ts';
import { createSignal } from '../../shared/lib/signal.ts';

export interface LanguageChoice {
  current(): Language;
  set(language: Language): void;
  /** Answers the function that ends the subscription. */
  onChanged(listener: () => void): () => void;
}

interface Sources {
  /** What the school has set for this PC. */
  readonly managed: 'auto' | Language;
  /** What this person chose before; undefined when never. */
  readonly saved: Language | undefined;
  /** The system's preferences, most wanted first. */
  readonly system: readonly string[];
  readonly save: (language: Language) => void;
}

/** A person's own choice comes before what the school has set: both languages are always one press away. */
export function createLanguageChoice({ managed, saved, system, save }: Sources): LanguageChoice {
  let language = saved ?? (managed === 'auto' ? chooseLanguage(system) : managed);
  const changed = createSignal();
  return {
    current: () => language,
    set: (chosen) => {
      if (chosen === language) return;
      language = chosen;
      save(chosen);
      changed.emit();
    },
    onChanged: changed.subscribe,
  };
}
