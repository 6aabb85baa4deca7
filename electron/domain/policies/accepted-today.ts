/** Whether a person has accepted exactly this text earlier today, so that the gate may ask in a short form. */
import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { calendarDateAt, formatCalendarDate } from '../../../shared/policy/school-calendar.ts';
import type { PolicyAcceptance } from './due-policies.ts';

interface Moment {
  readonly now: Date;
  /** IANA name of the school's time zone. */
  readonly timeZone: string;
}

/**
 * The time of the newest such acceptance, ISO UTC; undefined if there is none. A time after now does not count, because
 * a clock was wrong.
 */
export function acceptedTodayAt(
  { manifest, textSha256 }: PolicyPack,
  records: readonly PolicyAcceptance[],
  { now, timeZone }: Moment,
): string | undefined {
  const dayOf = (moment: Date) => formatCalendarDate(calendarDateAt(moment, timeZone));
  return records
    .filter((record) => {
      const decided = new Date(record.decidedAt);
      return (
        record.policyId === manifest.id &&
        compareVersions(record.policyVersion, manifest.version) === 0 &&
        (record.textSha256 === textSha256['en-GB'] || record.textSha256 === textSha256['cy-GB']) &&
        decided <= now &&
        dayOf(decided) === dayOf(now)
      );
    })
    .map(({ decidedAt }) => decidedAt)
    .toSorted((left, right) => Date.parse(left) - Date.parse(right))
    .at(-1);
}
