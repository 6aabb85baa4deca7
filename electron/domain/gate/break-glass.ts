/** Slows down the guessing of a technician's break-glass code. */

const freeTries = 3;
const longestWaitSeconds = 900;

export interface BreakGlassTries {
  readonly wrongTries: number;
  /** Monotonic milliseconds of the last wrong try. */
  readonly lastWrongAtMs: number;
}

export const noTries: BreakGlassTries = { wrongTries: 0, lastWrongAtMs: 0 };

/** Whole seconds until the next try is taken; 0 when it may be made now. Doubles from 30 s up to 15 minutes. */
export function secondsUntilNextTry(tries: BreakGlassTries, nowMs: number): number {
  if (tries.wrongTries < freeTries) return 0;
  const waitSeconds = Math.min(longestWaitSeconds, 30 * 2 ** (tries.wrongTries - freeTries));
  return Math.max(0, Math.ceil(waitSeconds - (nowMs - tries.lastWrongAtMs) / 1000));
}
