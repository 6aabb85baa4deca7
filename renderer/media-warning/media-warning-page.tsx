/** The media warning: one calm list of the devices that have a problem. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { describeDevice } from '../../shared/i18n/describe-device.ts';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { MediaWarningContract, WarningCard } from '../../shared/ipc/media-warning.ts';
import type { Language } from '../../shared/lib/language.ts';
import { useWindowState, type WindowStateStore } from '../bridge/window-state.ts';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { ScrollArea } from '../components/scroll-area.tsx';
import { useMediaQuery } from '../components/use-media-query.ts';
import { TranslatorProvider, useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';
import { type CardActions, WarningCardView } from './warning-card.tsx';
import { adviceOf, reasonsOf } from './warning-words.ts';

type State = StateOf<MediaWarningContract>;

interface WarningActions extends CardActions {
  readonly setLanguage: (language: Language) => void;
  readonly close: () => void;
  /** These cards have been painted. */
  readonly painted: (ids: readonly string[]) => void;
  readonly fitHeight: (heightPx: number) => void;
}

interface Props {
  readonly store: WindowStateStore<State>;
  readonly actions: WarningActions;
}

export function MediaWarningPage({ store, actions }: Props) {
  const state = useWindowState(store);
  return (
    <TranslatorProvider language={state.language}>
      <MediaWarning state={state} actions={actions} />
    </TranslatorProvider>
  );
}

/** One line: a card has no space for four rows. */
function contactLine({ name, phone, email, place }: State['contact']): string {
  return [name, phone, email, place].filter((part) => part !== '').join(', ');
}

/** Names the danger of a single device; several may have different ones. */
function headingOf(cards: readonly WarningCard[]): PlainKey {
  const wrong = cards.filter(({ problems }) => problems.length > 0);
  if (cards.length > 0 && wrong.length === 0) return 'media-warning.titleGood';
  return wrong.length > 1
    ? 'media-warning.titleMany'
    : `media-warning.title.${wrong[0]?.problems[0] ?? 'not-approved'}`;
}

/** In such a window a contact of its own would leave the list no room. The height is also in the style sheet. */
const smallWindow = '(max-height: 26rem), (max-width: 26rem)';

function MediaWarning({ state, actions }: { readonly state: State; readonly actions: WarningActions }) {
  const { text } = useTranslator();
  const { cards } = state;
  const page = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const heading = text(headingOf(cards));
  const isSmall = useMediaQuery(smallWindow);
  // After good news there is nothing to ask.
  const contact = cards.every(({ problems }) => problems.length === 0) ? null : (
    <section aria-labelledby="contact-heading">
      <h2 id="contact-heading">{text('contact.heading')}</h2>
      <p>{contactLine(state.contact) || text('contact.none')}</p>
    </section>
  );
  useDocumentTitle(heading);
  useTellPainted(cards, actions);
  useFit(page, list, actions);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') actions.close();
    };
    window.addEventListener('keydown', closeOnEscape);
    return () => window.removeEventListener('keydown', closeOnEscape);
  }, [actions]);
  return (
    <div ref={page} className="media-warning">
      <header>
        <p className="site-name">{state.siteName === '' ? text('common.yourSchool') : state.siteName}</p>
        <LanguageSwitch onChoose={actions.setLanguage} />
      </header>
      <main>
        <h1>{heading}</h1>
        <Announcement cards={cards} />
        <ScrollArea className="list">
          <ul ref={list} className="cards">
            {cards.map((card) => (
              <WarningCardView key={card.id} card={card} isOnly={cards.length === 1} actions={actions} />
            ))}
          </ul>
          {isSmall ? contact : null}
        </ScrollArea>
        {isSmall ? null : contact}
      </main>
      <footer>
        <button type="button" className="button" onClick={actions.close}>
          {text('media-warning.close')}
        </button>
      </footer>
    </div>
  );
}

/** The window takes no focus, so a screen reader announces its whole content once per change. */
function Announcement({ cards }: { readonly cards: readonly WarningCard[] }) {
  const translator = useTranslator();
  const { text } = translator;
  const wrong = cards.filter(({ problems }) => problems.length > 0);
  const sentences = wrong.map((card) =>
    [
      describeDevice(translator, card),
      ...reasonsOf(card).flatMap(({ verdict, why }) => [text(verdict), text(why)]),
      text(adviceOf(card)),
    ]
      .map((sentence) => sentence.replace(/[.:]$/u, ''))
      .join('. '),
  );
  return (
    <p className="visually-hidden" role="alert">
      {sentences.length === 0 ? '' : `${sentences.join('. ')}. ${text('media-warning.byKeyboard')}`}
    </p>
  );
}

/** Two frames after their layout the cards have been painted; the first frame may still be the previous picture. */
function useTellPainted(cards: readonly WarningCard[], { painted }: WarningActions): void {
  const ids = cards.map(({ id }) => id).join(' ');
  useEffect(() => {
    if (ids === '') return undefined;
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => painted(ids.split(' ')));
    });
    return () => cancelAnimationFrame(frame);
  }, [ids, painted]);
}

/** Reports the page's full height, with the whole list instead of the part that fits. */
function useFit(
  page: { readonly current: HTMLElement | null },
  list: { readonly current: HTMLElement | null },
  { fitHeight }: WarningActions,
): void {
  useLayoutEffect(() => {
    const whole = page.current;
    const cards = list.current;
    const frame = cards?.parentElement;
    if (whole === null || cards === null || frame === null || frame === undefined) return undefined;
    const observer = new ResizeObserver(() =>
      fitHeight(whole.scrollHeight - frame.clientHeight + cards.offsetHeight),
    );
    observer.observe(whole);
    observer.observe(cards);
    return () => observer.disconnect();
  }, [page, list, fitHeight]);
}
