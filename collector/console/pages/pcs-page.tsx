/** The PCs of the school: when each was last seen, and what is wrong with it. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type Pc, pcPageSchema } from '../../../shared/console/pcs.ts';
import { ask } from '../api/client.ts';
import { ChoiceField } from '../components/choice-field.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { SearchField } from '../components/search-field.tsx';
import { showMoment } from '../words/moments.ts';
import { useWords } from '../words/words-context.tsx';

/** What needs a technician, each in one line; a PC without trouble says so. */
function Trouble({ pc }: { readonly pc: Pc }) {
  const { text, counted } = useWords();
  const lines = [
    ...(pc.state === 'waiting' ? [text('console.pcs.waiting')] : []),
    ...(pc.state === 'expelled' ? [text('console.pcs.expelled')] : []),
    ...(pc.faults > 0 ? [counted('console.pcs.faults', pc.faults)] : []),
    ...(pc.missingEvents > 0 ? [counted('console.pcs.missing', pc.missingEvents)] : []),
    ...(pc.forkedEvents > 0 ? [counted('console.pcs.forked', pc.forkedEvents)] : []),
  ];
  if (lines.length === 0) return <span className="mark mark-good">{text('console.pcs.noTrouble')}</span>;
  return lines.map((line) => (
    <span key={line} className="mark mark-limited">
      {line}
    </span>
  ));
}

function useColumns(): readonly Column<Pc>[] {
  const { text, language } = useWords();
  return useMemo(() => {
    const oneDecimal = new Intl.NumberFormat(language, {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
    return [
      {
        id: 'pc',
        heading: text('console.pc'),
        isRowHeading: true,
        cell: (pc) => (
          <>
            <bdi>{pc.hostname}</bdi>
            <bdi className="second">{pc.label === '' ? pc.account : `${pc.label}, ${pc.account}`}</bdi>
          </>
        ),
      },
      { id: 'trouble', heading: text('console.pcs.state'), cell: (pc) => <Trouble pc={pc} /> },
      {
        id: 'seen',
        heading: text('console.pcs.lastSeen'),
        cell: (pc) => <time dateTime={pc.lastSeenAt}>{showMoment(pc.lastSeenAt, language)}</time>,
      },
      {
        id: 'version',
        heading: text('console.pcs.version'),
        cell: (pc) => (
          <>
            <bdi>{pc.agentVersion}</bdi>
            <bdi className="second">{pc.os}</bdi>
          </>
        ),
      },
      {
        id: 'queue',
        heading: text('console.pcs.queue'),
        isNumber: true,
        cell: (pc) => pc.queueLength ?? text('console.unknown'),
      },
      {
        id: 'gate',
        heading: text('console.pcs.secondsToGate'),
        isNumber: true,
        cell: (pc) =>
          pc.secondsToGate === undefined ? text('console.notMeasured') : oneDecimal.format(pc.secondsToGate),
      },
    ];
  }, [text, language]);
}

export function PcsPage() {
  const { text } = useWords();
  const [parameters, setParameters] = useSearchParams();
  const query = { search: parameters.get('search') ?? '', sort: parameters.get('sort') ?? 'seen' };
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(parameters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParameters(next, { replace: true });
  };
  const list = useInfiniteQuery({
    queryKey: ['pcs', query],
    queryFn: ({ pageParam }) => ask(pcPageSchema, '/api/pcs', { ...query, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(({ items }) => items), [list.data]);
  const columns = useColumns();
  return (
    <>
      <PageTitle title={text('console.pcs')} intro={text('console.pcs.intro')} />
      <search className="filter" aria-label={text('console.filter')}>
        <SearchField
          label={text('console.pcs.search')}
          value={query.search}
          onSearch={(value) => set('search', value)}
        />
        <ChoiceField
          label={text('console.sort')}
          value={query.sort}
          choices={[
            { value: 'seen', label: text('console.pcs.sort.seen') },
            { value: 'name', label: text('console.pcs.sort.name') },
            { value: 'slowest', label: text('console.pcs.sort.slowest') },
          ]}
          onChange={(value) => set('sort', value)}
        />
      </search>
      <RefusalNotice error={list.error} />
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && rows.length === 0 ? (
        query.search === '' ? (
          <EmptyState title={text('console.pcs.none')}>
            <p>{text('console.pcs.none.do')}</p>
          </EmptyState>
        ) : (
          <EmptyState title={text('console.noMatch')}>
            <p>{text('console.noMatch.do')}</p>
          </EmptyState>
        )
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          caption={text('console.pcs.caption')}
          columns={columns}
          rows={rows}
          keyOf={(pc) => pc.agentId}
        />
      ) : null}
      {list.hasNextPage ? (
        <div className="buttons">
          <button
            type="button"
            className="button"
            aria-disabled={list.isFetchingNextPage}
            onClick={() => {
              if (!list.isFetchingNextPage) void list.fetchNextPage();
            }}
          >
            {text('console.more')}
          </button>
        </div>
      ) : null}
    </>
  );
}
