/** Accounts that have answered, without a person: a technician chooses whose each is. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { type UnmatchedAccount, unmatchedPageSchema } from '../../../shared/console/people.ts';
import { tell } from '../api/client.ts';
import { usePagedList } from '../api/use-paged-list.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

const outside = 'outside';

function Choose({ account }: { readonly account: UnmatchedAccount }) {
  const { text } = useWords();
  const id = useId();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState('');
  const save = useMutation({
    mutationFn: () =>
      tell('POST', '/api/roster/matches', {
        accountKey: account.accountKey,
        personId: chosen === outside ? '' : chosen,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['/api/roster/accounts'] }),
  });
  return (
    <>
      <label className="visually-hidden" htmlFor={id}>
        {text('console-people.belongsTo')}: {account.account}
      </label>
      <select id={id} className="field" value={chosen} onChange={(event) => setChosen(event.target.value)}>
        <option value="">{text('console-people.choose')}</option>
        {account.candidates.map(({ personId, fullName, email }) => (
          <option key={personId} value={personId}>
            {email === '' ? fullName : `${fullName}, ${email}`}
          </option>
        ))}
        <option value={outside}>{text('console-people.belongsTo.none')}</option>
      </select>
      <button
        type="button"
        className="button button-small"
        aria-disabled={chosen === '' || save.isPending}
        onClick={() => {
          if (chosen !== '' && !save.isPending) save.mutate();
        }}
      >
        {text('console-people.save')}
        <span className="visually-hidden">: {account.account}</span>
      </button>
      <RefusalNotice error={save.error} />
    </>
  );
}

export function AccountMatchesPage() {
  const { text } = useWords();
  const list = usePagedList(unmatchedPageSchema, '/api/roster/accounts', {});
  const columns = useMemo(
    (): readonly Column<UnmatchedAccount>[] => [
      {
        id: 'account',
        heading: text('console-people.account'),
        isRowHeading: true,
        cell: ({ account }) => <bdi>{account}</bdi>,
      },
      {
        id: 'name',
        heading: text('console-people.typedName'),
        cell: ({ fullName }) => <bdi>{fullName}</bdi>,
      },
      {
        id: 'person',
        heading: text('console-people.belongsTo'),
        cell: (account) => <Choose account={account} />,
      },
    ],
    [text],
  );
  return (
    <>
      <p className="no-print">
        <Link to={pageAddresses.people}>{text('console-people.toPeople')}</Link>
      </p>
      <PageTitle title={text('console-people.accounts')} intro={text('console-people.accounts.intro')} />
      <RefusalNotice error={list.error} />
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && list.rows.length === 0 ? (
        <EmptyState title={text('console-people.unmatched.none')}>
          <p>{text('console-people.unmatched.none.do')}</p>
        </EmptyState>
      ) : null}
      {list.rows.length > 0 ? (
        <DataTable
          caption={text('console-people.unmatched.caption')}
          columns={columns}
          rows={list.rows}
          keyOf={({ accountKey }) => accountKey}
        />
      ) : null}
      <MoreRows list={list} />
    </>
  );
}
