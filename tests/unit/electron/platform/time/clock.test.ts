import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitUntilLocked } from '../../../../../electron/platform/lock/wait-until-locked.ts';
import { createSystemClock } from '../../../../../electron/platform/time/clock.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps a wait that is longer than the runtime supports', () => {
    const clock = createSystemClock();
    const days40Ms = 40 * 24 * 60 * 60 * 1000;
    const fire = vi.fn();
    clock.setTimer(days40Ms, fire);
    vi.advanceTimersByTime(days40Ms - 1);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cancels a long wait at any time', () => {
    const clock = createSystemClock();
    const fire = vi.fn();
    const dispose = clock.setTimer(2 ** 33, fire);
    vi.advanceTimersByTime(2 ** 31 + 5);
    dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([0, -5, Number.NaN])('takes %d as "soon"', (delayMs) => {
    const fire = vi.fn();
    createSystemClock().setTimer(delayMs, fire);
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledOnce();
  });
});

describe('the fake clock', () => {
  it('fires in the order of time, each timer at its own moment, also timers set on the way', () => {
    const clock = createFakeClock(new Date('2026-11-22T08:40:00.000Z'));
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.monotonicMs()]);
    clock.setTimer(30, note('c'));
    clock.setTimer(10, () => {
      note('a')();
      clock.setTimer(10, note('b'));
    });
    const dispose = clock.setTimer(15, note('never'));
    clock.setTimer(100, note('later'));
    dispose();
    clock.advance(30);
    expect(fired).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ]);
    expect(clock.nowUtc().toISOString()).toBe('2026-11-22T08:40:00.030Z');
    expect(clock.pendingTimers()).toBe(1);
  });

  it('moves the wall clock without moving time', () => {
    const clock = createFakeClock();
    clock.setWallClock(new Date('2030-01-01T00:00:00.000Z'));
    expect(clock.monotonicMs()).toBe(0);
    clock.advance(1000);
    expect(clock.nowUtc().toISOString()).toBe('2030-01-01T00:00:01.000Z');
  });
});

describe('waiting for the lock', () => {
  it('asks at once, then in pauses, and gives up after 5 s without a timer left', async () => {
    const clock = createFakeClock();
    let asked = 0;
    const answer = waitUntilLocked(clock, () => {
      asked += 1;
      return Promise.resolve(false);
    });
    for (let step = 0; step < 40; step += 1) {
      await Promise.resolve();
      await Promise.resolve();
      clock.advance(250);
    }
    expect(await answer).toBe(false);
    expect(asked).toBe(21);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('ends with the first success', async () => {
    const clock = createFakeClock();
    expect(await waitUntilLocked(clock, () => Promise.resolve(true))).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
  });
});
