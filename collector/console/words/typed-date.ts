/** A date as it is typed into three fields. A browser's own date field follows the browser's language, not the page's. */

export interface TypedDate {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

export type DateProblem = 'incomplete' | 'none';

/** Of `2026-03-27`, or of an empty text. */
export function typeDate(iso: string): TypedDate {
  const [year = '', month = '', day = ''] = iso.split('-');
  return { day: day.replace(/^0/u, ''), month: month.replace(/^0/u, ''), year };
}

/** `YYYY-MM-DD`, an empty text where nothing is typed, or what is wrong. */
export function readTypedDate(
  typed: TypedDate,
): { readonly iso: string } | { readonly problem: DateProblem } {
  const parts = [typed.year, typed.month, typed.day].map((part) => part.trim());
  if (parts.every((part) => part === '')) return { iso: '' };
  const [year = '', month = '', day = ''] = parts;
  if (!/^\d{4}$/u.test(year) || !/^\d{1,2}$/u.test(month) || !/^\d{1,2}$/u.test(day)) {
    return { problem: 'incomplete' };
  }
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const moment = new Date(`${iso}T00:00:00.000Z`);
  const isReal = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(iso);
  return isReal ? { iso } : { problem: 'none' };
}
