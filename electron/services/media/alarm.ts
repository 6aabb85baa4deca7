/** One timer that can be set again; only the last setting counts. */
import type { Clock } from '../../platform/time/clock.ts';

export interface Alarm {
  /** @param waitMs infinite for no timer. */
  setIn(waitMs: number): void;
  end(): void;
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let end = () => {};
  return {
    setIn: (waitMs) => {
      end();
      end = waitMs === Number.POSITIVE_INFINITY ? () => {} : clock.setTimer(Math.max(1, waitMs), ring);
    },
    end: () => end(),
  };
}
