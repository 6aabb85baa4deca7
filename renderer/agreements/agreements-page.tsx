/** My agreements: what the signed-in user accepted, newest first, with each exact text to read, save or print. */
import { useEffect, useRef, useState } from 'react';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { AgreementsContract } from '../../shared/ipc/information.ts';
import { useWindowState } from '../bridge/window-state.ts';
import type { SmallPageProps } from '../components/small-page.ts';
import { SmallWindow } from '../components/small-window.tsx';
import { TranslatorProvider, useTranslator } from '../i18n/translator-context.tsx';
import { AgreementFacts } from './agreement-facts.tsx';
import { type AgreementActions, AgreementSheet } from './agreement-sheet.tsx';

type State = StateOf<AgreementsContract>;
type Agreement = State['agreements'][number];

type PageProps = SmallPageProps<State> & AgreementActions;

export function AgreementsPage({ store, ...frame }: PageProps) {
  const state = useWindowState(store);
  return (
    <TranslatorProvider language={state.language}>
      <Agreements {...state} {...frame} />
    </TranslatorProvider>
  );
}

function Agreements({
  siteName,
  contact,
  person,
  agreements,
  askingElsewhere,
  onLanguage,
  onClose,
  ...actions
}: State & Omit<PageProps, 'store'>) {
  const { text, language } = useTranslator();
  const [shownId, setShownId] = useState<string>();
  const [lastId, setLastId] = useState<string>();
  const shown = agreements.find(({ eventId }) => eventId === shownId);
  const leave = () => {
    setLastId(shownId);
    setShownId(undefined);
  };
  return (
    <SmallWindow
      title={shown === undefined ? text('agreements.title') : shown.title[language]}
      siteName={siteName}
      contact={contact}
      onLanguage={onLanguage}
      onClose={onClose}
    >
      {shown !== undefined ? (
        <AgreementSheet agreement={shown} siteName={siteName} onBack={leave} {...actions} />
      ) : (
        <>
          {agreements.length === 0 ? (
            <p>{text('agreements.empty')}</p>
          ) : (
            <>
              <p>{text('agreements.intro', { person })}</p>
              <ul className="cards">
                {agreements.map((agreement) => (
                  <li key={agreement.eventId}>
                    <AgreementCard
                      agreement={agreement}
                      isLast={agreement.eventId === lastId}
                      onOpen={() => setShownId(agreement.eventId)}
                    />
                  </li>
                ))}
              </ul>
            </>
          )}
          <p role="status" className="quiet">
            {askingElsewhere ? text('agreements.askingElsewhere') : ''}
          </p>
        </>
      )}
    </SmallWindow>
  );
}

interface CardProps {
  readonly agreement: Agreement;
  /** The agreement that was read last. Focus returns to it. */
  readonly isLast: boolean;
  readonly onOpen: () => void;
}

function AgreementCard({ agreement, isLast, onOpen }: CardProps) {
  const { text, language } = useTranslator();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isLast) button.current?.focus();
  }, [isLast]);
  const title = agreement.title[language];
  return (
    <article>
      <h2>{title}</h2>
      <AgreementFacts agreement={agreement} />
      <p className="actions">
        <button
          type="button"
          className="button"
          ref={button}
          onClick={onOpen}
          aria-label={text('agreements.openLabel', { title })}
        >
          {text('agreements.open')}
        </button>
      </p>
    </article>
  );
}
