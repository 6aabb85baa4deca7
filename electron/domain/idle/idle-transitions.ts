/** The moves of the idle machine: each takes the state into one phase, with what is to be done on the way. */
import type { IdleEffect, IdleState, IdleStep, Phase, WarningPurpose } from './idle-state.ts';
import {
  awayTickMs,
  hasMoved,
  holdUntilMs,
  idleMsOf,
  nextUnlockableTickAtMs,
  noteInput,
  type Reading,
  sensorMarginMs,
  warnAfterMs,
} from './idle-time.ts';

/** Waits before the second and the third attempt to lock. After the third the failure is reported. */
const lockRetryDelaysMs = [5000, 15_000] as const;
const slowRetryMs = 300_000;
/** A read of the session, or an attempt to lock, that has no answer by then is made again. */
export const answerDeadlineMs = 20_000;
const holdingReadMs = 15_000;
export const warningTickMs = 250;
/** The pause before a warning that could not be shown is tried again. */
const afterLostWarningMs = 60_000;
export const awayReadMs = 300_000;
const unreadableSensorMs = 60_000;

export function stay(state: IdleState): IdleStep {
  return { state, effects: [] };
}

/** Starts to count again, whatever was going on. The next read of the session shows whether it is locked. */
export function rearm(state: IdleState, nowMs: number, armedAtMs = nowMs): IdleStep {
  const common = { armedAtMs, readingUntilMs: undefined, wakeAtMs: nowMs, lastEventAtMs: nowMs };
  return {
    state: { ...state, ...common, phase: { name: 'watching', holding: false }, signOutAnnounced: false },
    effects: hidingOf(state.phase),
  };
}

/** Without a measurement there is no action. */
export function withoutSensor(state: IdleState, nowMs: number): IdleStep {
  const step = rearm(state, nowMs);
  return { ...step, state: { ...step.state, wakeAtMs: nowMs + unreadableSensorMs } };
}

export function readSession(state: IdleState, nowMs: number): IdleStep {
  return {
    state: {
      ...state,
      readingUntilMs: nowMs + answerDeadlineMs,
      wakeAtMs: nowMs + (state.phase.name === 'warning' ? warningTickMs : answerDeadlineMs),
    },
    effects: [{ kind: 'read-session' }],
  };
}

export function watch(state: IdleState, reading: Reading): IdleStep {
  const { nowMs, settings } = reading;
  const missingMs = warnAfterMs(settings) - idleMsOf(state, reading);
  if (missingMs <= 0) return readSession(state, nowMs);
  return stay({
    ...state,
    phase: { name: 'watching', holding: false },
    wakeAtMs: nowMs + missingMs + sensorMarginMs,
  });
}

export function backToWatching(
  state: IdleState,
  reading: Reading,
  effects: readonly IdleEffect[] = [],
): IdleStep {
  const step = watch(
    { ...state, phase: { name: 'watching', holding: false }, signOutAnnounced: false },
    reading,
  );
  return { ...step, effects: [...hidingOf(state.phase), ...effects, ...step.effects] };
}

export function hold(state: IdleState, reading: Reading): IdleStep {
  const leftMs = holdUntilMs(reading.settings) - idleMsOf(state, reading);
  return {
    state: {
      ...state,
      phase: { name: 'watching', holding: true },
      wakeAtMs: reading.nowMs + Math.min(holdingReadMs, leftMs + sensorMarginMs),
    },
    effects: hidingOf(state.phase),
  };
}

export function openWarning(state: IdleState, nowMs: number, purpose: WarningPurpose): IdleStep {
  return {
    state: {
      ...state,
      phase: { name: 'warning', purpose, openedAtMs: nowMs, shownAtMs: undefined, readAtMs: nowMs },
      wakeAtMs: nowMs + warningTickMs,
    },
    effects: [{ kind: 'show-warning', purpose }],
  };
}

export function giveUpWarning(state: IdleState, nowMs: number): IdleStep {
  return {
    state: {
      ...state,
      phase: { name: 'watching', holding: false },
      wakeAtMs: nowMs + afterLostWarningMs,
      readingUntilMs: undefined,
    },
    effects: [{ kind: 'hide-warning' }, { kind: 'report-warning-lost' }],
  };
}

