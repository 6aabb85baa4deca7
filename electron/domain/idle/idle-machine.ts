/**
 * Decides when to warn, lock and sign out for lack of use: seconds of idle and monotonic milliseconds in, effects out.
 *
 * It never acts on an old reading. Before a warning, a lock and a sign-out it reads whether this session is in front,
 * whether it is locked, and whether a presentation is on. In doubt it starts to count again, which costs at most one more
 * `lockAfterSeconds`.
 */
import type { IdleEvent, IdleSettings, IdleState, IdleStep, Phase, SessionSnapshot } from './idle-state.ts';
import {
  awayTickMs,
  hasMoved,
  holdUntilMs,
  idleMsOf,
  isNews,
  isSignOutDue,
  isSignOutNear,
  nextAwayTickAtMs,
  nextUnlockableTickAtMs,
  noteInput,
  type Reading,
  sensorStepMs,
  warnAfterMs,
} from './idle-time.ts';
import {
  answerDeadlineMs,
  attemptLock,
  awayReadMs,
  backToWatching,
  becomeAway,
  becomeUnlockable,
  giveUpWarning,
  hold,
  isLocking,
  nextLockingTickAtMs,
  noteLockAnswer,
  openWarning,
  readSession,
  rearm,
  startSignOut,
  stay,
  warningTickMs,
  watch,
  withoutSensor,
} from './idle-transitions.ts';

/** A session that goes behind another during its warning is noticed within this, and its time starts again. */
export const warningReadMs = 5000;
/** The machine gives up a warning that is on no display by then. */
const warningPaintDeadlineMs = 30_000;
/** A session that still exists by then has not been signed out. */
const signOutDeadlineMs = 60_000;
/** Far later than a busy PC ever is, far shorter than a sleep. */
const jumpMs = 30_000;

export function startIdle(nowMs: number): IdleState {
  return {
    phase: { name: 'watching', holding: false },
    armedAtMs: nowMs,
    lastInputAtMs: nowMs,
    lastEventAtMs: nowMs,
    wakeAtMs: nowMs,
    readingUntilMs: undefined,
    signOutAnnounced: false,
  };
}

export function advanceIdle(before: IdleState, event: IdleEvent, settings: IdleSettings): IdleStep {
  const jumped = event.nowMs < before.lastEventAtMs || event.nowMs > before.wakeAtMs + jumpMs;
  const from: IdleStep = jumped ? rearm(before, event.nowMs) : stay(before);
  const step = apply({ ...from.state, lastEventAtMs: event.nowMs }, event, settings);
  return {
    state: { ...step.state, lastEventAtMs: event.nowMs },
    effects: [...from.effects, ...step.effects],
  };
}

/** Whole seconds until what the warning announces; undefined while no warning is open. */
export function warningSecondsLeft(
  { phase }: IdleState,
  nowMs: number,
  { warningSeconds }: IdleSettings,
): number | undefined {
  if (phase.name !== 'warning') return undefined;
  if (phase.shownAtMs === undefined) return warningSeconds;
  return Math.max(0, Math.ceil((phase.shownAtMs + warningSeconds * 1000 - nowMs) / 1000));
}

function apply(state: IdleState, event: IdleEvent, settings: IdleSettings): IdleStep {
  const { nowMs } = event;
  const { phase } = state;
  switch (event.kind) {
    case 'tick':
    case 'session-read': {
      if (event.idleSeconds === undefined) return withoutSensor(state, nowMs);
      const reading: Reading = { nowMs, idleSeconds: event.idleSeconds, settings };
      const moved = hasMoved(state, nowMs, event.idleSeconds) && isNews(phase, reading);
      const seen = noteInput(state, nowMs, event.idleSeconds);
      return event.kind === 'tick'
        ? tick(seen, reading, moved)
        : evaluate({ ...seen, readingUntilMs: undefined }, reading, moved, event.session);
    }
    case 'warning-shown':
      if (phase.name !== 'warning' || phase.shownAtMs !== undefined) return stay(state);
      return stay({
        ...state,
        phase: { ...phase, shownAtMs: nowMs },
        wakeAtMs: nowMs + warningTickMs,
        signOutAnnounced: state.signOutAnnounced || settings.signOutAfterSeconds > 0,
      });
    case 'warning-lost':
      return phase.name === 'warning' ? giveUpWarning(state, nowMs) : stay(state);
    case 'stay':
      return phase.name === 'warning' ? rearm(state, nowMs) : stay(state);
    case 'lock-answered':
      return noteLockAnswer(state, nowMs, event.idleSeconds, event.locked);
    case 'sign-out-answered':
      if (phase.name !== 'signing-out' || event.requested || phase.failureReported) return stay(state);
      return reportSignOutFailed(state, phase);
    case 'system-changed':
      if (event.change !== 'locked') return rearm(state, nowMs);
      return isLocking(phase)
        ? noteLockAnswer(state, nowMs, undefined, true)
        : becomeAway(state, nowMs, true);
  }
}

