/** Which earlier acceptances of a policy are in force on a day: the gate's own rule, for those who count them. */
import { addPeriod, compareDates, latestYearlyDate } from './calendar.ts';
import { materialSince } from './material-since.ts';
import type { PolicyPack, Renewal } from './pack.ts';
import type { CalendarDate } from './school-calendar.ts';

interface InForceSince {
  /** The oldest version whose acceptance still counts; undefined where every version counts. */
  readonly version: string | undefined;
  /** The first day whose acceptance still counts; undefined where an acceptance never expires. */
  readonly day: CalendarDate | undefined;
}

/** A policy that is asked at every login counts as accepted once it was accepted. */
export function inForceSince(
  pack: PolicyPack,
  known: readonly PolicyPack[],
  today: CalendarDate,
): InForceSince {
  return { version: materialSince(pack, known), day: firstDay(pack.manifest.renewal, today) };
}

function firstDay(renewal: Renewal, today: CalendarDate): CalendarDate | undefined {
  switch (renewal.rule) {
    case 'once':
    case 'every-login':
      return undefined;
    case 'fixed-date':
      return latestYearlyDate(renewal.date, today);
    case 'rolling':
      return firstRollingDay(renewal.period, today);
  }
}

/** Periods end earlier in short months, so the day is found by trying. */
function firstRollingDay(period: string, today: CalendarDate): CalendarDate {
  let [early, late] = [0, utcDay(today)];
  while (early < late) {
    const middle = Math.floor((early + late) / 2);
    if (compareDates(addPeriod(dateOf(middle), period), today) > 0) late = middle;
    else early = middle + 1;
  }
  return dateOf(late);
}

const dayMs = 86_400_000;

/** Days since 1970. */
function utcDay({ year, month, day }: CalendarDate): number {
  return Date.UTC(year, month - 1, day) / dayMs;
}

function dateOf(day: number): CalendarDate {
  const date = new Date(day * dayMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
