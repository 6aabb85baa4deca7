/** How long a start at the logon is taken for one. */
import { expect, it } from 'vitest';
import { isLogonOver } from '../../../../../electron/domain/gate/logon-age.ts';

const now = new Date('2026-11-30T10:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

it.each([
  ['unknown', undefined, false],
  ['in the future, because the clock was set back', minutesAgo(-5), false],
  ['now', now, false],
  ['five minutes ago, as with the Run key of a busy PC', minutesAgo(5), false],
  ['half an hour ago', minutesAgo(30), false],
  ['more than half an hour ago', minutesAgo(31), true],
  ['yesterday', minutesAgo(24 * 60), true],
])('a login that began %s', (_when, signedInAt, expected) => {
  expect(isLogonOver(signedInAt, now)).toBe(expected);
});
