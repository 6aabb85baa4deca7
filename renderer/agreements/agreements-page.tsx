/** My agreements: what the signed-in person has accepted, newest first, and whether the school has it. */

import { formatMoment } from '../../shared/i18n/format-date.ts';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { AgreementsContract } from '../../shared/ipc/information.ts';
import { useWindowState } from '../bridge/window-state.ts';
import type { SmallPageProps } from '../components/small-page.ts';
import { SmallWindow } from '../components/small-window.tsx';
import { TranslatorProvider, useTranslator } from '../i18n/translator-context.tsx';

type State = StateOf<AgreementsContract>;
type Agreement = State['agreements'][number];

const languageNames = { 'en-GB': 'language.english', 'cy-GB': 'language.welsh' } as const;

export function AgreementsPage({ store, ...frame }: SmallPageProps<State>) {
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
  ...frame
}: State & Omit<SmallPageProps<State>, 'store'>) {
  const { text } = useTranslator();
  return (
    <SmallWindow
      title={text('agreements.title')}
      siteName={siteName}
      contact={contact}
      onLanguage={frame.onLanguage}
      onClose={frame.onClose}
    >
      {agreements.length === 0 ? (
        <p>{text('agreements.empty')}</p>
      ) : (
        <>
          <p>{text('agreements.intro', { person })}</p>
          <ul className="cards">
            {agreements
              .toSorted((left, right) => right.decidedAt.localeCompare(left.decidedAt))
              .map((agreement) => (
                <li key={`${agreement.policyId} ${agreement.policyVersion} ${agreement.decidedAt}`}>
                  <AgreementCard agreement={agreement} />
                </li>
              ))}
          </ul>
        </>
      )}
    </SmallWindow>
  );
}

function AgreementCard({ agreement }: { readonly agreement: Agreement }) {
  const { text, language } = useTranslator();
  const rows = [
    [text('agreements.accepted'), formatMoment(agreement.decidedAt, language)],
    [text('agreements.version'), agreement.policyVersion],
    [text('agreements.language'), text(languageNames[agreement.language])],
    [text('agreements.fullName'), agreement.fullName],
    [text('agreements.jobRole'), agreement.jobRole],
  ] as const;
  return (
    <article>
      <h2>{agreement.title[language]}</h2>
      <dl className="facts">
        {rows
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <p className={agreement.delivered ? 'mark mark-good' : 'mark mark-waiting'}>
        {text(agreement.delivered ? 'agreements.delivered' : 'agreements.waiting')}
      </p>
    </article>
  );
}
