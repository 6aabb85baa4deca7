/** The missing answers, as a short list that takes focus and links to each control. */
import { useEffect, useRef } from 'react';
import type { MissingAnswer } from '../../shared/policy/missing-answers.ts';
import { useTranslator } from '../i18n/translator-context.tsx';
import { controlId } from './control-ids.ts';

interface Props {
  readonly missing: readonly MissingAnswer[];
}

export function ErrorSummary({ missing }: Props) {
  const { text, counted } = useTranslator();
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    summary.current?.focus({ preventScroll: true });
    summary.current?.scrollIntoView({ block: 'start' });
  }, []);

  const statements = missing.filter(({ kind }) => kind === 'statement');
  const [firstStatement] = statements;
  const links: readonly (readonly [MissingAnswer, string])[] = [
    // The statements are one question: one link to the first of them, not a wall of text.
    ...(firstStatement === undefined
      ? []
      : [[firstStatement, counted('gate.error.statements', statements.length)] as const]),
    ...missing.flatMap((answer) => {
      if (answer.kind === 'statement') return [];
      const words = text(answer.kind === 'fullName' ? 'gate.error.fullName' : 'gate.error.jobRole');
      return [[answer, words] as const];
    }),
  ];

  return (
    <div ref={summary} className="notice" role="alert" tabIndex={-1}>
      <h2>{counted('gate.error.title', missing.length)}</h2>
      <ul>
        {links.map(([answer, words]) => (
          <li key={answer.kind}>
            <a
              href={`#${controlId(answer)}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(controlId(answer))?.focus();
              }}
            >
              {words}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
