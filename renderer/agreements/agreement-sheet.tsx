/** One agreement as a sheet: the facts, what was ticked, and the exact text. The same sheet is printed and saved. */
import { useEffect, useRef, useState } from 'react';
import type { StateOf } from '../../shared/ipc/contract.ts';
import type { AgreementContent, AgreementsContract } from '../../shared/ipc/information.ts';
import { PolicyText } from '../components/policy-text.tsx';
import { type Saved, SavedWhere } from '../components/saved-where.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import { AgreementFacts } from './agreement-facts.tsx';

type Agreement = StateOf<AgreementsContract>['agreements'][number];

export interface AgreementActions {
  readonly onRead: (eventId: string) => Promise<AgreementContent>;
  readonly onSave: (eventId: string) => Promise<{
    readonly outcome: 'saved' | 'cancelled' | 'failed';
    readonly path: string;
  }>;
  readonly onShowSaved: () => void;
  readonly onPrint: () => void;
}

interface Props extends AgreementActions {
  readonly agreement: Agreement;
  readonly siteName: string;
  readonly onBack: () => void;
}

const answers = {
  ticked: 'agreements.ticked',
  'not-ticked': 'agreements.notTicked',
  'not-known': 'agreements.notKnown',
} as const;

export function AgreementSheet({ agreement, siteName, onBack, onRead, onSave, onShowSaved, onPrint }: Props) {
  const { text } = useTranslator();
  const { eventId } = agreement;
  const [content, setContent] = useState<AgreementContent>();
  const [saved, setSaved] = useState<Saved>();
  const back = useRef<HTMLButtonElement>(null);
  // The page creates new handlers for each state. Depend on the agreement alone, so that the text is not read again.
  const read = useRef(onRead);
  useEffect(() => {
    back.current?.focus();
    let isGone = false;
    void read.current(eventId).then((found) => {
      if (!isGone) setContent(found);
    });
    return () => {
      isGone = true;
    };
  }, [eventId]);
  const save = () => {
    void onSave(eventId).then(({ outcome, path }) =>
      setSaved(outcome === 'cancelled' ? undefined : { outcome, path }),
    );
  };
  return (
    <article className="sheet">
      <p className="actions screen-only">
        <button type="button" className="button" ref={back} onClick={onBack}>
          {text('agreements.back')}
        </button>
        <button type="button" className="button" onClick={save} disabled={content === undefined}>
          {text('agreements.savePdf')}
        </button>
        <button type="button" className="button" onClick={onPrint} disabled={content === undefined}>
          {text('agreements.print')}
        </button>
      </p>
      <SavedWhere
        saved={saved}
        words={{ saved: text('agreements.saved'), failed: text('agreements.saveFailed') }}
        onShow={onShowSaved}
      />
      <AgreementFacts agreement={agreement} siteName={siteName} />
      {content === undefined ? <p>{text('agreements.loading')}</p> : null}
      {content?.outcome === 'not-here' ? <p>{text('agreements.textMissing')}</p> : null}
      {content?.outcome === 'found' ? <Accepted content={content} language={agreement.language} /> : null}
      {/* Last: it proves which text this is, and only an expert compares it. */}
      <dl className="facts">
        <div>
          <dt>{text('agreements.hash')}</dt>
          <dd>{agreement.textSha256}</dd>
        </div>
        {agreement.confirmation === undefined ? null : (
          <div>
            <dt>{text('agreements.confirmation')}</dt>
            <dd>
              <pre className="note">{agreement.confirmation.note}</pre>
            </dd>
          </div>
        )}
      </dl>
    </article>
  );
}

interface AcceptedProps {
  readonly content: Extract<AgreementContent, { outcome: 'found' }>;
  readonly language: Agreement['language'];
}

function Accepted({ content, language }: AcceptedProps) {
  const { text, language: shown } = useTranslator();
  return (
    <>
      {language === shown ? null : (
        <p>{text(language === 'cy-GB' ? 'agreements.inWelsh' : 'agreements.inEnglish')}</p>
      )}
      {content.statements.length === 0 ? null : (
        <section aria-labelledby="statements-heading">
          <h2 id="statements-heading">{text('agreements.statements')}</h2>
          <ul className="answers">
            {content.statements.map(({ text: statement, answer }) => (
              <li key={statement} className={`answer answer-${answer}`}>
                <span lang={language}>{statement}</span>{' '}
                <span className="quiet">({text(answers[answer])})</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="text-heading">
        <h2 id="text-heading">{text('agreements.text')}</h2>
        <div className="policy-text" lang={language}>
          <PolicyText markdown={content.text} topHeading={3} />
        </div>
      </section>
    </>
  );
}
