/** Arithmetic with calendar dates: periods, month ends and leap years. */
import type { CalendarDate } from './school-calendar.ts';

/** Negative when `left` is earlier, 0 for the same day, positive when later. */
export function compareDates(left: CalendarDate, right: CalendarDate): number {
  return left.year - right.year || left.month - right.month || left.day - right.day;
}

/** Reads `YYYY-MM-DD`, which the pack's schema has checked. */
export function parseCalendarDate(text: string): CalendarDate {
  const [year, month, day] = text.split('-').map(Number);
  return { year: year ?? 0, month: month ?? 1, day: day ?? 1 };
}

/**
 * Adds an ISO 8601 period of whole units: years and months first, then weeks and days. A day that the month does not
 * have becomes its last day (31 January + `P1M` = 28 or 29 February).
 */
export function addPeriod(date: CalendarDate, period: string): CalendarDate {
  const amount = (unit: string) => Number(new RegExp(`(\\d+)${unit}`, 'u').exec(period)?.[1] ?? 0);
  const months = date.year * 12 + (date.month - 1) + amount('Y') * 12 + amount('M');
  const year = Math.floor(months / 12);
  const month = (months % 12) + 1;
  const day = Math.min(date.day, daysInMonth(year, month)) + amount('W') * 7 + amount('D');
  return fromUtc(utcDate(year, month, day));
}

/** The latest day, up to and including today, with the yearly date `MM-DD`. */
export function latestYearlyDate(monthAndDay: string, today: CalendarDate): CalendarDate {
  const [month = 1, day = 1] = monthAndDay.split('-').map(Number);
  const thisYear = { year: today.year, month, day };
  return compareDates(thisYear, today) <= 0 ? thisYear : { ...thisYear, year: today.year - 1 };
}

function daysInMonth(year: number, month: number): number {
  return utcDate(year, month + 1, 0).getUTCDate();
}

/** UTC serves as a calendar without daylight saving. `Date.UTC` does not: it reads the year 50 as 1950. */
function utcDate(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function fromUtc(date: Date): CalendarDate {
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
