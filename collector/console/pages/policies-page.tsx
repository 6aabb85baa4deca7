/** The policies of the school: each version, for whom it is, since when, and how many have accepted it. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { type PolicyVersion, policyListSchema } from '../../../shared/console/policies.ts';
import { formatCalendarDate } from '../../../shared/i18n/format-date.ts';
import { ask } from '../api/client.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

const marks: Readonly<Record<PolicyVersion['state'], string>> = {
  current: 'mark mark-good',
  future: 'mark mark-limited',
  earlier: 'mark',
  'not-held': 'mark',
};

function useColumns(policyId: string): readonly Column<PolicyVersion>[] {
  const { text, language } = useWords();
  return useMemo(
    () => [
      {
        id: 'version',
        heading: text('console.version'),
        isRowHeading: true,
        cell: ({ version, pack }) =>
          pack === undefined ? (
            version
          ) : (
            <Link to={`/policies/${policyId}/${version}`}>
              {text('console.version')} {version}
            </Link>
          ),
      },
      {
        id: 'state',
        heading: text('console-policies.state'),
        cell: ({ state, pack }) => (
          <>
            <span className={marks[state]}>{text(`console-policies.state.${state}`)}</span>
            {pack === undefined ? null : (
              <span className="second">
                {text(pack.material ? 'console-policies.material' : 'console-policies.notMaterial')}
              </span>
            )}
          </>
        ),
      },
      {
        id: 'from',
        heading: text('console-policies.from'),
        cell: ({ pack }) => (pack === undefined ? '–' : formatCalendarDate(pack.effectiveFrom, language)),
      },
      {
        id: 'audiences',
        heading: text('console-policies.audiences'),
        cell: ({ pack }) => pack?.audiences.join(', ') ?? '–',
      },
      {
        id: 'languages',
        heading: text('console-policies.languages'),
        cell: ({ pack }) => (pack === undefined ? '–' : text('console-policies.both')),
      },
      {
        id: 'accepted',
        heading: text('console-policies.accepted'),
        isNumber: true,
        cell: ({ accepted }) => new Intl.NumberFormat(language).format(accepted),
      },
    ],
    [text, language, policyId],
  );
}

interface PolicyProps {
  readonly policyId: string;
  readonly versions: readonly PolicyVersion[];
}

function Policy({ policyId, versions }: PolicyProps) {
  const { text, language } = useWords();
  const columns = useColumns(policyId);
  const title = versions.find(({ pack }) => pack !== undefined)?.pack?.title[language] ?? policyId;
  return (
    <section>
      <h2>{title}</h2>
      <DataTable
        caption={text('console-policies.caption', { policy: policyId })}
        columns={columns}
        rows={versions}
        keyOf={({ version }) => version}
      />
    </section>
  );
}

export function PoliciesPage() {
  const { text } = useWords();
  const policies = useQuery({
    queryKey: ['policies'],
    queryFn: () => ask(policyListSchema, '/api/policies'),
  });
  const items = policies.data?.items ?? [];
  return (
    <>
      <PageTitle title={text('console-policies.title')} intro={text('console-policies.intro')} />
      <RefusalNotice error={policies.error} sentences={{ 503: text('console-policies.unreadable') }} />
      {policies.isPending ? <Loading /> : null}
      {policies.isSuccess && items.length === 0 ? (
        <EmptyState title={text('console-policies.none')}>
          <p>{text('console-policies.none.do')}</p>
        </EmptyState>
      ) : null}
      {items.map((item) => (
        <Policy key={item.policyId} {...item} />
      ))}
      {items.length > 0 ? <p className="quiet">{text('console-policies.accepted.why')}</p> : null}
    </>
  );
}
