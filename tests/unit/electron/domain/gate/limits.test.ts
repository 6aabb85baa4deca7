import { describe, expect, it } from 'vitest';
import { noTries, secondsUntilNextTry } from '../../../../../electron/domain/gate/break-glass.ts';
import { isCrashLimitReached, recentCrashes } from '../../../../../electron/domain/gate/crash-limit.ts';

const now = new Date('2026-11-22T08:40:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

describe('the crash limit', () => {
  it('is reached by the configured number of crashes within two minutes', () => {
    const crashes = [secondsAgo(110), secondsAgo(60), secondsAgo(1)];
    expect(isCrashLimitReached(crashes, 3, now)).toBe(true);
    expect(isCrashLimitReached(crashes.slice(1), 3, now)).toBe(false);
  });

  it('does not count crashes of yesterday, of the future or without a date', () => {
    expect(recentCrashes([secondsAgo(121), secondsAgo(-5), 'not a date', secondsAgo(120)], now)).toEqual([
      secondsAgo(120),
    ]);
  });

  it('is never reached when it is set to 0', () => {
    expect(isCrashLimitReached([secondsAgo(1), secondsAgo(2), secondsAgo(3)], 0, now)).toBe(false);
  });
});

describe('the wait after a wrong break-glass code', () => {
  it('gives three tries, then doubles from 30 seconds to a quarter of an hour', () => {
    const waits = [0, 1, 2, 3, 4, 5, 8, 20].map((wrongTries) =>
      secondsUntilNextTry({ wrongTries, lastWrongAtMs: 5000 }, 5000),
    );
    expect(waits).toEqual([0, 0, 0, 30, 60, 120, 900, 900]);
    expect(secondsUntilNextTry({ wrongTries: 3, lastWrongAtMs: 5000 }, 34_001)).toBe(1);
    expect(secondsUntilNextTry({ wrongTries: 3, lastWrongAtMs: 5000 }, 35_000)).toBe(0);
    expect(secondsUntilNextTry(noTries, 0)).toBe(0);
  });
});
