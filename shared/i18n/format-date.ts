/** Dates and times as Wales and England write them: 22 November 2026, 22 Tachwedd 2026. */
import type { Language } from '../lib/language.ts';

/**
 * Names of months, kept here because Chromium has Welsh plural rules but no Welsh month names. Its
 * `Intl.DateTimeFormat('cy-GB')` silently returns English.
 */
const months: Readonly<Record<Language, readonly string[]>> = {
  'en-GB': [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  'cy-GB': [
    'Ionawr',
    'Chwefror',
    'Mawrth',
    'Ebrill',
    'Mai',
    'Mehefin',
    'Gorffennaf',
    'Awst',
    'Medi',
    'Hydref',
    'Tachwedd',
    'Rhagfyr',
  ],
};

function dayMonthYear(year: number, monthIndex: number, day: number, language: Language): string {
  return `${day} ${months[language][monthIndex] ?? ''} ${year}`;
}

/** A calendar date such as `2026-09-01`, which is the same day in every time zone. */
export function formatCalendarDate(isoDate: string, language: Language): string {
  const [year = 0, month = 0, day = 0] = isoDate.split('-').map(Number);
  return dayMonthYear(year, month - 1, day, language);
}

/** The day of a moment in ISO UTC, in this PC's time zone: `22 November 2026`. */
export function formatDate(isoUtc: string, language: Language): string {
  const moment = new Date(isoUtc);
  return dayMonthYear(moment.getFullYear(), moment.getMonth(), moment.getDate(), language);
}

/** A moment in ISO UTC as date and time of day in this PC's time zone, for instance `22 November 2026, 08:41`. */
export function formatMoment(isoUtc: string, language: Language): string {
  return `${formatDate(isoUtc, language)}, ${formatTimeOfDay(isoUtc)}`;
}

/** The time of day of a moment in ISO UTC, in this PC's time zone: `08:41`, the same in both languages. */
export function formatTimeOfDay(isoUtc: string): string {
  const moment = new Date(isoUtc);
  return [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
