/** One A4 page for the leadership: traffic lights in words, who has accepted, and what needs a decision. No names. */
import { useId } from 'react';
import { Link } from 'react-router';
import {
  type AudienceGroup,
  type Overview,
  type PolicyFigures,
  silentDays,
} from '../../../shared/console/overview.ts';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { useMe } from '../api/session.tsx';
import { useOverview } from '../api/use-overview.ts';
import { Loading } from '../components/loading.tsx';
import { NeedList } from '../components/need-list.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { WeekChart } from '../components/week-chart.tsx';
import { useWords } from '../words/words-context.tsx';
import { useAnswerSeries } from './overview-page.tsx';

/** What one sheet holds beside the rest. */
const mostRows = 8;
const mostNeeds = 4;
const [nearlyAll, most] = [0.95, 0.8];

interface Row {
  readonly group: AudienceGroup;
  readonly policy: PolicyFigures;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** The newest 4 weeks and the 4 before them: interruptions and failed locks. */
function countIncidents({ incidents }: Overview): { readonly count: number; readonly before: number } {
  const weekly = incidents.weeks.map((_, index) =>
    sum(
      incidents.kinds.flatMap(({ kind, counts }) =>
        kind === 'gate-interrupted' || kind === 'lock-failed' ? [counts[index] ?? 0] : [],
      ),
    ),
  );
  return { count: sum(weekly.slice(-4)), before: sum(weekly.slice(-8, -4)) };
}

function Lights({ overview, rows }: { readonly overview: Overview; readonly rows: readonly Row[] }) {
  const { text, language } = useWords();
  const asked = sum(rows.map(({ group }) => group.people));
  const share = asked === 0 ? 0 : sum(rows.map(({ policy }) => policy.accepted)) / asked;
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const shown = { share: percent.format(share) };
  const { active, silent } = overview.pcs;
  const { count, before } = countIncidents(overview);
  return (
    <ul className="lights">
      {asked === 0 ? (
        <li className="mark mark-limited">{text('console-overview.light.agreements.unknown')}</li>
      ) : share >= nearlyAll ? (
        <li className="mark mark-good">{text('console-overview.light.agreements.good', shown)}</li>
      ) : share >= most ? (
        <li className="mark mark-limited">{text('console-overview.light.agreements.limited', shown)}</li>
      ) : (
        <li className="mark mark-bad">{text('console-overview.light.agreements.bad', shown)}</li>
      )}
      {active === 0 ? (
        <li className="mark mark-limited">{text('console-overview.light.pcs.unknown')}</li>
      ) : silent === 0 ? (
        <li className="mark mark-good">{text('console-overview.light.pcs.good')}</li>
      ) : (
        <li className="mark mark-limited">
          {text('console-overview.light.pcs.limited', {
            silent: String(silent),
            all: String(active),
            days: String(silentDays),
          })}
        </li>
      )}
      {count === 0 ? (
        <li className="mark mark-good">{text('console-overview.light.incidents.good')}</li>
      ) : (
        <li className="mark mark-limited">
          {text('console-overview.light.incidents.limited', {
            count: String(count),
            before: String(before),
          })}
        </li>
      )}
    </ul>
  );
}

function Answers({ rows }: { readonly rows: readonly Row[] }) {
  const captionId = useId();
  const { text, counted, language } = useWords();
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const worstFirst = [...rows].sort((left, right) => right.policy.outstanding - left.policy.outstanding);
  const hidden = worstFirst.length - mostRows;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without focus a keyboard could not scroll the region */}
      <section className="table-region" aria-labelledby={captionId} tabIndex={0}>
        <table>
          <caption id={captionId}>{text('console-overview.policies.caption')}</caption>
          <thead>
            <tr>
              <th scope="col">{text('console.policy')}</th>
              <th scope="col" className="number">
                {text('console-overview.share')}
              </th>
              <th scope="col" className="number">
                {text('console-overview.accepted')}
              </th>
              <th scope="col" className="number">
                {text('console-overview.refused')}
              </th>
              <th scope="col" className="number">
                {text('console-overview.outstanding')}
              </th>
            </tr>
          </thead>
          <tbody>
            {worstFirst.slice(0, mostRows).map(({ group, policy }) => (
              <tr key={`${group.audience} ${policy.policyId}`}>
                <th scope="row">
                  <bdi>{policy.title[language]}</bdi>
                  <span className="second">{group.audience}</span>
                </th>
                <td className="number">
                  {percent.format(group.people === 0 ? 0 : policy.accepted / group.people)}
                </td>
                <td className="number">{policy.accepted}</td>
                <td className="number">{policy.declined + policy.helpRequested}</td>
                <td className="number">{policy.outstanding}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {hidden > 0 ? (
        <p className="quiet hint">{counted('console-overview.leadership.more', hidden)}</p>
      ) : null}
    </>
  );
}

function OverTime({ rows }: { readonly rows: readonly Row[] }) {
  const { text } = useWords();
  const seriesOf = useAnswerSeries();
  const people = sum(rows.map(({ group }) => group.people));
  const weeks = (rows[0]?.policy.weeks ?? []).map(({ endsOn }, index) => ({
    endsOn,
    accepted: sum(rows.map(({ policy }) => policy.weeks[index]?.accepted ?? 0)),
    refused: sum(rows.map(({ policy }) => policy.weeks[index]?.refused ?? 0)),
  }));
  return (
    <WeekChart
      title={text('console-overview.overTime', { policy: text('console-overview.agreements') })}
      note={text('console-overview.overTime.note')}
      weeks={weeks.map(({ endsOn }) => endsOn)}
      series={seriesOf(weeks, people)}
      most={people}
    />
  );
}

function Sheet({ overview }: { readonly overview: Overview }) {
  const { text } = useWords();
  const rows = overview.groups.flatMap((group) => group.policies.map((policy) => ({ group, policy })));
  return (
    <>
      <section>
        <h2>{text('console-overview.leadership.state')}</h2>
        <Lights overview={overview} rows={rows} />
      </section>
      {rows.length === 0 ? null : (
        <section>
          <h2>{text('console-overview.leadership.table')}</h2>
          <Answers rows={rows} />
          <OverTime rows={rows} />
        </section>
      )}
      <section>
        <h2>{text('console-overview.leadership.todo')}</h2>
        <NeedList needs={overview.needs.slice(0, mostNeeds)} withSteps={false} />
      </section>
    </>
  );
}

export function LeadershipPage() {
  const { text, language } = useWords();
  const { schoolName } = useMe();
  const overview = useOverview();
  return (
    <article className="sheet">
      <p className="no-print">
        <Link to={pageAddresses.overview}>{text('console-overview.leadership.back')}</Link>
      </p>
      <PageTitle
        title={
          schoolName === ''
            ? text('console-overview.leadership')
            : text('console-overview.leadership.of', { school: schoolName })
        }
        {...(overview.data === undefined
          ? {}
          : {
              intro: text('console-overview.leadership.date', {
                moment: showMoment(overview.data.at, language),
              }),
            })}
      >
        <button type="button" className="button no-print" onClick={() => window.print()}>
          {text('console.print')}
        </button>
      </PageTitle>
      {overview.isPending ? <Loading /> : null}
      <RefusalNotice error={overview.error} />
      {overview.data === undefined ? null : <Sheet overview={overview.data} />}
    </article>
  );
}
