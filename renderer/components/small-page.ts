/** The properties that every page opened from the tray receives. */
import type { Language } from '../../shared/lib/language.ts';
import type { WindowStateStore } from '../bridge/window-state.ts';

export interface SmallPageProps<State> {
  readonly store: WindowStateStore<State>;
  readonly onLanguage: (language: Language) => void;
  readonly onClose: () => void;
}
