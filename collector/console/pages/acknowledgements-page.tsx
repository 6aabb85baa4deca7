/** The list of acknowledgements: filtered, searched, sorted, page by page, and live while it shows the newest. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import {
  type AcknowledgementRow,
  pageSchema,
  policyChoicesSchema,
} from '../../../shared/console/acknowledgements.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, withQuery } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { useArrivals } from '../api/use-arrivals.ts';
import { usePagedList } from '../api/use-paged-list.ts';
import { AnswerMark } from '../components/answer-mark.tsx';
import { ChoiceField } from '../components/choice-field.tsx';
import { Command } from '../components/command.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { DateField } from '../components/date-field.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { SearchField } from '../components/search-field.tsx';
import { useWords } from '../words/words-context.tsx';

const filterNames = ['search', 'policyId', 'action', 'language', 'countersigned', 'from', 'to'] as const;
type FilterName = (typeof filterNames)[number];

/** The filter is in the address, so that it survives a reload and can be bookmarked. */
function useFilter() {
  const [parameters, setParameters] = useSearchParams();
  const filter = Object.fromEntries(
    filterNames.map((name) => [name, parameters.get(name) ?? '']),
  ) as Readonly<Record<FilterName, string>>;
  const sort = parameters.get('sort') ?? 'arrived';
  const set = (name: FilterName | 'sort', value: string) => {
    const next = new URLSearchParams(parameters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParameters(next, { replace: true });
  };
  const isEmpty = filterNames.every((name) => filter[name] === '');
  return { filter, sort, set, isEmpty, clear: () => setParameters({}, { replace: true }) };
}

type Filter = ReturnType<typeof useFilter>;

function FilterBar({ filter, sort, set, isEmpty, clear }: Filter) {
  const { text, language } = useWords();
  const policies = useQuery({
    queryKey: ['acknowledgement-policies'],
    queryFn: () => ask(policyChoicesSchema, '/api/acknowledgement-policies'),
    staleTime: 60_000,
  });
  const any = { value: '', label: text('console.any') };
  const policyChoices = (policies.data?.items ?? []).map(({ policyId, title }) => ({
    value: policyId,
    label: title?.[language] ?? policyId,
  }));
  return (
    <search className="filter" aria-label={text('console.filter')}>
      <SearchField
        label={text('console.search')}
        value={filter.search}
        onSearch={(value) => set('search', value)}
      />
      <ChoiceField
        label={text('console.policy')}
        value={filter.policyId}
        choices={[any, ...policyChoices]}
        onChange={(value) => set('policyId', value)}
      />
      <ChoiceField
        label={text('console.answer')}
        value={filter.action}
        choices={[
          any,
          { value: 'accepted', label: text('console.action.accepted') },
          { value: 'declined', label: text('console.action.declined') },
          { value: 'help-requested', label: text('console.action.help-requested') },
        ]}
        onChange={(value) => set('action', value)}
      />
      <ChoiceField
        label={text('console.shownIn')}
        value={filter.language}
        choices={[
          any,
          { value: 'en-GB', label: text('console.english') },
          { value: 'cy-GB', label: text('console.welsh') },
        ]}
        onChange={(value) => set('language', value)}
      />
      <ChoiceField
        label={text('console-countersign.filter')}
        value={filter.countersigned}
        choices={[
          any,
          { value: 'yes', label: text('console-countersign.filter.yes') },
          { value: 'no', label: text('console-countersign.filter.no') },
        ]}
        onChange={(value) => set('countersigned', value)}
      />
      <DateField label={text('console.from')} value={filter.from} onChange={(value) => set('from', value)} />
      <DateField label={text('console.to')} value={filter.to} onChange={(value) => set('to', value)} />
      <ChoiceField
        label={text('console.sort')}
        value={sort}
        choices={[
          { value: 'arrived', label: text('console.sort.arrived') },
          { value: 'decided', label: text('console.sort.decided') },
          { value: 'name', label: text('console.sort.name') },
        ]}
        onChange={(value) => set('sort', value)}
      />
      {isEmpty ? null : (
        <button type="button" className="button button-quiet" onClick={clear}>
          {text('console.clearFilter')}
        </button>
      )}
    </search>
  );
}

function useColumns(): readonly Column<AcknowledgementRow>[] {
  const { text, language } = useWords();
  return useMemo(
    () => [
      {
        id: 'who',
        heading: text('console.who'),
        isRowHeading: true,
        cell: (row) => (
          <>
            <Link to={`/acknowledgements/${row.eventId}`}>
              <bdi>{row.fullName === '' ? row.account : row.fullName}</bdi>
            </Link>
            <bdi className="second">{row.jobRole}</bdi>
          </>
        ),
      },
      { id: 'answer', heading: text('console.answer'), cell: (row) => <AnswerMark row={row} /> },
      {
        id: 'policy',
        heading: text('console.policy'),
        cell: (row) => (
          <>
            <bdi>{row.policyTitle?.[language] ?? row.policyId}</bdi>
            <span className="second">
              {text('console.versionIn', {
                version: row.policyVersion,
                inLanguage: text(row.language === 'cy-GB' ? 'console.inWelsh' : 'console.inEnglish'),
              })}
            </span>
          </>
        ),
      },
      {
        id: 'when',
        heading: text('console.when'),
        cell: (row) => <time dateTime={row.decidedAt}>{showMoment(row.decidedAt, language)}</time>,
      },
      {
        id: 'account',
        heading: text('console.accountAndPc'),
        cell: (row) => (
          <>
            <bdi>{row.account}</bdi>
            <bdi className="second">{row.hostname}</bdi>
          </>
        ),
      },
    ],
    [text, language],
  );
}

function NothingYet() {
  const { text } = useWords();
  return (
    <EmptyState title={text('console.nothingYet')}>
      <ol>
        <li>
          {text('console.nothingYet.token')}
          <Command words="token create" />
        </li>
        <li>{text('console.nothingYet.configure')}</li>
        <li>{text('console.nothingYet.answer')}</li>
      </ol>
    </EmptyState>
  );
}

export function AcknowledgementsPage() {
  const { text, language } = useWords();
  const mayExport = useMay('acknowledgements:export');
  const filter = useFilter();
  const query = { ...filter.filter, sort: filter.sort };
  const list = usePagedList(pageSchema, '/api/acknowledgements', query);
  const isLive = filter.isEmpty && filter.sort === 'arrived';
  const loaded = list.rows;
  const arrivals = useArrivals(isLive && list.isSuccess, loaded[0]?.position ?? 0);
  const rows = useMemo(() => {
    if (!isLive) return loaded;
    const known = new Set(loaded.map(({ position }) => position));
    return [...arrivals.rows.filter(({ position }) => !known.has(position)), ...loaded];
  }, [isLive, arrivals.rows, loaded]);
  const columns = useColumns();
  return (
    <>
      <PageTitle title={text('console.acknowledgements')} intro={text('console.acknowledgements.intro')}>
        {mayExport && rows.length > 0 ? (
          <div className="buttons">
            <a
              className="button"
              href={withQuery('/api/acknowledgements.csv', { ...filter.filter, lang: language })}
            >
              {text('console.downloadCsv')}
            </a>
            <Link className="button" to={withQuery('/personnel-files', filter.filter)}>
              {text('console-personnel-file.toFiles')}
            </Link>
          </div>
        ) : null}
      </PageTitle>
      <FilterBar {...filter} />
      <RefusalNotice error={list.error} />
      {isLive ? (
        <p className="status quiet" role="status">
          {arrivals.isConnected === undefined
            ? ''
            : text(arrivals.isConnected ? 'console.live' : 'console.interrupted')}
        </p>
      ) : null}
      <p className="visually-hidden" role="log" aria-live="polite">
        {arrivals.newest === undefined
          ? ''
          : text('console.arrived', {
              who: arrivals.newest.fullName === '' ? arrivals.newest.account : arrivals.newest.fullName,
              answer: text(`console.action.${arrivals.newest.action}`),
            })}
      </p>
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && rows.length === 0 ? (
        filter.isEmpty ? (
          <NothingYet />
        ) : (
          <EmptyState title={text('console.noMatch')}>
            <p>{text('console.noMatch.do')}</p>
          </EmptyState>
        )
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          caption={text('console.acknowledgements.caption')}
          columns={columns}
          rows={rows}
          keyOf={(row) => row.eventId}
          isNew={(row) => isLive && arrivals.rows.includes(row)}
        />
      ) : null}
      <MoreRows list={list} />
    </>
  );
}
