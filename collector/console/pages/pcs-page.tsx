/** The PCs of the school: when each was last seen, and what is wrong with it. */
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { type Pc, pcPageSchema } from '../../../shared/console/pcs.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { withQuery } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { usePagedList } from '../api/use-paged-list.ts';
import { ChoiceField } from '../components/choice-field.tsx';
import { Command } from '../components/command.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { PcTrouble } from '../components/pc-trouble.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { SearchField } from '../components/search-field.tsx';
import { useWords } from '../words/words-context.tsx';

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
            <Link to={`/pcs/${encodeURIComponent(pc.agentId)}`}>
              <bdi>{pc.hostname}</bdi>
            </Link>
            <bdi className="second">{pc.label === '' ? pc.account : `${pc.label}, ${pc.account}`}</bdi>
          </>
        ),
      },
      { id: 'trouble', heading: text('console.pcs.state'), cell: (pc) => <PcTrouble pc={pc} /> },
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
  const { text, language } = useWords();
  const [parameters, setParameters] = useSearchParams();
  const query = {
    search: parameters.get('search') ?? '',
    state: parameters.get('state') ?? '',
    sort: parameters.get('sort') ?? 'seen',
  };
  const mayExport = useMay('pcs:manage');
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(parameters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParameters(next, { replace: true });
  };
  const list = usePagedList(pcPageSchema, '/api/pcs', query);
  const { rows } = list;
  const columns = useColumns();
  return (
    <>
      <PageTitle title={text('console.pcs')} intro={text('console.pcs.intro')}>
        {mayExport ? (
          <a
            className="button no-print"
            href={withQuery('/api/pcs.csv', { search: query.search, state: query.state, lang: language })}
          >
            {text('console.downloadCsv')}
          </a>
        ) : null}
      </PageTitle>
      <search className="filter" aria-label={text('console.filter')}>
        <SearchField
          label={text('console.pcs.search')}
          value={query.search}
          onSearch={(value) => set('search', value)}
        />
        <ChoiceField
          label={text('console.pcs.state')}
          value={query.state}
          choices={[
            { value: '', label: text('console-pcs.state.all') },
            ...(['active', 'waiting', 'silent', 'expelled'] as const).map((state) => ({
              value: state,
              label: text(`console-pcs.state.${state}`),
            })),
          ]}
          onChange={(value) => set('state', value)}
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
        query.search === '' && query.state === '' ? (
          <EmptyState title={text('console.pcs.none')}>
            <p>{text('console.pcs.none.do')}</p>
            <Command words="token create" />
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
      <MoreRows list={list} />
    </>
  );
}
