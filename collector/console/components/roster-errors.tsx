/** The lines of a file that cannot be imported, each with what is wrong. */
import { useMemo } from 'react';
import type { RosterErrorKind, RosterPreview } from '../../../shared/console/people.ts';
import { useWords } from '../words/words-context.tsx';
import { type Column, DataTable } from './data-table.tsx';

const problems = {
  broken: 'console-people.error.broken',
  'no-name': 'console-people.error.no-name',
  'no-id': 'console-people.error.no-id',
  'no-audience': 'console-people.error.no-audience',
  duplicate: 'console-people.error.duplicate',
  'too-long': 'console-people.error.too-long',
} as const satisfies Readonly<Record<RosterErrorKind, string>>;

type RosterError = RosterPreview['errors'][number];

export function RosterErrors({ preview }: { readonly preview: RosterPreview }) {
  const { text, counted } = useWords();
  const { errors, errorCount } = preview;
  const columns = useMemo(
    (): readonly Column<RosterError>[] => [
      { id: 'line', heading: text('console-people.line'), isRowHeading: true, cell: ({ line }) => line },
      {
        id: 'problem',
        heading: text('console-people.problem'),
        cell: ({ kind }) => text(problems[kind]),
      },
      { id: 'value', heading: text('console-people.value'), cell: ({ value }) => <bdi>{value}</bdi> },
    ],
    [text],
  );
  if (errorCount === 0) return null;
  return (
    <section>
      <h2>{text('console-people.errors')}</h2>
      <p className="mark mark-limited">{text('console-people.errors.note')}</p>
      <DataTable
        caption={text('console-people.errors')}
        columns={columns}
        rows={errors}
        keyOf={({ line, kind }) => `${line} ${kind}`}
      />
      {errorCount > errors.length ? (
        <p>{counted('console-people.moreErrors', errorCount - errors.length)}</p>
      ) : null}
    </section>
  );
}
