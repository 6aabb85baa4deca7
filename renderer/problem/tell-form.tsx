/** The user's message to the school, and whether it was recorded. */
import { type FormEvent, useRef, useState } from 'react';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

export interface TellProps {
  readonly hasCollector: boolean;
  readonly onSend: (text: string) => Promise<{ readonly outcome: 'recorded' | 'not-recorded' }>;
}

/** The contract's limit. Not imported from the contract, because that would bundle the schemas into the page. */
const longestText = 2000;

type Outcome = 'none' | 'missing' | 'sending' | 'recorded' | 'not-recorded';

export function TellForm({ hasCollector, onSend }: TellProps) {
  const { text } = useTranslator();
  const [written, setWritten] = useState('');
  const [outcome, setOutcome] = useState<Outcome>('none');
  const field = useRef<HTMLTextAreaElement>(null);
  const messages: Partial<Record<Outcome, PlainKey>> = {
    missing: 'problem.tell.missing',
    'not-recorded': 'problem.tell.notRecorded',
  };
  const message = messages[outcome];
  const finish = (next: Outcome) => {
    setOutcome(next);
    // Keep the text if it could not be recorded.
    if (next === 'recorded') setWritten('');
    else field.current?.focus();
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (outcome === 'sending') return;
    const words = written.trim();
    if (words === '') {
      finish('missing');
      return;
    }
    setOutcome('sending');
    onSend(words).then(
      (answer) => finish(answer.outcome),
      () => finish('not-recorded'),
    );
  };
  return (
    <section aria-labelledby="tell-heading">
      <h2 id="tell-heading">{text('problem.tell.heading')}</h2>
      <form className={message === undefined ? 'answer' : 'answer answer-missing'} onSubmit={send}>
        <label className="field-label" htmlFor="problem-text">
          {text('problem.tell.label')}
        </label>
        <p id="problem-hint" className="quiet">
          {text('problem.tell.hint')}
        </p>
        {message === undefined ? null : (
          <p id="problem-message" className="message" role="alert">
            {text(message)}
          </p>
        )}
        <textarea
          ref={field}
          id="problem-text"
          className="field field-wide"
          rows={4}
          maxLength={longestText}
          value={written}
          aria-invalid={outcome === 'missing'}
          aria-describedby={message === undefined ? 'problem-hint' : 'problem-hint problem-message'}
          onChange={(event) => {
            setWritten(event.target.value);
            setOutcome('none');
          }}
        />
        <p className="actions">
          <button type="submit" className="button button-primary" aria-disabled={outcome === 'sending'}>
            {text('problem.tell.send')}
          </button>
        </p>
        <p role="status">
          {outcome === 'recorded' ? (
            <span className="mark mark-good">
              {text(hasCollector ? 'problem.tell.recorded' : 'problem.tell.kept')}
            </span>
          ) : null}
        </p>
      </form>
    </section>
  );
}
