/** Waits for the system to say that the session is locked. */
import type { Clock } from '../time/clock.ts';

const deadlineMs = 5000;
const pauseMs = 250;

/** Asks at once and then every 250 ms; false when 5 s have gone by. `isLocked` must keep a deadline of its own. */
export async function waitUntilLocked(clock: Clock, isLocked: () => Promise<boolean>): Promise<boolean> {
  const untilMs = clock.monotonicMs() + deadlineMs;
  for (;;) {
    if (await isLocked()) return true;
    if (clock.monotonicMs() + pauseMs > untilMs) return false;
    await new Promise<void>((resolve) => {
      clock.setTimer(pauseMs, resolve);
    });
  }
}
