/** The arithmetic of the idle machine: how long the PC was idle, and when each limit is reached. */
import type { IdleSettings, IdleState, Phase } from './idle-state.ts';

/** The sensor counts whole seconds. Two answers about the same movement differ by less than this. */
export const sensorStepMs = 1000;
/** A reading this long after the second has turned has the new one. */
export const sensorMarginMs = 50;
/** How often the machine advances while the session is locked or cannot be. */
export const awayTickMs = 30_000;

/** One answer of the sensor. */
export interface Reading {
  readonly nowMs: number;
  readonly idleSeconds: number;
  readonly settings: IdleSettings;
}

export function hasMoved(state: IdleState, nowMs: number, idleSeconds: number): boolean {
  return nowMs - idleSeconds * 1000 >= state.lastInputAtMs + sensorStepMs;
}

/**
 * A movement within a second of the last answer looks like the movement before it, until the sensor's next second turns.
 * When that turn comes after the warning opened, it is no reason to hide the warning: the time that led to the warning has
 * passed since the movement too.
 */
export function isNews(phase: Phase, { idleSeconds, settings }: Reading): boolean {
  return phase.name !== 'warning' || idleSeconds * 1000 < warnAfterMs(settings);
}

export function noteInput(state: IdleState, nowMs: number, idleSeconds: number): IdleState {
  const inputAtMs = nowMs - idleSeconds * 1000;
  const lastInputAtMs = hasMoved(state, nowMs, idleSeconds)
    ? inputAtMs
    : Math.min(state.lastInputAtMs, inputAtMs);
  return { ...state, lastInputAtMs };
}

/** Idle that counts, in milliseconds. */
export function idleMsOf(state: IdleState, { nowMs, idleSeconds }: Reading): number {
  return Math.min(idleSeconds * 1000, nowMs - state.armedAtMs);
}

/** Idle after which the warning of the lock opens. */
export function warnAfterMs({ lockAfterSeconds, warningSeconds }: IdleSettings): number {
  return (lockAfterSeconds - warningSeconds) * 1000;
}

/** Idle up to which a presentation holds the warning off. The lock itself then comes at limit + ceiling. */
export function holdUntilMs(settings: IdleSettings): number {
  return warnAfterMs(settings) + settings.holdCeilingSeconds * 1000;
}

/** The countdown before the sign-out of an unlocked session is due. */
export function isSignOutNear(state: IdleState, reading: Reading): boolean {
  const { signOutAfterSeconds, warningSeconds } = reading.settings;
  if (signOutAfterSeconds === 0) return false;
  return idleMsOf(state, reading) >= (signOutAfterSeconds - warningSeconds) * 1000;
}

/** A lock screen hides any countdown, so only a sign-out that was announced before the lock may follow. */
export function isSignOutDue(state: IdleState, reading: Reading): boolean {
  const { signOutAfterSeconds } = reading.settings;
  if (signOutAfterSeconds === 0 || !state.signOutAnnounced) return false;
  if (state.phase.name !== 'away' || !state.phase.locked) return false;
  return idleMsOf(state, reading) >= signOutAfterSeconds * 1000;
}

export function nextUnlockableTickAtMs(state: IdleState, nextAttemptAtMs: number, reading: Reading): number {
  const { signOutAfterSeconds, warningSeconds } = reading.settings;
  const afterSeconds = signOutAfterSeconds === 0 ? undefined : signOutAfterSeconds - warningSeconds;
  return Math.min(nextAttemptAtMs, tickBefore(afterSeconds, state, reading));
}

export function nextAwayTickAtMs(state: IdleState, nextReadAtMs: number, reading: Reading): number {
  const { signOutAfterSeconds } = reading.settings;
  const afterSeconds = signOutAfterSeconds === 0 || !state.signOutAnnounced ? undefined : signOutAfterSeconds;
  return Math.min(nextReadAtMs, tickBefore(afterSeconds, state, reading));
}

/** The usual tick, or sooner where that much idle is reached before; undefined: no such limit. */
function tickBefore(afterSeconds: number | undefined, state: IdleState, reading: Reading): number {
  const dueInMs =
    afterSeconds === undefined
      ? Number.POSITIVE_INFINITY
      : afterSeconds * 1000 - idleMsOf(state, reading) + sensorMarginMs;
  return reading.nowMs + Math.min(awayTickMs, Math.max(dueInMs, sensorMarginMs));
}
