/** Dates and times, in the school's time zone and in both languages. */

import type { Language } from '../lib/language.ts';
import { calendarDateAt, formatCalendarDate as isoDate, schoolTimeZone } from '../policy/school-calendar.ts';
import { formatCalendarDate } from './format-date.ts';

const timeOfDay = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: schoolTimeZone });

function showDay(isoUtc: string, language: Language): string {
  return formatCalendarDate(isoDate(calendarDateAt(new Date(isoUtc))), language);
}

/** `22 November 2026, 08:40` */
export function showMoment(isoUtc: string, language: Language): string {
  return `${showDay(isoUtc, language)}, ${timeOfDay.format(new Date(isoUtc))}`;
}
