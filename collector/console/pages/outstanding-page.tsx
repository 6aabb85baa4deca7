/** Who has not accepted a policy: the list, its CSV, and reminders in the reader's own mail program. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { askedSchema, type Outstanding, outstandingPageSchema } from '../../../shared/console/people.ts';
import { ask, withQuery } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { usePagedList } from '../api/use-paged-list.ts';
import { ChoiceField } from '../components/choice-field.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

/** Mail programs cut a longer address. */
const longestMailAddress = 1900;

interface Choice {
  readonly policyId: string;
  readonly audience: string;
  readonly policy: string;
}

function useReminder(policy: string): (emails: readonly string[], field: 'to' | 'bcc') => string {
  const { text } = useWords();
  const subject = encodeURIComponent(text('console-people.mail.subject', { policy }));
  const body = encodeURIComponent(text('console-people.mail.body', { policy }));
  return (emails, field) => {
    const list = emails.map(encodeURIComponent).join(',');
    return field === 'to'
      ? `mailto:${list}?subject=${subject}&body=${body}`
      : `mailto:?bcc=${list}&subject=${subject}&body=${body}`;
  };
}

function List({ choice }: { readonly choice: Choice }) {
  const { text, counted, language } = useWords();
  const mayExport = useMay('people:export');
  const { policyId, audience } = choice;
  const query = { policyId, audience };
  const list = usePagedList(outstandingPageSchema, '/api/outstanding', query);
  const remind = useReminder(choice.policy);
  const columns = useMemo(
    (): readonly Column<Outstanding>[] => [
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
        id: 'account',
        heading: text('console-people.matched'),
        cell: ({ hasAccount }) =>
          text(hasAccount ? 'console-people.matched.yes' : 'console-people.matched.no'),
      },
      {
        id: 'email',
        heading: text('console-people.email'),
        cell: ({ email }) =>
          email === '' ? null : (
            <>
              <bdi>{email}</bdi>
              <a className="second" href={remind([email], 'to')}>
                {text('console-people.remind')}
              </a>
            </>
          ),
      },
    ],
    [text, remind],
  );
  const withMail: string[] = [];
  for (const { email } of list.rows) {
    if (email !== '' && remind([...withMail, email], 'bcc').length <= longestMailAddress)
      withMail.push(email);
  }
  return (
    <>
      <RefusalNotice error={list.error} />
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && list.rows.length === 0 ? (
        <EmptyState title={text('console-people.outstanding.none')}>
          <p>{text('console-people.outstanding.none.do')}</p>
        </EmptyState>
      ) : null}
      {list.rows.length > 0 ? (
        <>
          <div className="buttons">
            {withMail.length > 0 ? (
              <a className="button" href={remind(withMail, 'bcc')}>
                {counted('console-people.remindAll', withMail.length)}
              </a>
            ) : null}
            {mayExport ? (
              <a className="button" href={withQuery('/api/outstanding.csv', { ...query, lang: language })}>
                {text('console.downloadCsv')}
              </a>
            ) : null}
          </div>
          <DataTable
            caption={text('console-people.outstanding.caption')}
            columns={columns}
            rows={list.rows}
            keyOf={({ personId }) => personId}
          />
        </>
      ) : null}
      <MoreRows list={list} />
    </>
  );
}

export function OutstandingPage() {
  const { text, language } = useWords();
  const [parameters, setParameters] = useSearchParams();
  const asked = useQuery({
    queryKey: ['outstanding-choices'],
    queryFn: () => ask(askedSchema, '/api/outstanding-choices'),
  });
  const choices = (asked.data?.items ?? []).map(({ policyId, audience, title }) => ({
    policyId,
    audience,
    policy: title[language],
    value: `${audience} ${policyId}`,
  }));
  const chosen =
    choices.find(({ value }) => value === `${parameters.get('audience')} ${parameters.get('policyId')}`) ??
    choices[0];
  return (
    <>
      <p className="no-print">
        <Link to={pageAddresses.people}>{text('console-people.toPeople')}</Link>
      </p>
      <PageTitle
        title={text('console-people.outstanding')}
        intro={text('console-people.outstanding.intro')}
      />
      <RefusalNotice error={asked.error} />
      {asked.isPending ? <Loading /> : null}
      {asked.isSuccess && chosen === undefined ? (
        <EmptyState title={text('console-people.outstanding.nothing')}>
          <p>{text('console-people.none.do')}</p>
        </EmptyState>
      ) : null}
      {chosen === undefined ? null : (
        <>
          <search className="filter" aria-label={text('console.filter')}>
            <ChoiceField
              label={text('console-people.choice')}
              value={chosen.value}
              choices={choices.map(({ value, policy, audience }) => ({
                value,
                label: text('console-people.choice.one', { policy, audience }),
              }))}
              onChange={(value) => {
                const [audience = '', policyId = ''] = value.split(' ');
                setParameters({ audience, policyId }, { replace: true });
              }}
            />
          </search>
          <List choice={chosen} />
        </>
      )}
    </>
  );
}
