/** The school's list of people: searched, by audience, each with a page. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { type Person, peopleAudiencesSchema, peoplePageSchema } from '../../../shared/console/people.ts';
import { ask } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { usePagedList } from '../api/use-paged-list.ts';
import { ChoiceField } from '../components/choice-field.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { SearchField } from '../components/search-field.tsx';
import { useWords } from '../words/words-context.tsx';

function useColumns(): readonly Column<Person>[] {
  const { text } = useWords();
  return useMemo(
    () => [
      {
        id: 'who',
        heading: text('console.who'),
        isRowHeading: true,
        cell: (person) => (
          <>
            <Link to={`/people/${person.personId}`}>
              <bdi>{person.fullName}</bdi>
            </Link>
            <bdi className="second">{person.jobRole}</bdi>
          </>
        ),
      },
      {
        id: 'audience',
        heading: text('console-people.audience'),
        cell: (person) => (
          <>
            {person.audience}
            {person.hasLeft ? <span className="second">{text('console-people.left')}</span> : null}
          </>
        ),
      },
      { id: 'email', heading: text('console-people.email'), cell: ({ email }) => <bdi>{email}</bdi> },
      {
        id: 'accounts',
        heading: text('console-people.matched'),
        cell: ({ accounts }) =>
          accounts > 0 ? (
            <span className="mark mark-good">{text('console-people.matched.yes')}</span>
          ) : (
            <span className="mark mark-limited">{text('console-people.matched.no')}</span>
          ),
      },
    ],
    [text],
  );
}

function PeopleLinks() {
  const { text } = useWords();
  const mayManage = useMay('people:manage');
  return (
    <div className="buttons no-print">
      <Link className="button" to={pageAddresses.outstanding}>
        {text('console-people.outstanding')}
      </Link>
      {mayManage ? (
        <>
          <Link className="button" to={pageAddresses.accountMatches}>
            {text('console-people.accounts')}
          </Link>
          <Link className="button" to={pageAddresses.rosterImport}>
            {text('console-people.import')}
          </Link>
        </>
      ) : null}
    </div>
  );
}

export function PeoplePage() {
  const { text } = useWords();
  const [parameters, setParameters] = useSearchParams();
  const query = { search: parameters.get('search') ?? '', audience: parameters.get('audience') ?? '' };
  const set = (name: keyof typeof query, value: string) => {
    const next = new URLSearchParams(parameters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParameters(next, { replace: true });
  };
  const audiences = useQuery({
    queryKey: ['people-audiences'],
    queryFn: () => ask(peopleAudiencesSchema, '/api/people-audiences'),
  });
  const list = usePagedList(peoplePageSchema, '/api/people', query);
  const columns = useColumns();
  const isFiltered = query.search !== '' || query.audience !== '';
  return (
    <>
      <PageTitle title={text('console-people.title')} intro={text('console-people.intro')} />
      <PeopleLinks />
      <search className="filter" aria-label={text('console.filter')}>
        <SearchField
          label={text('console-people.search')}
          value={query.search}
          onSearch={(value) => set('search', value)}
        />
        <ChoiceField
          label={text('console-people.audience')}
          value={query.audience}
          choices={[
            { value: '', label: text('console.any') },
            ...(audiences.data?.items ?? []).map((value) => ({ value, label: value })),
          ]}
          onChange={(value) => set('audience', value)}
        />
      </search>
      <RefusalNotice error={list.error} />
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && list.rows.length === 0 ? (
        <EmptyState title={text(isFiltered ? 'console.noMatch' : 'console-people.none')}>
          <p>{text(isFiltered ? 'console.noMatch.do' : 'console-people.none.do')}</p>
        </EmptyState>
      ) : null}
      {list.rows.length > 0 ? (
        <DataTable
          caption={text('console-people.caption')}
          columns={columns}
          rows={list.rows}
          keyOf={({ personId }) => personId}
        />
      ) : null}
      <MoreRows list={list} />
    </>
  );
}
