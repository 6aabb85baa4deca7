/** The queue of a signatory: acceptances that wait for the school's signature, signed one by one or in a batch. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import {
  type Countersigned,
  largestBatch,
  type QueueRow,
  queueChoicesSchema,
  queuePageSchema,
  windowsAccountsSchema,
} from '../../../shared/console/countersign.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask } from '../api/client.ts';
import { useMe } from '../api/session.tsx';
import { usePagedList } from '../api/use-paged-list.ts';
import { ChoiceField } from '../components/choice-field.tsx';
import { CountersignDialog, CountersignOutcome } from '../components/countersign-dialog.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { OwnAccountsForm, ownAccountsKey } from '../components/own-accounts-form.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { SearchField } from '../components/search-field.tsx';
import { useWords } from '../words/words-context.tsx';

/** Between id and version in the address; neither holds one. */
const between = '|';

/** The filter is in the address, so that it survives a reload. */
function useFilter() {
  const [parameters, setParameters] = useSearchParams();
  const [version, search] = [parameters.get('version') ?? '', parameters.get('search') ?? ''];
  const set = (name: 'version' | 'search', value: string) => {
    const next = new URLSearchParams(parameters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParameters(next, { replace: true });
  };
  const [policyId = '', policyVersion = ''] = version.split(between);
  return { version, search, set, query: { policyId, policyVersion, search } };
}

function FilterBar({ filter }: { readonly filter: ReturnType<typeof useFilter> }) {
  const { text, language } = useWords();
  const choices = useQuery({
    queryKey: ['countersign', 'choices'],
    queryFn: () => ask(queueChoicesSchema, '/api/countersign/choices'),
  });
  const versions = (choices.data?.versions ?? []).map(({ policyId, policyVersion, title }) => ({
    value: `${policyId}${between}${policyVersion}`,
    label: text('console-countersign.versionName', {
      title: title?.[language] ?? policyId,
      version: policyVersion,
    }),
  }));
  return (
    <search className="filter" aria-label={text('console.filter')}>
      <ChoiceField
        label={text('console-countersign.version')}
        value={filter.version}
        choices={[{ value: '', label: text('console.any') }, ...versions]}
        onChange={(value) => filter.set('version', value)}
      />
      <SearchField
        label={text('console.search')}
        value={filter.search}
        onSearch={(value) => filter.set('search', value)}
      />
    </search>
  );
}

function Waiting() {
  const { counted } = useWords();
  const choices = useQuery({
    queryKey: ['countersign', 'choices'],
    queryFn: () => ask(queueChoicesSchema, '/api/countersign/choices'),
  });
  if (choices.data === undefined || choices.data.waiting === 0) return null;
  const { waiting, hasMore } = choices.data;
  return (
    <p>{counted(hasMore ? 'console-countersign.waitingMore' : 'console-countersign.waiting', waiting)}</p>
  );
}

function useColumns(
  chosen: ReadonlySet<string>,
  toggle: (eventId: string) => void,
): readonly Column<QueueRow>[] {
  const { text, language } = useWords();
  return useMemo(() => {
    const nameOf = (row: QueueRow) => (row.fullName === '' ? row.account : row.fullName);
    return [
      {
        id: 'choose',
        heading: text('console-countersign.select'),
        cell: (row) =>
          row.isOwn ? (
            <span className="second">{text('console-countersign.own')}</span>
          ) : (
            <input
              type="checkbox"
              className="choose"
              aria-label={text('console-countersign.selectOne', { name: nameOf(row) })}
              checked={chosen.has(row.eventId)}
              onChange={() => toggle(row.eventId)}
            />
          ),
      },
      {
        id: 'who',
        heading: text('console.who'),
        isRowHeading: true,
        cell: (row) => (
          <>
            <Link to={`/acknowledgements/${row.eventId}`}>
              <bdi>{nameOf(row)}</bdi>
            </Link>
            <bdi className="second">{row.jobRole}</bdi>
          </>
        ),
      },
      {
        id: 'policy',
        heading: text('console.policy'),
        cell: (row) => (
          <>
            <bdi>{row.policyTitle?.[language] ?? row.policyId}</bdi>
            <span className="second">
              {text('console.version')} {row.policyVersion}
            </span>
          </>
        ),
      },
      {
        id: 'when',
        heading: text('console.when'),
        cell: (row) => <time dateTime={row.decidedAt}>{showMoment(row.decidedAt, language)}</time>,
      },
      { id: 'account', heading: text('console.account'), cell: (row) => <bdi>{row.account}</bdi> },
    ];
  }, [text, language, chosen, toggle]);
}

function Queue() {
  const { text, counted } = useWords();
  const filter = useFilter();
  const list = usePagedList(queuePageSchema, '/api/countersign', filter.query);
  const { rows } = list;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  const [outcome, setOutcome] = useState<Countersigned>();
  const toggle = useMemo(
    () => (eventId: string) =>
      setChosen((before) => {
        const next = new Set(before);
        if (!next.delete(eventId)) next.add(eventId);
        return next;
      }),
    [],
  );
  const columns = useColumns(chosen, toggle);
  const toSign = rows.filter(({ eventId, isOwn }) => chosen.has(eventId) && !isOwn).slice(0, largestBatch);
  const isFiltered = filter.version !== '' || filter.search !== '';
  return (
    <>
      <Waiting />
      <FilterBar filter={filter} />
      <RefusalNotice error={list.error} />
      <CountersignOutcome outcome={outcome} />
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && rows.length === 0 ? (
        <EmptyState title={text(isFiltered ? 'console-countersign.noMatch' : 'console-countersign.none')}>
          <p>{text(isFiltered ? 'console-countersign.noMatch.do' : 'console-countersign.none.do')}</p>
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <>
          <div className="buttons no-print">
            <button
              type="button"
              className="button button-primary"
              aria-disabled={toSign.length === 0}
              onClick={() => {
                if (toSign.length > 0) setAsking(true);
              }}
            >
              {counted('console-countersign.signSelected', toSign.length)}
            </button>
            <button
              type="button"
              className="button"
              onClick={() =>
                setChosen(
                  toSign.length > 0
                    ? new Set()
                    : new Set(rows.filter(({ isOwn }) => !isOwn).map(({ eventId }) => eventId)),
                )
              }
            >
              {text(toSign.length > 0 ? 'console-countersign.selectNone' : 'console-countersign.selectAll')}
            </button>
          </div>
          <DataTable
            caption={text('console-countersign.caption')}
            columns={columns}
            rows={rows}
            keyOf={(row) => row.eventId}
          />
        </>
      ) : null}
      <MoreRows list={list} />
      {isAsking ? (
        <CountersignDialog
          rows={toSign}
          onDone={(done) => {
            setOutcome(done);
            setChosen(new Set());
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}

function OwnAccounts() {
  const { text } = useWords();
  const [isAdding, setAdding] = useState(false);
  const own = useQuery({
    queryKey: ownAccountsKey,
    queryFn: () => ask(windowsAccountsSchema, '/api/own/windows-accounts'),
  });
  if (own.isPending) return <Loading />;
  if (own.error !== null) return <RefusalNotice error={own.error} />;
  const { isNamed, accounts } = own.data;
  if (!isNamed) return <OwnAccountsForm isFirst onSaved={() => undefined} />;
  return (
    <>
      <p className="quiet">
        {accounts.length === 0
          ? text('console-countersign.accounts.noneNamed')
          : text('console-countersign.accounts.yours', { accounts: accounts.join(', ') })}{' '}
        <button
          type="button"
          className="button button-small no-print"
          aria-expanded={isAdding}
          onClick={() => setAdding(!isAdding)}
        >
          {text('console-countersign.accounts.add')}
        </button>
      </p>
      {isAdding ? <OwnAccountsForm isFirst={false} onSaved={() => setAdding(false)} /> : null}
      <Queue />
    </>
  );
}

export function CountersignPage() {
  const { text } = useWords();
  const { accountId } = useMe();
  return (
    <>
      <PageTitle title={text('console-countersign.title')} intro={text('console-countersign.intro')} />
      {accountId === '' ? (
        <EmptyState title={text('console-countersign.needsAccount')}>
          <p>{text('console-countersign.needsAccount.do')}</p>
        </EmptyState>
      ) : (
        <OwnAccounts />
      )}
    </>
  );
}
