/** One device in the warning: its name, its problem and the reason, and what the user can do. */
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { describeAnswer } from '../../shared/i18n/describe-answer.ts';
import { describeDevice } from '../../shared/i18n/describe-device.ts';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { WarningCard } from '../../shared/ipc/media-warning.ts';
import { useTranslator } from '../i18n/translator-context.tsx';
import { CodeForm } from './code-form.tsx';
import { useMessageInSight } from './message-in-sight.ts';
import { adviceOf, reasonsOf } from './warning-words.ts';

export interface CardActions {
  readonly eject: (id: string) => void;
  readonly ask: (id: string, reason: string) => void;
  readonly takeCode: (id: string, code: string) => void;
  readonly scan: (id: string) => void;
}

interface Props {
  readonly card: WarningCard;
  /** No other device is listed, so its buttons need not say which one they are for. */
  readonly isOnly: boolean;
  readonly actions: CardActions;
}

export function WarningCardView({ card, isOnly, actions }: Props) {
  const translator = useTranslator();
  const { text } = translator;
  const [isAsking, setIsAsking] = useState(false);
  const [hasCode, setHasCode] = useState(false);
  const codeButton = useRef<HTMLButtonElement>(null);
  const headingId = `device-${card.id}`;
  const isWrong = card.problems.length > 0;
  return (
    <li aria-labelledby={headingId} data-right={!isWrong}>
      <h2 id={headingId}>{describeDevice(translator, card)}</h2>
      {card.serial === '' ? null : (
        <p className="quiet device-number">{text('media-warning.serial', { serial: card.serial })}</p>
      )}
      {isWrong && card.eject !== 'ejected' ? (
        <>
          <ul className="verdicts">
            {reasonsOf(card).map(({ verdict, why }) => (
              <li key={verdict}>
                <strong
                  className={verdict === 'media-warning.cannot-tell' ? 'verdict verdict-open' : 'verdict'}
                >
                  {text(verdict)}
                </strong>
                <span>{text(why)}</span>
              </li>
            ))}
          </ul>
          <p>{text(adviceOf(card))}</p>
        </>
      ) : null}
      {isWrong ? null : <p className="mark mark-good">{text(goodNewsOf(card))}</p>}
      <Outcomes card={card} />
      {hasCode && canTakeCode(card) ? (
        <CodeForm
          card={card}
          onSend={(code) => actions.takeCode(card.id, code)}
          onBack={() => {
            flushSync(() => setHasCode(false));
            codeButton.current?.focus();
          }}
        />
      ) : isAsking && canAsk(card) ? (
        <AskForm
          id={card.id}
          isUnencrypted={card.problems.includes('not-encrypted')}
          onSend={(reason) => {
            setIsAsking(false);
            actions.ask(card.id, reason);
          }}
          onBack={() => setIsAsking(false)}
        />
      ) : (
        <Buttons
          card={card}
          isOnly={isOnly}
          actions={actions}
          onAsk={() => setIsAsking(true)}
          onCode={() => setHasCode(true)}
          codeButton={codeButton}
        />
      )}
    </li>
  );
}

function goodNewsOf({ approval, encryption }: WarningCard): PlainKey {
  if (approval === 'approved') return 'media-warning.approved';
  return encryption === 'encrypted' ? 'media-warning.putRight.encrypted' : 'media-warning.putRight';
}

function canTakeCode({ offlineCode, problems }: WarningCard): boolean {
  return offlineCode !== 'not-available' && problems.includes('not-approved');
}

function canAsk({ request, problems }: WarningCard): boolean {
  return problems.includes('not-approved') && (request === 'ready' || request === 'not-recorded');
}

const ejectWords: Partial<Record<WarningCard['eject'], PlainKey>> = {
  working: 'media-warning.eject.working',
  ejected: 'media-warning.eject.ejected',
  'in-use': 'media-warning.eject.inUse',
  refused: 'media-warning.eject.refused',
  failed: 'media-warning.eject.failed',
};

const requestWords: Partial<Record<WarningCard['request'], PlainKey>> = {
  queued: 'media-warning.ask.queued',
  sent: 'media-warning.ask.sent',
  'not-recorded': 'media-warning.ask.notRecorded',
};

const scanWords: Partial<Record<WarningCard['scan'], PlainKey>> = {
  'nothing-found': 'media-warning.scan.nothingFound',
  'something-found': 'media-warning.scan.somethingFound',
  unclear: 'media-warning.scan.unclear',
  failed: 'media-warning.scan.failed',
};

const bad: ReadonlySet<string> = new Set([
  'media-warning.eject.inUse',
  'media-warning.eject.refused',
  'media-warning.eject.failed',
  'media-warning.ask.notRecorded',
  'media-warning.scan.somethingFound',
  'media-warning.scan.unclear',
]);

/**
 * The school's answer while it is news: not below a newer request. An approval shows only if another reason keeps the
 * card.
 */
function answerToShow({ answer, request, problems }: WarningCard): WarningCard['answer'] {
  const isWaiting = request === 'working' || request === 'queued' || request === 'sent';
  if (answer === null || isWaiting || problems.length === 0) return null;
  const isStanding = problems.includes('not-approved') === (answer.decision === 'refused');
  return isStanding ? answer : null;
}

