/** What is still missing, as a list that takes focus and leads to each place. */
import { useEffect, useRef } from 'react';
import type { Statement } from '../../shared/policy/pack.ts';
import { useTranslator } from '../i18n/translator-context.tsx';
import { controlId, type MissingAnswer } from './missing-answers.ts';

interface Props {
  readonly missing: readonly MissingAnswer[];
  readonly statements: readonly Statement[];
}

export function ErrorSummary({ missing, statements }: Props) {
  const { text, language } = useTranslator();
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => summary.current?.focus(), []);

  const wordsFor = (answer: MissingAnswer): string => {
    if (answer.kind === 'fullName') return text('gate.error.fullName');
    if (answer.kind === 'jobRole') return text('gate.error.jobRole');
    const statement = statements.find(({ id }) => id === answer.statementId);
    return text('gate.error.statementLink', { statement: statement?.text[language] ?? '' });
  };

  return (
    <div ref={summary} className="notice" role="alert" tabIndex={-1}>
      <h2>{text('gate.error.title')}</h2>
      <ul>
        {missing.map((answer) => (
          <li key={controlId(answer)}>
            <a
              href={`#${controlId(answer)}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(controlId(answer))?.focus();
              }}
            >
              {wordsFor(answer)}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
