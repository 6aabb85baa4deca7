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
  return (
    <div className={missing ? 'answer answer-missing' : 'answer'}>
      <label className="check-row" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={ticked}
          aria-invalid={missing}
          onChange={() => onToggle(statement.id)}
        />
        <span>
          {statement.text[language]}
          {statement.required ? null : <span className="tag">{text('gate.optional')}</span>}
        </span>
      </label>
    </div>
  );
}