/** The outcome of each thing that the user asked for; a screen reader announces it as it comes. */
function Outcomes({ card }: { readonly card: WarningCard }) {
  const translator = useTranslator();
  const { text } = translator;
  const answer = answerToShow(card);
  const isOver = card.problems.length === 0;
  const keys = [
    ejectWords[card.eject],
    // After the approval, a sent request is no longer news.
    isOver ? undefined : requestWords[card.request],
    scanWords[card.scan],
  ].filter((key) => key !== undefined);
  const scanning =
    card.scan !== 'working'
      ? undefined
      : card.scanProgram === ''
        ? text('media-warning.scan.begins')
        : text('media-warning.scan.working', { program: card.scanProgram });
  return (
    <div className="outcomes" role="status">
      {answer === null ? null : (
        <p className={answer.decision === 'approved' ? 'mark mark-good' : 'mark mark-bad'}>
          {describeAnswer(translator, answer, 'sentence')}
        </p>
      )}
      {answer?.decision === 'approved' && card.problems.includes('not-encrypted') ? (
        <p className="outcome">{text('media-warning.answer.stillNotEncrypted')}</p>
      ) : null}
      {answer === null || answer.reason === '' ? null : (
        <p className="answer-reason">{text('media-warning.answer.reason', { reason: answer.reason })}</p>
      )}
      {keys.map((key) => (
        <p key={key} className={bad.has(key) ? 'outcome outcome-bad' : 'outcome'}>
          {text(key)}
        </p>
      ))}
      {scanning === undefined ? null : <p className="outcome">{scanning}</p>}
    </div>
  );
}

/** In these states *Eject* would do nothing, or be refused again. */
const noEject: ReadonlySet<WarningCard['eject']> = new Set([
  'not-available',
  'ejected',
  'working',
  'refused',
]);

interface ButtonsProps extends Props {
  readonly onAsk: () => void;
  readonly onCode: () => void;
  /** Takes the focus when the user leaves the field for the code. */
  readonly codeButton: RefObject<HTMLButtonElement | null>;
}

function Buttons({ card, isOnly, actions, onAsk, onCode, codeButton }: ButtonsProps) {
  const translator = useTranslator();
  const { text } = translator;
  const mayEject = !noEject.has(card.eject);
  const isAnswered = card.answer?.decision === 'refused';
  const ask = text(isAnswered ? 'media-warning.askAgain' : 'media-warning.ask');
  /** A list of buttons, as a screen reader shows it, has no headings. */
  const nameOf = (words: string) => (isOnly ? undefined : `${words}: ${describeDevice(translator, card)}`);
  const mayScan = card.scan === 'ready' || card.scan === 'failed';
  const isGone = card.eject === 'ejected';
  if (isGone || card.problems.length === 0) return null;
  return (
    <div className="buttons">
      {mayEject ? (
        <button
          type="button"
          className="button button-primary"
          aria-label={nameOf(text('media-warning.eject'))}
          onClick={() => actions.eject(card.id)}
        >
          {text('media-warning.eject')}
        </button>
      ) : null}
      {canAsk(card) ? (
        <button type="button" className="button" aria-label={nameOf(ask)} onClick={onAsk}>
          {ask}
        </button>
      ) : null}
      {canTakeCode(card) ? (
        <button
          ref={codeButton}
          type="button"
          className="button"
          aria-label={nameOf(text('media-warning.code'))}
          onClick={onCode}
        >
          {text('media-warning.code')}
        </button>
      ) : null}
      {mayScan ? (
        <button
          type="button"
          className="button"
          aria-label={nameOf(text('media-warning.scan'))}
          onClick={() => actions.scan(card.id)}
        >
          {text('media-warning.scan')}
        </button>
      ) : null}
    </div>
  );
}

/** The longest reason that the request takes. */
const longestReason = 500;

interface AskProps {
  readonly id: string;
  /** Approval does not change that, and the user must know before they ask. */
  readonly isUnencrypted: boolean;
  readonly onSend: (reason: string) => void;
  readonly onBack: () => void;
}

function AskForm({ id, isUnencrypted, onSend, onBack }: AskProps) {
  const { text } = useTranslator();
  const [reason, setReason] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const message = useRef<HTMLParagraphElement>(null);
  useEffect(() => field.current?.focus(), []);
  useMessageInSight(isMissing ? 'media-warning.ask.missing' : undefined, field, message);
  const fieldId = `reason-${id}`;
  const messageId = `${fieldId}-message`;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== '') onSend(reason.trim());
    else {
      setIsMissing(true);
      field.current?.focus();
    }
  };
  return (
    <form className={isMissing ? 'answer answer-missing' : 'answer'} onSubmit={send}>
      {isUnencrypted ? <p>{text('media-warning.ask.notEncrypted')}</p> : null}
      <label className="field-label" htmlFor={fieldId}>
        {text('media-warning.ask.reason')}
      </label>
      {isMissing ? (
        <p ref={message} id={messageId} className="message" role="alert">
          {text('media-warning.ask.missing')}
        </p>
      ) : null}
      <textarea
        ref={field}
        id={fieldId}
        className="field"
        rows={2}
        maxLength={longestReason}
        value={reason}
        aria-invalid={isMissing}
        aria-describedby={isMissing ? messageId : undefined}
        onChange={(event) => {
          setReason(event.target.value);
          setIsMissing(false);
        }}
      />
      <div className="buttons">
        <button type="submit" className="button button-primary">
          {text('media-warning.ask.send')}
        </button>
        <button type="button" className="button" onClick={onBack}>
          {text('common.goBack')}
        </button>
      </div>
    </form>
  );
}
