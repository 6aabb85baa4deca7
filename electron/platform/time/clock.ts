/** Time as a port, so that code that waits can be tested without waiting. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** The wall clock: for what is written down, never for measuring. */
  nowUtc(): Date;
  /** Milliseconds from an arbitrary start that only ever rise; setting the wall clock does not move them. */
  monotonicMs(): number;
  /** Calls `fire` once, no sooner than `delayMs` from now. The returned function calls it off; a second call is harmless. */
  setTimer(delayMs: number, fire: () => void): () => void;
}

/** The longest wait that the runtime's own timer keeps; a longer one would fire at once. */
const longestTimeoutMs = 2_147_483_647;

export function createSystemClock(): Clock {
  return {
    nowUtc: () => new Date(),
    monotonicMs: () => performance.now(),
    setTimer: (delayMs, fire) => {
      let leftMs = Number.isNaN(delayMs) ? 0 : Math.max(0, delayMs);
      let timer: ReturnType<typeof setTimeout>;
      const arm = () => {
        const stepMs = Math.min(leftMs, longestTimeoutMs);
        leftMs -= stepMs;
        timer = setTimeout(() => {
          if (leftMs > 0) arm();
          else fire();
        }, stepMs);
      };
      arm();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
