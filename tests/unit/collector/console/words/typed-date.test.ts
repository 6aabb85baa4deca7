import { expect, it } from 'vitest';
import { readTypedDate, typeDate } from '../../../../../collector/console/words/typed-date.ts';

const typed = (day: string, month: string, year: string) => readTypedDate({ day, month, year });

it('reads day, month and year in this order, with and without leading zeros', () => {
  expect(typed('3', '4', '2026')).toEqual({ iso: '2026-04-03' });
  expect(typed(' 03', '04 ', '2026')).toEqual({ iso: '2026-04-03' });
  expect(typed('29', '2', '2028')).toEqual({ iso: '2028-02-29' });
});

it('reads three empty fields as no date', () => {
  expect(typed('', ' ', '')).toEqual({ iso: '' });
});

it.each([
  ['29', '2', '2026'],
  ['31', '4', '2026'],
  ['0', '1', '2026'],
  ['13', '13', '2026'],
])('says that there is no %s %s %s', (day, month, year) => {
  expect(typed(day, month, year)).toEqual({ problem: 'none' });
});

it.each([
  ['3', '4', ''],
  ['', '4', '2026'],
  ['3', 'April', '2026'],
  ['3', '4', '26'],
])('asks for the rest of "%s %s %s"', (day, month, year) => {
  expect(typed(day, month, year)).toEqual({ problem: 'incomplete' });
});

it('shows a date that it has read', () => {
  expect(typeDate('2026-04-03')).toEqual({ day: '3', month: '4', year: '2026' });
  expect(typeDate('2026-10-30')).toEqual({ day: '30', month: '10', year: '2026' });
  expect(typeDate('')).toEqual({ day: '', month: '', year: '' });
});
