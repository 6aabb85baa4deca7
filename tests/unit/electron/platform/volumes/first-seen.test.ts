import { expect, it } from 'vitest';
import { createFirstSeen } from '../../../../../electron/platform/volumes/first-seen.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';

it('reports whether a state has lasted for a time, counted from the first question', () => {
  const clock = createFakeClock();
  const seen = createFirstSeen(clock);
  expect(seen.hasLasted('8:16', 2000)).toBe(false);
  clock.advance(1999);
  expect(seen.hasLasted('8:16', 2000)).toBe(false);
  clock.advance(1);
  expect(seen.hasLasted('8:16', 2000)).toBe(true);
  expect(seen.hasLasted('8:32', 2000), 'each for itself').toBe(false);
});

it('restarts for a changed drive, and for a new drive under an old name', () => {
  const clock = createFakeClock();
  const seen = createFirstSeen(clock);
  for (const name of ['8:16', '8:32']) seen.hasLasted(name, 2000);
  clock.advance(5000);
  seen.forget('8:16');
  seen.keepOnly(new Set(['8:16']));
  expect(seen.hasLasted('8:16', 2000)).toBe(false);
  expect(seen.hasLasted('8:32', 2000)).toBe(false);
});
