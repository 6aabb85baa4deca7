/** Approval by telephone: the number that the user reads out, and the field for the technician's code. */
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { WarningCard } from '../../shared/ipc/media-warning.ts';
import { useTranslator } from '../i18n/translator-context.tsx';
import { useMessageInSight } from './message-in-sight.ts';

interface Props {
  readonly card: WarningCard;
  readonly onSend: (code: string) => void;
  readonly onBack: () => void;
}

const problems: Partial<Record<WarningCard['offlineCode'], PlainKey>> = {
  mistyped: 'media-warning.code.mistyped',
  'clock-back': 'media-warning.code.clockBack',
  'other-pc': 'media-warning.code.otherPc',
  used: 'media-warning.code.used',
  'other-device': 'media-warning.code.otherDevice',
  late: 'media-warning.code.late',
  'not-recorded': 'media-warning.code.notRecorded',
};

export function CodeForm({ card, onSend, onBack }: Props) {
  const { text } = useTranslator();
  const [code, setCode] = useState('');
  const [hasSent, setHasSent] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const message = useRef<HTMLParagraphElement>(null);
  useEffect(() => field.current?.focus(), []);
  const fieldId = `code-${card.id}`;
  const messageId = `${fieldId}-message`;
  // The answer to a code from before the user came back says nothing about the next one.
  const problem = hasSent ? problems[card.offlineCode] : undefined;
  const isWorking = card.offlineCode === 'working';
  useMessageInSight(problem, field, message);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() !== '' && !isWorking) {
      setHasSent(true);
      onSend(code.trim());
    }
    field.current?.focus();
  };
  // Elsewhere Escape closes the whole warning, and the user would lose the number on the telephone.
  const leaveOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onBack();
  };
  return (
    <form
      className={problem === undefined ? 'answer' : 'answer answer-missing'}
      onSubmit={send}
      onKeyDown={leaveOnEscape}
    >
      <p>
        {text('media-warning.code.number')} <strong className="spoken">{card.deviceNumber}</strong>
      </p>
      <label className="field-label" htmlFor={fieldId}>
        {text('media-warning.code.field')}
      </label>
      {problem === undefined ? null : (
        <p ref={message} id={messageId} className="message" role="alert">
          {text(problem)}
        </p>
      )}
      <input
        ref={field}
        id={fieldId}
        className="field"
        type="text"
        maxLength={80}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={code}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : messageId}
        onChange={(event) => setCode(event.target.value)}
      />
      <div className="buttons">
        <button type="submit" className="button button-primary" aria-disabled={isWorking}>
          {text('media-warning.code.send')}
        </button>
        <button type="button" className="button" onClick={onBack}>
          {text('common.goBack')}
        </button>
      </div>
    </form>
  );
}
