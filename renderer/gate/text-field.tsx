/** A line of text with its label above it and its message between the two. */
import { useTranslator } from '../i18n/translator-context.tsx';

interface Props {
  readonly id: string;
  readonly label: string;
  /** Small word after the label. */
  readonly hint: string | undefined;
  readonly autoComplete: 'name' | 'organization-title' | 'off';
  readonly value: string;
  readonly message: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The longest answer that the record takes. */
const longestAnswer = 200;

export function TextField({ id, label, hint, autoComplete, value, message, onChange }: Props) {
  const { text } = useTranslator();
  const messageId = `${id}-message`;
  return (
    <div className={message === undefined ? 'answer' : 'answer answer-missing'}>
      <label className="field-label" htmlFor={id}>
        {label}
        {hint === undefined ? null : <span className="tag">{hint}</span>}
      </label>
      {message === undefined ? null : (
        <p id={messageId} className="message">
          <span className="visually-hidden">{text('gate.error.label')} </span>
          {message}
        </p>
      )}
      <input
        id={id}
        className="field"
        type="text"
        autoComplete={autoComplete}
        spellCheck={false}
        maxLength={longestAnswer}
        value={value}
        aria-invalid={message !== undefined}
        aria-describedby={message === undefined ? undefined : messageId}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