/** Time has passed: works out whether the session must be read now, because something may be due. */
function tick(state: IdleState, reading: Reading, moved: boolean): IdleStep {
  const { nowMs } = reading;
  const { phase } = state;
  if (state.readingUntilMs !== undefined && nowMs < state.readingUntilMs && !moved) {
    // During a warning a person who comes back must be noticed quickly, even while a read is under way.
    const tickMs = phase.name === 'warning' ? warningTickMs : answerDeadlineMs;
    return stay({ ...state, wakeAtMs: Math.min(state.readingUntilMs, nowMs + tickMs) });
  }
  const free = { ...state, readingUntilMs: undefined };
  switch (phase.name) {
    case 'watching':
      return watch(moved ? { ...free, phase: { name: 'watching', holding: false } } : free, reading);
    case 'warning':
      return moved ? backToWatching(free, reading) : tickWarning(free, phase, reading);
    case 'locking':
      if (phase.nextAttemptAtMs === undefined) return stay({ ...free, wakeAtMs: nowMs + answerDeadlineMs });
      if (moved) return backToWatching(free, reading, [reportLockFailed(phase.attempt)]);
      if (nowMs >= phase.nextAttemptAtMs) return readSession(free, nowMs);
      return stay({ ...free, wakeAtMs: nextLockingTickAtMs(phase.nextAttemptAtMs, nowMs) });
    case 'unlockable':
      if (moved) return backToWatching(free, reading);
      if (phase.attempting) return stay({ ...free, wakeAtMs: nowMs + answerDeadlineMs });
      if (nowMs >= phase.nextAttemptAtMs || isSignOutNear(free, reading)) return readSession(free, nowMs);
      return stay({ ...free, wakeAtMs: nextUnlockableTickAtMs(free, phase.nextAttemptAtMs, reading) });
    case 'away':
      if (moved || nowMs >= phase.nextReadAtMs || isSignOutDue(free, reading))
        return readSession(free, nowMs);
      return stay({ ...free, wakeAtMs: nextAwayTickAtMs(free, phase.nextReadAtMs, reading) });
    case 'signing-out': {
      if (moved) return backToWatching(free, reading);
      const waiting = { ...free, wakeAtMs: nowMs + awayTickMs };
      const isLate = nowMs - phase.askedAtMs >= signOutDeadlineMs;
      return isLate && !phase.failureReported ? reportSignOutFailed(waiting, phase) : stay(waiting);
    }
  }
}

function tickWarning(state: IdleState, phase: PhaseOf<'warning'>, reading: Reading): IdleStep {
  const { nowMs, settings } = reading;
  if (phase.shownAtMs === undefined && nowMs - phase.openedAtMs >= warningPaintDeadlineMs) {
    return giveUpWarning(state, nowMs);
  }
  const isOver = isCountdownOver(phase, nowMs, settings);
  const isReadDue = phase.shownAtMs !== undefined && nowMs - phase.readAtMs >= warningReadMs;
  if (isOver || isReadDue) return readSession(state, nowMs);
  return stay({ ...state, wakeAtMs: nowMs + warningTickMs });
}

