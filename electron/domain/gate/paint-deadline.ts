/** Tells a gate page that is broken from one that is not painted because no one could see it. */

/**
 * Windows switches a display off after one minute at the earliest. Chromium then paints no window, nor while the session is
 * locked (`native_window_occlusion_tracker_win.cc`).
 */
const displayMayBeDarkAfterSeconds = 60;

export interface Onlookers {
  /** A user is before this session, and it is not locked. */
  readonly isSessionInUse: boolean;
  /** Since the last key, movement or touch; undefined where nothing can tell. */
  readonly idleSeconds: number | undefined;
}

/**
 * Whether a page that missed its deadline is broken. If not, the deadline starts again: a user who comes back has a gate
 * that is watched from then on, and the wait has opened nothing.
 */
export function isPageBroken({ isSessionInUse, idleSeconds = 0 }: Onlookers): boolean {
  return isSessionInUse && idleSeconds < displayMayBeDarkAfterSeconds;
}
