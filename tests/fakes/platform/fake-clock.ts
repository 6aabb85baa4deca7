/** A clock whose time passes only when a test moves it. */
import type { Clock } from '../../../electron/platform/time/clock.ts';

export interface FakeClock extends Clock {
  /** Moves both clocks on by `ms`. Fires what falls due on the way, in order and each at its own moment. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as a user or a time server may. Timers and monotonic time do not change. */
  setWallClock(at: Date): void;
  /** The number of waiting timers: 0 after everything has been disposed of. */
  pendingTimers(): number;
}

interface Waiting {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export function createFakeClock(startAt = new Date('2026-11-22T08:40:00.000Z')): FakeClock {
  const waiting = new Set<Waiting>();
  let monotonicNowMs = 0;
  let wallNowMs = startAt.getTime();
  let order = 0;

  const nextDue = (untilMs: number): Waiting | undefined => {
    let next: Waiting | undefined;
    for (const timer of waiting) {
      if (timer.dueMs > untilMs) continue;
      if (next === undefined || timer.dueMs < next.dueMs) next = timer;
      else if (timer.dueMs === next.dueMs && timer.order < next.order) next = timer;
    }
    return next;
  };
  const moveTo = (ms: number) => {
    wallNowMs += ms - monotonicNowMs;
    monotonicNowMs = ms;
  };

  return {
    nowUtc: () => new Date(wallNowMs),
    monotonicMs: () => monotonicNowMs,
    setTimer: (delayMs, fire) => {
      const timer: Waiting = { dueMs: monotonicNowMs + Math.max(0, delayMs), order, fire };
      order += 1;
      waiting.add(timer);
      return () => {
        waiting.delete(timer);
      };
    },
    advance: (ms) => {
      const untilMs = monotonicNowMs + ms;
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        waiting.delete(timer);
        moveTo(timer.dueMs);
        timer.fire();
      }
      moveTo(untilMs);
    },
    setWallClock: (at) => {
      wallNowMs = at.getTime();
    },
    pendingTimers: () => waiting.size,
  };
}