/** The session has been read: acts on what is due. */
function evaluate(state: IdleState, reading: Reading, moved: boolean, session: SessionSnapshot): IdleStep {
  const { nowMs } = reading;
  const { phase } = state;
  if (phase.name === 'away') return evaluateAway(state, reading, session);
  if (phase.name === 'signing-out') return stay(state);
  // The system may lock after the deadline for its answer and send no notification: that is a lock all the same.
  if (session.inFront && session.locked && isLocking(phase))
    return noteLockAnswer(state, nowMs, undefined, true);
  if (!session.inFront || session.locked) return becomeAway(state, nowMs, session.locked);
  if (moved) {
    return backToWatching(state, reading, phase.name === 'locking' ? [reportLockFailed(phase.attempt)] : []);
  }
  switch (phase.name) {
    case 'watching':
      return evaluateWatching(state, reading, session);
    case 'warning':
      return evaluateWarning(state, phase, reading, session);
    case 'locking':
      return phase.nextAttemptAtMs !== undefined && nowMs >= phase.nextAttemptAtMs
        ? attemptLock(state, nowMs, phase.attempt + 1)
        : stay({ ...state, wakeAtMs: nextLockingTickAtMs(phase.nextAttemptAtMs, nowMs) });
    case 'unlockable':
      return evaluateUnlockable(state, phase, reading, session);
  }
}

function evaluateWatching(state: IdleState, reading: Reading, session: SessionSnapshot): IdleStep {
  const { settings, nowMs } = reading;
  const idleMs = idleMsOf(state, reading);
  if (idleMs < warnAfterMs(settings)) return watch(state, reading);
  if (session.presenting && idleMs < holdUntilMs(settings)) return hold(state, reading);
  // A warning of something that cannot happen would be untrue.
  return session.canLock ? openWarning(state, nowMs, 'lock') : becomeUnlockable(state, reading);
}

function evaluateWarning(
  state: IdleState,
  phase: PhaseOf<'warning'>,
  reading: Reading,
  session: SessionSnapshot,
): IdleStep {
  const { settings, nowMs } = reading;
  if (!isCountdownOver(phase, nowMs, settings)) {
    return stay({ ...state, phase: { ...phase, readAtMs: nowMs }, wakeAtMs: nowMs + warningTickMs });
  }
  if (phase.purpose === 'sign-out') return startSignOut(state, nowMs);
  // A video that starts during the warning counts as much as one that started before.
  if (session.presenting && idleMsOf(state, reading) < holdUntilMs(settings)) return hold(state, reading);
  return attemptLock(state, nowMs, 1);
}

function evaluateUnlockable(
  state: IdleState,
  phase: PhaseOf<'unlockable'>,
  reading: Reading,
  session: SessionSnapshot,
): IdleStep {
  const { nowMs } = reading;
  if (isSignOutNear(state, reading)) return openWarning(state, nowMs, 'sign-out');
  if (phase.attempting || nowMs < phase.nextAttemptAtMs) {
    return stay({ ...state, wakeAtMs: nextUnlockableTickAtMs(state, phase.nextAttemptAtMs, reading) });
  }
  if (!session.canLock) return becomeUnlockable(state, reading);
  return {
    state: { ...state, phase: { ...phase, attempting: true }, wakeAtMs: nowMs + answerDeadlineMs },
    effects: [{ kind: 'lock' }],
  };
}

function evaluateAway(state: IdleState, reading: Reading, session: SessionSnapshot): IdleStep {
  const { nowMs } = reading;
  if (session.inFront && !session.locked) {
    // A person who unlocks by hand has moved since the last tick, and their time runs from there.
    const byHand = nowMs - state.lastInputAtMs <= awayTickMs + 2 * sensorStepMs;
    return rearm(state, nowMs, byHand ? state.lastInputAtMs : nowMs);
  }
  const still = becomeAway(state, nowMs, session.locked).state;
  if (session.inFront && isSignOutDue(still, reading)) return startSignOut(still, nowMs);
  return stay({ ...still, wakeAtMs: nextAwayTickAtMs(still, nowMs + awayReadMs, reading) });
}

type PhaseOf<Name extends Phase['name']> = Extract<Phase, { name: Name }>;

/** False while the warning is not on every display: the countdown has not started. */
function isCountdownOver(
  { shownAtMs }: PhaseOf<'warning'>,
  nowMs: number,
  { warningSeconds }: IdleSettings,
): boolean {
  return shownAtMs !== undefined && nowMs - shownAtMs >= warningSeconds * 1000;
}

function reportLockFailed(attempts: number) {
  return { kind: 'report-lock-failed', attempts } as const;
}

function reportSignOutFailed(state: IdleState, phase: PhaseOf<'signing-out'>): IdleStep {
  return {
    state: { ...state, phase: { ...phase, failureReported: true } },
    effects: [{ kind: 'report-sign-out-failed' }],
  };
}
