/** Tells a broken agent from an ordinary day, so that a crash loop cannot brick a classroom (product rule 3). */

const crashWindowSeconds = 120;

/**
 * How long a crash counts: two minutes of the agent's own time, and the pauses after which it was started again. Without
 * them an agent that is brought back every two minutes would crash before a person for ever.
 */
export function crashesCountForSeconds(openAfterCrashes: number, pauseSeconds: number): number {
  return crashWindowSeconds + Math.max(0, openAfterCrashes - 1) * pauseSeconds;
}

/**
 * Crash times that still count at `now`. A time in the future was written by a clock that has since been set back;
 * it can no longer be placed and is dropped.
 */
export function recentCrashes(
  crashedAt: readonly string[],
  now: Date,
  countForSeconds = crashWindowSeconds,
): readonly string[] {
  const earliest = now.getTime() - countForSeconds * 1000;
  return crashedAt.filter((time) => {
    const at = Date.parse(time);
    return at >= earliest && at <= now.getTime();
  });
}

/** @param openAfterCrashes crashes that count after which the gate opens; 0 means never. */
export function isCrashLimitReached(
  crashedAt: readonly string[],
  openAfterCrashes: number,
  now: Date,
  countForSeconds = crashWindowSeconds,
): boolean {
  return openAfterCrashes > 0 && recentCrashes(crashedAt, now, countForSeconds).length >= openAfterCrashes;
}
