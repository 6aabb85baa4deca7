/** The user's message to the school, and whether it was recorded. */
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

export type SendProblem = (text: string) => Promise<{ readonly outcome: 'recorded' | 'not-recorded' }>;

/** The contract's limit. Not imported from the contract, because that would bundle the schemas into the page. */
const longestText = 2000;

type Outcome = 'none' | 'missing' | 'sending' | 'recorded' | 'not-recorded';

/** What is written and what became of it. The form and its pinned button share it. */
interface Tell {
  readonly written: string;
  readonly outcome: Outcome;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly write: (text: string) => void;
  readonly send: (event: FormEvent) => void;
}

export function useTell(onSend: SendProblem): Tell {
  const [written, setWritten] = useState('');
  const [outcome, setOutcome] = useState<Outcome>('none');
  const field = useRef<HTMLTextAreaElement>(null);
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
  const write = (text: string) => {
    setWritten(text);
    setOutcome('none');
  };
  return { written, outcome, field, write, send };
}

/** The form that the pinned *Send* submits. */
const formId = 'tell';

export function SendButton({ outcome }: Pick<Tell, 'outcome'>) {
  const { text } = useTranslator();
  return (
    <button
      type="submit"
      form={formId}
      className="button button-primary"
      aria-disabled={outcome === 'sending'}
    >
      {text('problem.tell.send')}
    </button>
  );
}

interface Props extends Tell {
  readonly hasCollector: boolean;
}

export function TellForm({ hasCollector, written, outcome, field, write, send }: Props) {
  const { text } = useTranslator();
  const messages: Partial<Record<Outcome, PlainKey>> = {
    missing: 'problem.tell.missing',
    'not-recorded': 'problem.tell.notRecorded',
  };
  const message = messages[outcome];
  const told = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (message === undefined) return;
    // The message pushes the field down, after the focus has brought it into sight; the message comes first.
    field.current?.scrollIntoView({ block: 'nearest' });
    told.current?.scrollIntoView({ block: 'nearest' });
  }, [message, field]);
  return (
    <section aria-labelledby="tell-heading">
      <h2 id="tell-heading">{text('problem.tell.heading')}</h2>
      <form
        id={formId}
        className={message === undefined ? 'answer' : 'answer answer-missing'}
        onSubmit={send}
      >
        <label className="field-label" htmlFor="problem-text">
          {text('problem.tell.label')}
        </label>
        <p id="problem-hint" className="quiet">
          {text('problem.tell.hint')}
        </p>
        {message === undefined ? null : (
          <p ref={told} id="problem-message" className="message" role="alert">
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
          onChange={(event) => write(event.target.value)}
        />
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
