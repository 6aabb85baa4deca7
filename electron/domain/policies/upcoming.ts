/** Which renewals fall due soon, so that a person learns of them before the gate asks. */

import { addPeriod, compareDates } from '../../../shared/policy/calendar.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import {
  type CalendarDate,
  calendarDateAt,
  formatCalendarDate,
} from '../../../shared/policy/school-calendar.ts';
import type { PolicyAcceptance } from './due-policies.ts';
import { type DueQuestion, isDue } from './is-due.ts';

/** Two weeks: a holiday may lie between the notice and the day. */
const noticePeriod = 'P14D';

export type UpcomingRenewal = {
  readonly pack: PolicyPack;
  /** Calendar date, `YYYY-MM-DD`, from which the next login asks again. */
  readonly dueOn: string;
};

/**
 * Policies that are not due today but fall due within two weeks. Asks `isDue` for each coming day, so that the notice
 * always names the day on which the gate asks.
 */
export function upcomingRenewals(
  packs: readonly PolicyPack[],
  acceptances: readonly PolicyAcceptance[],
  at: Pick<DueQuestion, 'loginId' | 'now' | 'allPacks'> & { readonly timeZone: string },
): readonly UpcomingRenewal[] {
  return packs.flatMap((pack) => {
    const { rule } = pack.manifest.renewal;
    if (rule !== 'rolling' && rule !== 'fixed-date') return [];
    const records = acceptances.filter(({ policyId }) => policyId === pack.manifest.id);
    const { loginId, timeZone, allPacks = [] } = at;
    const isDueAt = (now: Date) =>
      records.every((record) => isDue({ pack, record, loginId, now, timeZone, allPacks }).due);
    if (records.length === 0 || isDueAt(at.now)) return [];
    const dueOn = firstDay(at.now, at.timeZone, isDueAt);
    return dueOn === undefined ? [] : [{ pack, dueOn: formatCalendarDate(dueOn) }];
  });
}

function firstDay(now: Date, timeZone: string, isDueAt: (now: Date) => boolean): CalendarDate | undefined {
  const today = calendarDateAt(now, timeZone);
  const last = addPeriod(today, noticePeriod);
  for (let day = addPeriod(today, 'P1D'); compareDates(day, last) <= 0; day = addPeriod(day, 'P1D')) {
    const date = new Date(0);
    date.setUTCFullYear(day.year, day.month - 1, day.day);
    // Noon in UTC is on the same date in every time zone that a school in Wales or England uses.
    date.setUTCHours(12);
    if (isDueAt(date)) return day;
  }
  return undefined;
}
