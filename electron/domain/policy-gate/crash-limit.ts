/** Tells a broken agent from an ordinary day, so that a crash loop cannot brick a classroom (product rule 3). */

const crashWindowSeconds = 120;

/**
 * Crash times that still count at `now`. A time in the future was written by a clock that has since been set back;
 * it can no longer be placed and is dropped.
 */
export function recentCrashes(crashedAt: readonly string[], now: Date): readonly string[] {
  const earliest = now.getTime() - crashWindowSeconds * 1000;
  return crashedAt.filter((time) => {
    const at = Date.parse(time);
    return at >= earliest && at <= now.getTime();
  });
}

/** @param openAfterCrashes crashes within two minutes after which the gate opens; 0 means never. */
export function isCrashLimitReached(
  crashedAt: readonly string[],
  openAfterCrashes: number,
  now: Date,
): boolean {
  return openAfterCrashes > 0 && recentCrashes(crashedAt, now).length >= openAfterCrashes;
}
