/** One person of the school's list: agreements, incidents, devices, and the accounts that are theirs. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { type PersonRecord, personRecordSchema } from '../../../shared/console/people.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, tell } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { AnswerMark } from '../components/answer-mark.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Facts } from '../components/facts.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

interface PartProps<Row> {
  readonly title: string;
  readonly none: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  keyOf(row: Row): string;
}

function Part<Row>({ title, none, rows, columns, keyOf }: PartProps<Row>): ReactNode {
  return (
    <section>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p>{none}</p>
      ) : (
        <DataTable caption={title} columns={columns} rows={rows} keyOf={keyOf} />
      )}
    </section>
  );
}

function Answers({ person }: { readonly person: PersonRecord }) {
  const { text, language } = useWords();
  return (
    <Part
      title={text('console-people.answers')}
      none={text('console-people.answers.none')}
      rows={person.answers}
      keyOf={({ eventId }) => eventId}
      columns={[
        {
          id: 'policy',
          heading: text('console.policy'),
          isRowHeading: true,
          cell: (answer) => (
            <>
              <Link to={`/acknowledgements/${answer.eventId}`}>
                <bdi>{answer.policyTitle?.[language] ?? answer.policyId}</bdi>
              </Link>
              <span className="second">
                {text('console.version')} {answer.policyVersion}
              </span>
            </>
          ),
        },
        {
          id: 'answer',
          heading: text('console.answer'),
          cell: ({ action, counts }) => <AnswerMark row={{ action, counts, signature: 'valid' }} />,
        },
        {
          id: 'when',
          heading: text('console.when'),
          cell: ({ decidedAt }) => showMoment(decidedAt, language),
        },
      ]}
    />
  );
}

function Incidents({ person }: { readonly person: PersonRecord }) {
  const { text, language } = useWords();
  const names = {
    'gate-interrupted': text('console-overview.incident.gate-interrupted'),
    'lock-failed': text('console-overview.incident.lock-failed'),
    'problem-reported': text('console-overview.incident.problem-reported'),
    'device-seen': text('console-overview.incident.device-seen'),
  };
  return (
    <Part
      title={text('console-people.incidents')}
      none={text('console-people.incidents.none')}
      rows={person.incidents.map((incident, index) => ({ ...incident, key: String(index) }))}
      keyOf={({ key }) => key}
      columns={[
        {
          id: 'kind',
          heading: text('console-people.incident'),
          isRowHeading: true,
          cell: ({ kind }) => names[kind],
        },
        { id: 'when', heading: text('console.when'), cell: ({ at }) => showMoment(at, language) },
      ]}
    />
  );
}

function Devices({ person }: { readonly person: PersonRecord }) {
  const { text, language } = useWords();
  return (
    <Part
      title={text('console-people.devices')}
      none={text('console-people.devices.none')}
      rows={person.devices.map((device, index) => ({ ...device, key: String(index) }))}
      keyOf={({ key }) => key}
      columns={[
        {
          id: 'device',
          heading: text('console-people.device'),
          isRowHeading: true,
          cell: ({ label }) => <bdi>{label}</bdi>,
        },
        {
          id: 'issued',
          heading: text('console-people.device.issued'),
          cell: ({ issuedAt }) =>
            issuedAt === undefined ? text('console.unknown') : showMoment(issuedAt, language),
        },
        {
          id: 'returned',
          heading: text('console-people.device.returned'),
          cell: ({ returnedAt }) =>
            returnedAt === undefined ? text('console-people.device.out') : showMoment(returnedAt, language),
        },
      ]}
    />
  );
}

const matchedBy = {
  sid: 'console-people.matchedBy.sid',
  name: 'console-people.matchedBy.name',
  email: 'console-people.matchedBy.email',
  hand: 'console-people.matchedBy.hand',
} as const;

function Accounts({ person }: { readonly person: PersonRecord }) {
  const { text } = useWords();
  const queries = useQueryClient();
  const mayManage = useMay('people:manage');
  const separate = useMutation({
    mutationFn: (accountKey: string) =>
      tell('POST', '/api/roster/matches', { accountKey, personId: '', staysOpen: true }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['person', person.personId] }),
  });
  return (
    <>
      <RefusalNotice error={separate.error} />
      <Part
        title={text('console-people.knownAccounts')}
        none={text('console-people.matched.no')}
        rows={person.knownAccounts}
        keyOf={({ accountKey }) => accountKey}
        columns={[
          {
            id: 'account',
            heading: text('console-people.account'),
            isRowHeading: true,
            cell: ({ account }) => <bdi>{account}</bdi>,
          },
          {
            id: 'by',
            heading: text('console-people.matchedBy'),
            cell: ({ matchedBy: by }) => text(matchedBy[by]),
          },
          ...(mayManage
            ? [
                {
                  id: 'separate',
                  heading: text('console.change'),
                  cell: ({ accountKey, account }: PersonRecord['knownAccounts'][number]) => (
                    <button
                      type="button"
                      className="button button-small"
                      onClick={() => separate.mutate(accountKey)}
                    >
                      {text('console-people.separate')}
                      <span className="visually-hidden">: {account}</span>
                    </button>
                  ),
                },
              ]
            : []),
        ]}
      />
    </>
  );
}

function Record({ person }: { readonly person: PersonRecord }) {
  const { text } = useWords();
  return (
    <>
      <PageTitle
        title={person.fullName}
        intro={person.hasLeft ? text('console-people.left') : person.jobRole}
      >
        <button type="button" className="button no-print" onClick={() => window.print()}>
          {text('console.print')}
        </button>
      </PageTitle>
      <Facts
        facts={[
          [text('console-people.audience'), person.audience],
          [text('console.jobRole'), <bdi key="role">{person.jobRole}</bdi>],
          [text('console-people.email'), <bdi key="email">{person.email}</bdi>],
          [text('console-people.facts.number'), <bdi key="number">{person.externalId}</bdi>],
        ]}
      />
      <Answers person={person} />
      <Incidents person={person} />
      <Devices person={person} />
      <Accounts person={person} />
    </>
  );
}

export function PersonPage() {
  const { text } = useWords();
  const { personId = '' } = useParams();
  const person = useQuery({
    queryKey: ['person', personId],
    queryFn: () => ask(personRecordSchema, `/api/people/${encodeURIComponent(personId)}`),
  });
  return (
    <article>
      <p className="no-print">
        <Link to={pageAddresses.people}>{text('console-people.toPeople')}</Link>
      </p>
      {person.isPending ? <Loading /> : null}
      <RefusalNotice error={person.error} />
      {person.data === undefined ? null : <Record person={person.data} />}
    </article>
  );
}
