/** When the gate asks again for a policy that a person has accepted, as *My agreements* shows it. */

import { addPeriod, compareDates, latestYearlyDate } from '../../../shared/policy/calendar.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import {
  type CalendarDate,
  calendarDateAt,
  formatCalendarDate,
} from '../../../shared/policy/school-calendar.ts';

export type AskedAgain =
  | { readonly rule: 'once' | 'every-login' }
  /** `date`: the calendar date, `YYYY-MM-DD`, from which a login asks again. */
  | { readonly rule: 'on'; readonly date: string };

/**
 * By the policy's renewal rule alone: a material new version asks earlier.
 *
 * @param decidedAt when the person accepted, ISO UTC.
 */
export function askedAgain({ manifest }: PolicyPack, decidedAt: string, timeZone?: string): AskedAgain {
  const { renewal } = manifest;
  if (renewal.rule === 'once' || renewal.rule === 'every-login') return { rule: renewal.rule };
  const accepted = calendarDateAt(new Date(decidedAt), timeZone);
  const due =
    renewal.rule === 'rolling' ? addPeriod(accepted, renewal.period) : nextYearlyDate(renewal.date, accepted);
  return { rule: 'on', date: formatCalendarDate(due) };
}

/** The first day after `date` with the yearly date `MM-DD`. */
function nextYearlyDate(monthAndDay: string, date: CalendarDate): CalendarDate {
  const latest = latestYearlyDate(monthAndDay, date);
  const next = { ...latest, year: latest.year + 1 };
  return compareDates(next, date) > 0 ? next : { ...next, year: next.year + 1 };
}
