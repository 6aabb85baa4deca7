/** The idle warning: the seconds as a number and in words, and one button. */
import { useEffect } from 'react';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { IdleWarningContract } from '../../shared/ipc/idle-warning.ts';
import { useWindowState, type WindowStateStore } from '../bridge/window-state.ts';
import { TranslatorProvider, useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';

type State = StateOf<IdleWarningContract>;

interface Props {
  readonly store: WindowStateStore<State>;
  readonly stay: () => void;
  readonly onPainted: () => void;
}

const words = {
  lock: { title: 'idle-warning.lock.title', sentence: 'idle-warning.lock.sentence' },
  'sign-out': { title: 'idle-warning.signOut.title', sentence: 'idle-warning.signOut.sentence' },
} as const;

/** From here on the words interrupt what is being read out. */
const urgentFromSeconds = 10;

export function IdleWarningPage({ store, stay, onPainted }: Props) {
  const state = useWindowState(store);
  useEffect(() => {
    // The main process sees keys and movements everywhere; this hears those that a helper program makes up for this page.
    window.addEventListener('keydown', stay);
    return () => window.removeEventListener('keydown', stay);
  }, [stay]);
  useEffect(() => {
    // What was laid out before the first frame is on the screen by the second.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(onPainted);
    });
    return () => cancelAnimationFrame(frame);
  }, [onPainted]);
  return (
    <TranslatorProvider language={state.language}>
      <IdleWarning state={state} stay={stay} />
    </TranslatorProvider>
  );
}

function IdleWarning({ state, stay }: { readonly state: State; readonly stay: () => void }) {
  const { text, counted } = useTranslator();
  const { purpose, secondsLeft, signOutAfterMinutes } = state;
  const { title, sentence } = words[purpose];
  useDocumentTitle(text(title));
  return (
    <main className="idle-warning">
      <h1>{text(title)}</h1>
      <div className="countdown" aria-hidden="true">
        <p className="countdown-number">{secondsLeft}</p>
      </div>
      <p className="lead" aria-hidden="true">
        {counted(sentence, secondsLeft)}
      </p>
      <p className="visually-hidden" role="status">
        {secondsLeft > urgentFromSeconds ? counted(sentence, spokenSeconds(secondsLeft)) : ''}
      </p>
      <p className="visually-hidden" role="alert">
        {secondsLeft <= urgentFromSeconds ? counted(sentence, spokenSeconds(secondsLeft)) : ''}
      </p>
      <button type="button" className="button button-primary button-large" onClick={stay}>
        {text('idle-warning.stay')}
      </button>
      <p>{text(purpose === 'lock' ? 'idle-warning.lock.how' : 'idle-warning.signOut.how')}</p>
      {purpose === 'lock' && signOutAfterMinutes > 0 ? (
        <p>{counted('idle-warning.lock.signOutLater', signOutAfterMinutes)}</p>
      ) : null}
    </main>
  );
}

/** Each second would drown a screen reader: it hears every fifteenth, then ten and five. */
function spokenSeconds(secondsLeft: number): number {
  const step = secondsLeft > urgentFromSeconds ? 15 : 5;
  return Math.ceil(secondsLeft / step) * step;
}
