/** One statement to tick: the whole row is the label. */
import type { Statement } from '../../shared/policy/pack.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

interface Props {
  readonly id: string;
  readonly statement: Statement;
  readonly ticked: boolean;
  readonly missing: boolean;
  readonly onToggle: (statementId: string) => void;
}

export function StatementRow({ id, statement, ticked, missing, onToggle }: Props) {
  const { text, language } = useTranslator();
  const messageId = `${id}-message`;
  return (
    <div className={missing ? 'answer answer-missing' : 'answer'}>
      {missing ? (
        <p id={messageId} className="message">
          <span className="visually-hidden">{text('gate.error.label')} </span>
          {text('gate.error.statement')}
        </p>
      ) : null}
      <label className="check-row" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={ticked}
          aria-invalid={missing}
          aria-describedby={missing ? messageId : undefined}
          onChange={() => onToggle(statement.id)}
        />
        <span>
          {statement.text[language]}{' '}
          <span className="tag">{text(statement.required ? 'gate.required' : 'gate.optional')}</span>
        </span>
      </label>
    </div>
  );
}
