/** How long a start at the logon is taken for one. */
import { expect, it } from 'vitest';
import { isLogonOver } from '../../../../../electron/domain/gate/logon-age.ts';

const now = new Date('2026-11-30T10:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const aDay = 24 * 60 * 60;

it.each([
  ['unknown', undefined, aDay, false],
  ['in the future, because the clock was set back', minutesAgo(-5), aDay, false],
  ['now', now, aDay, false],
  ['five minutes ago, as with the Run key of a busy PC', minutesAgo(5), aDay, false],
  ['half an hour ago', minutesAgo(30), aDay, false],
  ['more than half an hour ago', minutesAgo(31), aDay, true],
  ['yesterday', minutesAgo(24 * 60), 2 * aDay, true],
  [
    'years ago on a PC that started just now and has set its clock',
    new Date('2000-01-01T00:01:00Z'),
    90,
    false,
  ],
])('a login that began %s', (_when, signedInAt, upSeconds, expected) => {
  expect(isLogonOver({ signedInAt, now, upSeconds })).toBe(expected);
});
