/** Puts a school's overview together: figures by audience and week, and what needs a person today. */
import type {
  AnswerWeek,
  AudienceGroup,
  NeedKind,
  Overview,
  PolicyFigures,
} from '../../shared/console/overview.ts';
import { incidentKindSchema, overviewWeeks, silentDays } from '../../shared/console/overview.ts';
import { currentPacks } from '../../shared/policy/current-packs.ts';
import { inForceSince } from '../../shared/policy/in-force.ts';
import type { PolicyPack } from '../../shared/policy/pack.ts';
import { calendarDateAt, formatCalendarDate } from '../../shared/policy/school-calendar.ts';
import { orderOfVersion } from './repositories/acknowledgement-row.ts';
import { startOfDay } from './repositories/console-acknowledgements.ts';
import type { InForce, Members, OverviewRepository } from './repositories/overview.ts';
import { showText } from './show-text.ts';

const dayMs = 86_400_000;
const faultDays = 7;
const signatureDays = 30;

/** The Sundays that end the drawn weeks, oldest first. */
function weekEnds(now: Date): readonly string[] {
  const today = Date.parse(`${formatCalendarDate(calendarDateAt(now))}T00:00:00.000Z`);
  const sunday = today + ((7 - new Date(today).getUTCDay()) % 7) * dayMs;
  return Array.from({ length: overviewWeeks }, (_, index) =>
    new Date(sunday - (overviewWeeks - 1 - index) * 7 * dayMs).toISOString().slice(0, 10),
  );
}

interface Counted {
  readonly day: string;
  readonly count: number;
}

const sumOf = (counted: readonly Counted[]): number => counted.reduce((sum, { count }) => sum + count, 0);

/** For each week: everything up to its end. */
function upTo(ends: readonly string[], counted: readonly Counted[]): readonly number[] {
  return ends.map((end) => sumOf(counted.filter(({ day }) => day <= end)));
}

/** For each week: what is in it. The first one begins six days before its end. */
function within(ends: readonly string[], counted: readonly Counted[]): number[] {
  return ends.map((end) => {
    const start = new Date(Date.parse(end) - 6 * dayMs).toISOString().slice(0, 10);
    return sumOf(counted.filter(({ day }) => day >= start && day <= end));
  });
}

interface Dependencies {
  readonly repository: OverviewRepository;
  /** Every version of every policy that the collector holds. */
  readonly packs: readonly PolicyPack[];
  readonly now: Date;
}

/** Which acceptances of a policy are in force now. */
export function inForceOf(pack: PolicyPack, packs: readonly PolicyPack[], now: Date): InForce {
  const since = inForceSince(pack, packs, calendarDateAt(now));
  return {
    policyId: pack.manifest.id,
    versionOrder: since.version === undefined ? '' : orderOfVersion(since.version),
    since: since.day === undefined ? '' : startOfDay(formatCalendarDate(since.day)),
  };
}

async function figuresOf(
  { repository, packs, now }: Dependencies,
  pack: PolicyPack,
  of: Members,
  { audience, people }: { readonly audience: string; readonly people: number },
): Promise<PolicyFigures> {
  const answers = await repository.answers(inForceOf(pack, packs, now), of, audience);
  const answered = (action: string) => answers.filter((one) => one.action === action);
  const ends = weekEnds(now);
  const refused = upTo(ends, [...answered('declined'), ...answered('help-requested')]);
  const weeks = upTo(ends, answered('accepted')).map(
    (accepted, index): AnswerWeek => ({
      endsOn: ends[index] ?? '',
      accepted,
      refused: refused[index] ?? 0,
    }),
  );
  const [accepted, declined, helpRequested] = [
    sumOf(answered('accepted')),
    sumOf(answered('declined')),
    sumOf(answered('help-requested')),
  ];
  const { id: policyId, version, title } = pack.manifest;
  const outstanding = Math.max(0, people - accepted - declined - helpRequested);
  return { policyId, version, title, accepted, declined, helpRequested, outstanding, weeks };
}

async function readGroups(deps: Dependencies): Promise<{ hasRoster: boolean; groups: AudienceGroup[] }> {
  const { repository, packs, now } = deps;
  const roster = await repository.audiences('roster');
  const hasRoster = roster.length > 0;
  const of = hasRoster ? 'roster' : 'accounts';
  const audiences = hasRoster ? roster : await repository.audiences(of);
  const groups = audiences.map(async (group): Promise<AudienceGroup> => {
    const asked = currentPacks(packs, group.audience, calendarDateAt(now));
    return { ...group, policies: await Promise.all(asked.map((pack) => figuresOf(deps, pack, of, group))) };
  });
  return { hasRoster, groups: await Promise.all(groups) };
}

export async function readOverview(deps: Dependencies): Promise<Overview> {
  const { repository, packs, now } = deps;
  const before = (days: number): string => new Date(now.getTime() - days * dayMs).toISOString();
  const ends = weekEnds(now);
  const [{ hasRoster, groups }, pcs, incidents, faults, requests, gaps, signatures, unmatched] =
    await Promise.all([
      readGroups(deps),
      repository.pcs(before(silentDays)),
      repository.incidents(before(overviewWeeks * 7)),
      repository.faults(before(faultDays)),
      repository.openRequests(),
      repository.pcsWithGaps(),
      repository.wrongSignatures(before(signatureDays)),
      repository.unmatchedAccounts(),
    ]);
  const total = (of: 'declined' | 'helpRequested' | 'outstanding'): number =>
    groups.flatMap(({ policies }) => policies).reduce((sum, policy) => sum + policy[of], 0);
  const needs: readonly (readonly [NeedKind, number])[] = [
    ['no-policy', packs.length === 0 ? 1 : 0],
    ['wrong-signature', signatures],
    ['help-requested', total('helpRequested')],
    ['declined', total('declined')],
    ['open-request', requests],
    ['waiting-pc', pcs.waiting],
    ['fault', faults.reduce((sum, fault) => sum + fault.pcs, 0)],
    ['missing-events', gaps],
    ['silent-pc', pcs.silent],
    ['no-roster', hasRoster ? 0 : 1],
    ['unmatched-account', hasRoster ? unmatched : 0],
    ['outstanding', hasRoster ? total('outstanding') : 0],
  ];
  return {
    at: now.toISOString(),
    hasRoster,
    groups,
    pcs,
    incidents: {
      weeks: [...ends],
      kinds: incidentKindSchema.options.map((kind) => ({
        kind,
        counts: within(
          ends,
          incidents.filter((one) => one.kind === kind),
        ),
      })),
    },
    faults: faults.map((one) => ({ ...one, fault: showText(one.fault) })),
    needs: needs.flatMap(([kind, count]) => (count > 0 ? [{ kind, count }] : [])),
  };
}
