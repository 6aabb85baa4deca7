/** Calendar dates in the school's time zone, independent of the time of day and of summer time. */

/** The default time zone: Wales and England. */
export const schoolTimeZone = 'Europe/London';

export type CalendarDate = { readonly year: number; readonly month: number; readonly day: number };

/**
 * The date of an instant in a time zone.
 * Throws a RangeError for an invalid instant or an unknown zone: both are bugs of the caller.
 */
export function calendarDateAt(instant: Date, timeZone: string = schoolTimeZone): CalendarDate {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  }).formatToParts(instant);
  const numberOf = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  return { year: numberOf('year'), month: numberOf('month'), day: numberOf('day') };
}

/** `YYYY-MM-DD`, the form in which a pack gives `effectiveFrom`. */
export function formatCalendarDate({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
