/** Dates in both languages. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCalendarDate, formatMoment } from '../../../../shared/i18n/format-date.ts';

test('a calendar date is the same day in every time zone of the PC', () => {
  expect(formatCalendarDate('2026-11-22', 'en-GB')).toBe('22 November 2026');
  expect(formatCalendarDate('2026-11-22', 'cy-GB')).toBe('22 Tachwedd 2026');
  expect(formatCalendarDate('2026-09-01', 'cy-GB')).toBe('1 Medi 2026');
});

test('a moment is shown in the PC’s own time, with two digits each for hour and minute', () => {
  const moment = new Date(2026, 1, 3, 8, 4);
  expect(formatMoment(moment.toISOString(), 'en-GB')).toBe('3 February 2026, 08:04');
  expect(formatMoment(moment.toISOString(), 'cy-GB')).toBe('3 Chwefror 2026, 08:04');
});

test('Node’s own Welsh, which is complete, gives every date the same words', () => {
  const reference = new Intl.DateTimeFormat('cy-GB', { dateStyle: 'long', timeZone: 'UTC' });
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
      (date) => {
        expect(formatCalendarDate(date.toISOString().slice(0, 10), 'cy-GB')).toBe(reference.format(date));
      },
    ),
  );
});