export function attemptLock(state: IdleState, nowMs: number, attempt: number): IdleStep {
  return {
    state: {
      ...state,
      phase: { name: 'locking', attempt, nextAttemptAtMs: undefined },
      wakeAtMs: nowMs + answerDeadlineMs,
    },
    effects: [...hidingOf(state.phase), { kind: 'lock' }],
  };
}

type LockingPhase = Extract<Phase, { name: 'locking' | 'unlockable' }>;

/** The agent tries to lock the screen, or will try again. */
export function isLocking(phase: Phase): phase is LockingPhase {
  return phase.name === 'locking' || phase.name === 'unlockable';
}

/** The answer to an attempt to lock. `idleSeconds` is undefined where the sensor cannot be read. */
export function noteLockAnswer(
  state: IdleState,
  nowMs: number,
  idleSeconds: number | undefined,
  locked: boolean,
): IdleStep {
  const { phase } = state;
  if (!isLocking(phase)) return stay(state);
  const attempt = phase.name === 'locking' ? phase.attempt : lockRetryDelaysMs.length + 2;
  if (locked) return withEffect(becomeAway(state, nowMs, true), { kind: 'report-locked', attempts: attempt });
  if (phase.name === 'unlockable') {
    return stay({
      ...state,
      phase: { name: 'unlockable', nextAttemptAtMs: nowMs + slowRetryMs, attempting: false },
      wakeAtMs: nowMs + awayTickMs,
    });
  }
  const delayMs = lockRetryDelaysMs[attempt - 1];
  const moved = idleSeconds === undefined || hasMoved(state, nowMs, idleSeconds);
  const seen = idleSeconds === undefined ? state : noteInput(state, nowMs, idleSeconds);
  if (delayMs === undefined || moved) {
    return {
      state: {
        ...seen,
        phase: moved
          ? { name: 'watching', holding: false }
          : { name: 'unlockable', nextAttemptAtMs: nowMs + slowRetryMs, attempting: false },
        wakeAtMs: nowMs,
      },
      effects: [{ kind: 'report-lock-failed', attempts: attempt }],
    };
  }
  const nextAttemptAtMs = nowMs + delayMs;
  return stay({
    ...seen,
    phase: { name: 'locking', attempt, nextAttemptAtMs },
    wakeAtMs: nextLockingTickAtMs(nextAttemptAtMs, nowMs),
  });
}

/** Once a second, to notice a person who comes back between two attempts. */
export function nextLockingTickAtMs(nextAttemptAtMs: number | undefined, nowMs: number): number {
  return Math.min(nextAttemptAtMs ?? nowMs + answerDeadlineMs, nowMs + 1000);
}

export function becomeUnlockable(state: IdleState, reading: Reading): IdleStep {
  const nextAttemptAtMs = reading.nowMs + slowRetryMs;
  return stay({
    ...state,
    phase: { name: 'unlockable', nextAttemptAtMs, attempting: false },
    wakeAtMs: nextUnlockableTickAtMs(state, nextAttemptAtMs, reading),
  });
}

export function becomeAway(state: IdleState, nowMs: number, locked: boolean): IdleStep {
  return {
    state: {
      ...state,
      phase: { name: 'away', locked, nextReadAtMs: nowMs + awayReadMs },
      readingUntilMs: undefined,
      wakeAtMs: nowMs + awayTickMs,
    },
    effects: hidingOf(state.phase),
  };
}

export function startSignOut(state: IdleState, nowMs: number): IdleStep {
  return {
    state: {
      ...state,
      phase: { name: 'signing-out', askedAtMs: nowMs, failureReported: false },
      wakeAtMs: nowMs + awayTickMs,
    },
    effects: [...hidingOf(state.phase), { kind: 'sign-out' }],
  };
}

function hidingOf(phase: Phase): readonly IdleEffect[] {
  return phase.name === 'warning' ? [{ kind: 'hide-warning' }] : [];
}

function withEffect(step: IdleStep, effect: IdleEffect): IdleStep {
  return { ...step, effects: [...step.effects, effect] };
}
