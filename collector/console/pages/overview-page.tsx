/** The start page: figures of the school, and what needs a person today. */
import { useMemo } from 'react';
import { Link } from 'react-router';
import {
  type AudienceGroup,
  type IncidentKind,
  type Overview,
  type PolicyFigures,
  silentDays,
} from '../../../shared/console/overview.ts';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { useOverview } from '../api/use-overview.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Facts } from '../components/facts.tsx';
import { Loading } from '../components/loading.tsx';
import { NeedList } from '../components/need-list.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { type Series, WeekChart } from '../components/week-chart.tsx';
import { useWords } from '../words/words-context.tsx';

/** The answers of a policy by week, as the parts of a picture. */
export function useAnswerSeries(): (weeks: PolicyFigures['weeks'], people: number) => readonly Series[] {
  const { text } = useWords();
  return (weeks, people) => [
    {
      id: 'accepted',
      name: text('console-overview.accepted'),
      fill: 'good',
      values: weeks.map((week) => week.accepted),
    },
    {
      id: 'refused',
      name: text('console-overview.refused'),
      fill: 'bad',
      values: weeks.map((week) => week.refused),
    },
    {
      id: 'outstanding',
      name: text('console-overview.outstanding'),
      fill: 'plain',
      values: weeks.map((week) => Math.max(0, people - week.accepted - week.refused)),
    },
  ];
}

function useColumns(people: number): readonly Column<PolicyFigures>[] {
  const { text, language } = useWords();
  return useMemo(() => {
    const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
    const number = (id: 'accepted' | 'declined' | 'helpRequested' | 'outstanding', heading: string) => ({
      id,
      heading,
      isNumber: true,
      cell: (figures: PolicyFigures) => figures[id],
    });
    return [
      {
        id: 'policy',
        heading: text('console.policy'),
        isRowHeading: true,
        cell: ({ title, version }) => (
          <>
            <bdi>{title[language]}</bdi>
            <span className="second">
              {text('console.version')} {version}
            </span>
          </>
        ),
      },
      {
        id: 'share',
        heading: text('console-overview.share'),
        isNumber: true,
        cell: ({ accepted }) => percent.format(people === 0 ? 0 : accepted / people),
      },
      number('accepted', text('console-overview.accepted')),
      number('declined', text('console-overview.declined')),
      number('helpRequested', text('console-overview.help')),
      number('outstanding', text('console-overview.outstanding')),
    ];
  }, [text, language, people]);
}

function Group({ group, hasRoster }: { readonly group: AudienceGroup; readonly hasRoster: boolean }) {
  const { text, counted, language } = useWords();
  const seriesOf = useAnswerSeries();
  const columns = useColumns(group.people);
  return (
    <section>
      <h3>
        {text('console-overview.audience', { audience: group.audience })}
        <span className="second">
          {counted(hasRoster ? 'console-overview.people' : 'console-overview.accounts', group.people)}
        </span>
      </h3>
      {group.policies.length === 0 ? (
        <p>{text('console-overview.noPolicies')}</p>
      ) : (
        <>
          <DataTable
            caption={text('console-overview.policies.caption')}
            columns={columns}
            rows={group.policies}
            keyOf={({ policyId }) => policyId}
          />
          <div className="charts">
            {group.policies.map(({ policyId, title, weeks }) => (
              <WeekChart
                key={policyId}
                title={text('console-overview.overTime', { policy: title[language] })}
                note={text('console-overview.overTime.note')}
                weeks={weeks.map(({ endsOn }) => endsOn)}
                series={seriesOf(weeks, group.people)}
                most={group.people}
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

const incidentFills: Readonly<Record<IncidentKind, Series['fill']>> = {
  'gate-interrupted': 'bad',
  'lock-failed': 'limited',
  'problem-reported': 'plain',
  'device-seen': 'good',
};

function Incidents({ incidents }: { readonly incidents: Overview['incidents'] }) {
  const { text } = useWords();
  const names: Readonly<Record<IncidentKind, string>> = {
    'gate-interrupted': text('console-overview.incident.gate-interrupted'),
    'lock-failed': text('console-overview.incident.lock-failed'),
    'problem-reported': text('console-overview.incident.problem-reported'),
    'device-seen': text('console-overview.incident.device-seen'),
  };
  const isNone = incidents.kinds.every(({ counts }) => counts.every((count) => count === 0));
  return (
    <section>
      <h2>{text('console-overview.incidents')}</h2>
      {isNone ? (
        <p className="mark mark-good">{text('console-overview.incidents.none')}</p>
      ) : (
        <WeekChart
          title={text('console-overview.incidents.name')}
          weeks={incidents.weeks}
          series={incidents.kinds.map(({ kind, counts }) => ({
            id: kind,
            name: names[kind],
            fill: incidentFills[kind],
            values: counts,
          }))}
        />
      )}
    </section>
  );
}

function Faults({ faults }: { readonly faults: Overview['faults'] }) {
  const { text } = useWords();
  const columns = useMemo(
    (): readonly Column<Overview['faults'][number]>[] => [
      {
        id: 'fault',
        heading: text('console-overview.fault'),
        isRowHeading: true,
        cell: ({ fault }) => <code>{fault}</code>,
      },
      {
        id: 'pcs',
        heading: text('console-overview.fault.pcs'),
        isNumber: true,
        cell: (fault) => fault.pcs,
      },
      {
        id: 'count',
        heading: text('console-overview.fault.count'),
        isNumber: true,
        cell: (fault) => fault.count,
      },
    ],
    [text],
  );
  return (
    <section>
      <h2>{text('console-overview.faults')}</h2>
      {faults.length === 0 ? (
        <p className="mark mark-good">{text('console-overview.faults.none')}</p>
      ) : (
        <DataTable
          caption={text('console-overview.faults')}
          columns={columns}
          rows={faults}
          keyOf={({ fault }) => fault}
        />
      )}
    </section>
  );
}

function Figures({ overview }: { readonly overview: Overview }) {
  const { text } = useWords();
  const { pcs } = overview;
  return (
    <>
      <section>
        <h2>{text('console-overview.needs')}</h2>
        <NeedList needs={overview.needs} withSteps />
      </section>
      <section>
        <h2>{text('console-overview.agreements')}</h2>
        {overview.groups.length === 0 ? (
          <EmptyState title={text('console-overview.empty')}>
            <p>{text('console-overview.empty.do')}</p>
          </EmptyState>
        ) : (
          overview.groups.map((group) => (
            <Group key={group.audience} group={group} hasRoster={overview.hasRoster} />
          ))
        )}
      </section>
      <section>
        <h2>{text('console-overview.pcs')}</h2>
        <Facts
          facts={[
            [text('console-overview.pcs.active'), pcs.active],
            [text('console-overview.pcs.silent', { days: String(silentDays) }), pcs.silent],
            [text('console-overview.pcs.waiting'), pcs.waiting],
            [text('console-overview.pcs.expelled'), pcs.expelled],
          ]}
        />
      </section>
      <Incidents incidents={overview.incidents} />
      <Faults faults={overview.faults} />
    </>
  );
}

export function OverviewPage() {
  const { text } = useWords();
  const overview = useOverview();
  return (
    <>
      <PageTitle title={text('console-overview.title')} intro={text('console-overview.intro')}>
        <Link className="button no-print" to={pageAddresses.leadership}>
          {text('console-overview.toLeadership')}
        </Link>
      </PageTitle>
      {overview.isPending ? <Loading /> : null}
      <RefusalNotice error={overview.error} />
      {overview.data === undefined ? null : <Figures overview={overview.data} />}
    </>
  );
}
