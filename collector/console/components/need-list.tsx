/** What needs a person today, each line with its one next step. */
import { Link } from 'react-router';
import type { Act } from '../../../shared/console/access.ts';
import { type NeedKind, type Overview, silentDays } from '../../../shared/console/overview.ts';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { useMe } from '../api/session.tsx';
import { useWords } from '../words/words-context.tsx';

interface StepPage {
  readonly address: string;
  /** What the page needs. */
  readonly act: Act;
}

interface Step {
  readonly sentence: `console-overview.need.${NeedKind}`;
  readonly step: `console-overview.step.${NeedKind}`;
  /** Where the step is done. Absent for a command. */
  readonly page?: StepPage;
  readonly isUrgent: boolean;
}

const answers = (query: string): StepPage => ({
  address: pageAddresses.acknowledgements + query,
  act: 'acknowledgements:read',
});
const pcs: StepPage = { address: pageAddresses.pcs, act: 'pcs:read' };

const steps: Readonly<Record<NeedKind, Step>> = {
  'no-policy': {
    sentence: 'console-overview.need.no-policy',
    step: 'console-overview.step.no-policy',
    isUrgent: true,
  },
  'wrong-signature': {
    sentence: 'console-overview.need.wrong-signature',
    step: 'console-overview.step.wrong-signature',
    page: answers(''),
    isUrgent: true,
  },
  'help-requested': {
    sentence: 'console-overview.need.help-requested',
    step: 'console-overview.step.help-requested',
    page: answers('?action=help-requested'),
    isUrgent: true,
  },
  declined: {
    sentence: 'console-overview.need.declined',
    step: 'console-overview.step.declined',
    page: answers('?action=declined'),
    isUrgent: true,
  },
  'open-request': {
    sentence: 'console-overview.need.open-request',
    step: 'console-overview.step.open-request',
    page: { address: pageAddresses.media, act: 'media:manage' },
    isUrgent: true,
  },
  'waiting-pc': {
    sentence: 'console-overview.need.waiting-pc',
    step: 'console-overview.step.waiting-pc',
    page: pcs,
    isUrgent: false,
  },
  fault: {
    sentence: 'console-overview.need.fault',
    step: 'console-overview.step.fault',
    page: pcs,
    isUrgent: false,
  },
  'missing-events': {
    sentence: 'console-overview.need.missing-events',
    step: 'console-overview.step.missing-events',
    page: pcs,
    isUrgent: false,
  },
  'silent-pc': {
    sentence: 'console-overview.need.silent-pc',
    step: 'console-overview.step.silent-pc',
    page: pcs,
    isUrgent: false,
  },
  'no-roster': {
    sentence: 'console-overview.need.no-roster',
    step: 'console-overview.step.no-roster',
    page: { address: pageAddresses.rosterImport, act: 'people:manage' },
    isUrgent: false,
  },
  'unmatched-account': {
    sentence: 'console-overview.need.unmatched-account',
    step: 'console-overview.step.unmatched-account',
    page: { address: pageAddresses.accountMatches, act: 'people:manage' },
    isUrgent: false,
  },
  outstanding: {
    sentence: 'console-overview.need.outstanding',
    step: 'console-overview.step.outstanding',
    page: { address: pageAddresses.outstanding, act: 'people:read' },
    isUrgent: false,
  },
};

interface Props {
  readonly needs: Overview['needs'];
  /** On paper there is nothing to press. */
  readonly withSteps: boolean;
}

export function NeedList({ needs, withSteps }: Props) {
  const { text, counted } = useWords();
  const { acts } = useMe();
  if (needs.length === 0) return <p className="mark mark-good">{text('console-overview.nothing')}</p>;
  return (
    <ul className="needs">
      {needs.map(({ kind, count }) => {
        const { sentence, step, page, isUrgent } = steps[kind];
        return (
          <li key={kind}>
            <span className={isUrgent ? 'mark mark-bad' : 'mark mark-limited'}>
              {counted(sentence, count, { days: String(silentDays) })}
            </span>
            {withSteps ? (
              page === undefined ? (
                <span className="second">{text(step)}</span>
              ) : acts.includes(page.act) ? (
                <Link to={page.address}>{text(step)}</Link>
              ) : (
                <span className="second">{text('console-overview.askColleague')}</span>
              )
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
