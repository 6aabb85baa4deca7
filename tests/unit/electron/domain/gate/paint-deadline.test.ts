/** When a gate page that was not painted counts as broken. */
import { expect, it } from 'vitest';
import { isPageBroken } from '../../../../../electron/domain/gate/paint-deadline.ts';

it.each([
  [{ isSessionInUse: true, idleSeconds: 0 }, true],
  [{ isSessionInUse: true, idleSeconds: 59 }, true],
  [{ isSessionInUse: true, idleSeconds: undefined }, true],
  [{ isSessionInUse: true, idleSeconds: 60 }, false],
  [{ isSessionInUse: false, idleSeconds: 0 }, false],
  [{ isSessionInUse: false, idleSeconds: undefined }, false],
])('with %j the page is broken: %s', (onlookers, expected) => {
  expect(isPageBroken(onlookers)).toBe(expected);
});
