/**
 * Decides when to warn, lock and sign out for lack of use: seconds of idle and monotonic milliseconds in, effects out.
 *
 * It acts on nothing that it has not just looked at: before a warning, before a lock and before a sign-out it asks
 * whether this session is in front, whether it is locked, and whether somebody presents. Where anything is in doubt it
 * starts counting anew, which costs at most one more `lockAfterSeconds`.
 */

export interface IdleSettings {
  readonly lockAfterSeconds: number;
  readonly warningSeconds: number;
  /** How long a presentation or a video may hold the lock off; 0 where the school wants neither to count. */
  readonly holdCeilingSeconds: number;
  /** 0: never. Else more than `lockAfterSeconds`. */
  readonly signOutAfterSeconds: number;
}

/** What the session is like at a moment of decision. */
export interface Desk {
  /** This session is the one that a person would sit before, not one that waits behind another. */
  readonly inFront: boolean;
  readonly locked: boolean;
  /** A presentation, a film or the like is on. */
  readonly presenting: boolean;
  /** Something here can lock the screen at all. */
  readonly canLock: boolean;
}

export type WarningPurpose = 'lock' | 'sign-out';

type Phase =
  /** Counting. `holding`: the time has come, and a presentation keeps it from happening. */
  | { readonly name: 'watching'; readonly holding: boolean }
  | {
      readonly name: 'warning';
      readonly purpose: WarningPurpose;
      readonly openedAtMs: number;
      /** When the warning stood on every display; nothing follows a warning that nobody could see. */
      readonly shownAtMs: number | undefined;
      /** When the desk was last seen: a warning stands for the session in front only. */
      readonly lookedAtMs: number;
    }
  | {
      readonly name: 'locking';
      /** From 1. */
      readonly attempt: number;
      /** Undefined while an attempt is under way. */
      readonly nextAttemptAtMs: number | undefined;
    }
  /** The system would not lock, or cannot; tried again now and then as long as nobody comes. */
  | { readonly name: 'unlockable'; readonly nextAttemptAtMs: number; readonly attempting: boolean }
  /** Locked, or behind another session: left alone until it is neither. */
  | { readonly name: 'away'; readonly locked: boolean; readonly lookAtMs: number }
  /** The system has been asked to end the session. It is asked once; `told`: that it did not is on record. */
  | { readonly name: 'signing-out'; readonly askedAtMs: number; readonly told: boolean };

export interface IdleState {
  readonly phase: Phase;
  /** Idle before this moment does not count: start, resume, unlock, reconnect, a press of *Stay signed in*. */
  readonly armedAtMs: number;
  /** When somebody last used the PC, by the sensor: up to a second too late, never too early. */
  readonly lastInputAtMs: number;
  readonly lastSeenAtMs: number;
  /** When this must be advanced again at the latest; an advance that comes much later has slept in between. */
  readonly wakeAtMs: number;
  /** A question about the desk is out until then. */
  readonly lookingUntilMs: number | undefined;
  /** The person has been told on the screen, in this absence, that a sign-out would follow. */
  readonly signOutAnnounced: boolean;
}

export type IdleEvent =
  /** `idleSeconds` is undefined where the sensor cannot be read. */
  | { readonly kind: 'tick'; readonly nowMs: number; readonly idleSeconds: number | undefined }
  | {
      readonly kind: 'desk-seen';
      readonly nowMs: number;
      readonly idleSeconds: number | undefined;
      readonly desk: Desk;
    }
  | { readonly kind: 'warning-shown'; readonly nowMs: number }
  | { readonly kind: 'warning-lost'; readonly nowMs: number }
  | { readonly kind: 'stay'; readonly nowMs: number }
  | {
      readonly kind: 'lock-answered';
      readonly nowMs: number;
      readonly idleSeconds: number | undefined;
      readonly locked: boolean;
    }
  | { readonly kind: 'sign-out-answered'; readonly nowMs: number; readonly requested: boolean }
  | {
      readonly kind: 'system-changed';
      readonly nowMs: number;
      readonly change: 'resumed' | 'locked' | 'unlocked';
    };

export type IdleEffect =
  | { readonly kind: 'look' }
  | { readonly kind: 'show-warning'; readonly purpose: WarningPurpose }
  | { readonly kind: 'hide-warning' }
  | { readonly kind: 'lock' }
  | { readonly kind: 'sign-out' }
  | { readonly kind: 'report-locked'; readonly attempts: number }
  | { readonly kind: 'report-lock-failed'; readonly attempts: number }
  | { readonly kind: 'report-warning-lost' }
  | { readonly kind: 'report-sign-out-failed' };

interface Step {
  readonly state: IdleState;
  readonly effects: readonly IdleEffect[];
}

/** Waits before the second and the third attempt to lock; then it is reported. */
const lockRetryDelaysMs = [5000, 15_000] as const;
const slowRetryMs = 300_000;
const lookDeadlineMs = 20_000;
const holdingLookMs = 15_000;
const warningTickMs = 250;
/** A session that goes behind another during its warning is noticed within this, and its time starts anew. */
export const warningLookMs = 5000;
/** A warning that stands nowhere by then is given up, and tried again after `afterLostWarningMs`. */
const warningPaintDeadlineMs = 30_000;
const afterLostWarningMs = 60_000;
const awayTickMs = 30_000;
const awayLookMs = 300_000;
const unreadableSensorMs = 60_000;
/** A session that is still there by then has not been signed out. */
const signOutDeadlineMs = 60_000;
/** Far more than a busy PC is ever late, far less than anybody's sleep. */
const jumpMs = 30_000;
/** The sensor counts whole seconds. Two answers about one and the same movement lie less than this apart. */
const sensorStepMs = 1000;
/** Asked a moment after the second has turned, it has the new one. */
const sensorMarginMs = 50;

export function startIdle(nowMs: number): IdleState {
  return {
    phase: { name: 'watching', holding: false },
    armedAtMs: nowMs,
    lastInputAtMs: nowMs,
    lastSeenAtMs: nowMs,
    wakeAtMs: nowMs,
    lookingUntilMs: undefined,
    signOutAnnounced: false,
  };
}

export function advanceIdle(before: IdleState, event: IdleEvent, settings: IdleSettings): Step {
  const jumped = event.nowMs < before.lastSeenAtMs || event.nowMs > before.wakeAtMs + jumpMs;
  const from: Step = jumped
    ? rearm(before, event.nowMs)
    : { state: { ...before, lastSeenAtMs: event.nowMs }, effects: [] };
  const step = apply(from.state, event, settings);
  return {
    state: { ...step.state, lastSeenAtMs: event.nowMs },
    effects: [...from.effects, ...step.effects],
  };
}

function apply(state: IdleState, event: IdleEvent, settings: IdleSettings): Step {
  const { nowMs } = event;
  switch (event.kind) {
    case 'tick':
    case 'desk-seen': {
      if (event.idleSeconds === undefined) return withoutSensor(state, nowMs);
      const reading: Reading = { nowMs, idleSeconds: event.idleSeconds, settings };
      const moved = hasMoved(state, nowMs, event.idleSeconds) && isNews(state.phase, reading);
      const seen = noteInput(state, nowMs, event.idleSeconds);
      return event.kind === 'tick'
        ? tick(seen, reading, moved)
        : judgeDesk({ ...seen, lookingUntilMs: undefined }, reading, moved, event.desk);
    }
    case 'warning-shown': {
      if (state.phase.name !== 'warning' || state.phase.shownAtMs !== undefined) return stay(state);
      return stay({
        ...state,
        phase: { ...state.phase, shownAtMs: nowMs },
        wakeAtMs: nowMs + warningTickMs,
        signOutAnnounced: state.signOutAnnounced || settings.signOutAfterSeconds > 0,
      });
    }
    case 'warning-lost':
      return state.phase.name === 'warning' ? giveUpWarning(state, nowMs) : stay(state);
    case 'stay':
      return state.phase.name === 'warning' ? rearm(state, nowMs) : stay(state);
    case 'lock-answered':
      return judgeLock(state, event.nowMs, event.idleSeconds, event.locked);
    case 'sign-out-answered':
      if (state.phase.name !== 'signing-out' || event.requested || state.phase.told) return stay(state);
      return {
        state: { ...state, phase: { ...state.phase, told: true } },
        effects: [{ kind: 'report-sign-out-failed' }],
      };
    case 'system-changed':
      if (event.change !== 'locked') return rearm(state, nowMs);
      return isLocking(state.phase)
        ? judgeLock(state, nowMs, undefined, true)
        : becomeAway(state, nowMs, true);
  }
}

interface Reading {
  readonly nowMs: number;
  readonly idleSeconds: number;
  readonly settings: IdleSettings;
}

function hasMoved(state: IdleState, nowMs: number, idleSeconds: number): boolean {
  return nowMs - idleSeconds * 1000 >= state.lastInputAtMs + sensorStepMs;
}

/**
 * A movement within a second of the last answer looks like the one before it, until the sensor's next second turns. Where
 * that is after the warning has opened, it is no reason to take the warning away: as much as led to it has passed since.
 */
function isNews(phase: Phase, { idleSeconds, settings }: Reading): boolean {
  return phase.name !== 'warning' || idleSeconds * 1000 < warnAtMs(settings);
}

function noteInput(state: IdleState, nowMs: number, idleSeconds: number): IdleState {
  const inputAtMs = nowMs - idleSeconds * 1000;
  const lastInputAtMs = hasMoved(state, nowMs, idleSeconds)
    ? inputAtMs
    : Math.min(state.lastInputAtMs, inputAtMs);
  return { ...state, lastInputAtMs };
}

/** Idle that counts, in milliseconds. */
function idleMsOf(state: IdleState, { nowMs, idleSeconds }: Reading): number {
  return Math.min(idleSeconds * 1000, nowMs - state.armedAtMs);
}

function tick(state: IdleState, reading: Reading, moved: boolean): Step {
  const { nowMs } = reading;
  const { phase } = state;
  if (state.lookingUntilMs !== undefined && nowMs < state.lookingUntilMs && !moved) {
    return stay({ ...state, wakeAtMs: Math.min(state.lookingUntilMs, nowMs + tickMsOf(phase)) });
  }
  const asked = { ...state, lookingUntilMs: undefined };
  switch (phase.name) {
    case 'watching':
      return watch(moved ? { ...asked, phase: { name: 'watching', holding: false } } : asked, reading);
    case 'warning':
      if (moved) return backToWatching(asked, reading);
      if (phase.shownAtMs === undefined) {
        if (nowMs - phase.openedAtMs >= warningPaintDeadlineMs) return giveUpWarning(asked, nowMs);
        return stay({ ...asked, wakeAtMs: nowMs + warningTickMs });
      }
      if (
        nowMs - phase.shownAtMs < reading.settings.warningSeconds * 1000 &&
        nowMs - phase.lookedAtMs < warningLookMs
      ) {
        return stay({ ...asked, wakeAtMs: nowMs + warningTickMs });
      }
      return look(asked, nowMs);
    case 'locking':
      if (phase.nextAttemptAtMs === undefined) return stay({ ...asked, wakeAtMs: nowMs + lookDeadlineMs });
      if (moved) return backToWatching(asked, reading, [reportFailed(phase.attempt)]);
      if (nowMs < phase.nextAttemptAtMs) return stay({ ...asked, wakeAtMs: nextTick(phase, nowMs) });
      return look(asked, nowMs);
    case 'unlockable':
      if (moved) return backToWatching(asked, reading);
      if (phase.attempting) return stay({ ...asked, wakeAtMs: nowMs + lookDeadlineMs });
      if (nowMs >= phase.nextAttemptAtMs || isSignOutNear(asked, reading)) return look(asked, nowMs);
      return stay({ ...asked, wakeAtMs: nextUnlockableTick(asked, phase.nextAttemptAtMs, reading) });
    case 'away':
      if (moved || nowMs >= phase.lookAtMs || isSignOutDue(asked, reading)) return look(asked, nowMs);
      return stay({ ...asked, wakeAtMs: nextAwayTick(asked, phase.lookAtMs, reading) });
    case 'signing-out':
      if (moved) return backToWatching(asked, reading);
      if (phase.told || nowMs - phase.askedAtMs < signOutDeadlineMs) {
        return stay({ ...asked, wakeAtMs: nowMs + awayTickMs });
      }
      return {
        state: { ...asked, phase: { ...phase, told: true }, wakeAtMs: nowMs + awayTickMs },
        effects: [{ kind: 'report-sign-out-failed' }],
      };
  }
}

/** While a question is out, whoever can be seen to come back is still to be noticed quickly. */
function tickMsOf(phase: Phase): number {
  return phase.name === 'warning' ? warningTickMs : lookDeadlineMs;
}

/** Idle after which the lock is warned of. */
function warnAtMs({ lockAfterSeconds, warningSeconds }: IdleSettings): number {
  return (lockAfterSeconds - warningSeconds) * 1000;
}

function watch(state: IdleState, reading: Reading): Step {
  const { nowMs, settings } = reading;
  const missingMs = warnAtMs(settings) - idleMsOf(state, reading);
  if (missingMs <= 0) return look(state, nowMs);
  return stay({
    ...state,
    phase: { name: 'watching', holding: false },
    wakeAtMs: nowMs + missingMs + sensorMarginMs,
  });
}

function judgeDesk(state: IdleState, reading: Reading, moved: boolean, desk: Desk): Step {
  const { nowMs, settings } = reading;
  const { phase } = state;
  if (phase.name === 'away') return judgeAway(state, reading, desk);
  if (phase.name === 'signing-out') return stay(state);
  // The system may lock after the deadline for its answer, and may say so to nobody: that is a lock all the same.
  if (desk.inFront && desk.locked && isLocking(phase)) return judgeLock(state, nowMs, undefined, true);
  if (!desk.inFront || desk.locked) return becomeAway(state, nowMs, desk.locked);
  if (moved) {
    const failed = phase.name === 'locking' ? [reportFailed(phase.attempt)] : [];
    return backToWatching(state, reading, failed);
  }
  switch (phase.name) {
    case 'watching':
      return judgeWatching(state, reading, desk);
    case 'warning': {
      const shown = phase.shownAtMs;
      if (shown === undefined || nowMs - shown < settings.warningSeconds * 1000) {
        return stay({ ...state, phase: { ...phase, lookedAtMs: nowMs }, wakeAtMs: nowMs + warningTickMs });
      }
      if (phase.purpose === 'sign-out') {
        return {
          state: startSignOut(state, nowMs),
          effects: [{ kind: 'hide-warning' }, { kind: 'sign-out' }],
        };
      }
      // A film that began during the warning counts as much as one that began before.
      if (desk.presenting && idleMsOf(state, reading) < holdUntilMs(settings)) {
        const held = hold(state, reading);
        return { ...held, effects: [{ kind: 'hide-warning' }, ...held.effects] };
      }
      return attemptLock(state, nowMs, 1, [{ kind: 'hide-warning' }]);
    }
    case 'locking':
      return phase.nextAttemptAtMs !== undefined && nowMs >= phase.nextAttemptAtMs
        ? attemptLock(state, nowMs, phase.attempt + 1)
        : stay({ ...state, wakeAtMs: nextTick(phase, nowMs) });
    case 'unlockable':
      if (isSignOutNear(state, reading)) return openWarning(state, nowMs, 'sign-out');
      if (!phase.attempting && nowMs >= phase.nextAttemptAtMs) {
        if (!desk.canLock) return becomeUnlockable(state, reading);
        return {
          state: {
            ...state,
            phase: { ...phase, attempting: true },
            wakeAtMs: nowMs + lookDeadlineMs,
          },
          effects: [{ kind: 'lock' }],
        };
      }
      return stay({ ...state, wakeAtMs: nextUnlockableTick(state, phase.nextAttemptAtMs, reading) });
  }
}

function judgeWatching(state: IdleState, reading: Reading, desk: Desk): Step {
  const { settings, nowMs } = reading;
  const idleMs = idleMsOf(state, reading);
  if (idleMs < warnAtMs(settings)) return watch(state, reading);
  if (desk.presenting && idleMs < holdUntilMs(settings)) return hold(state, reading);
  // A warning of something that cannot happen would be untrue.
  if (!desk.canLock) return becomeUnlockable(state, reading);
  return openWarning(state, nowMs, 'lock');
}

/** Idle up to which a presentation holds the warning off; the lock itself then comes at limit + ceiling. */
function holdUntilMs(settings: IdleSettings): number {
  return (settings.lockAfterSeconds - settings.warningSeconds + settings.holdCeilingSeconds) * 1000;
}

function hold(state: IdleState, reading: Reading): Step {
  const leftMs = holdUntilMs(reading.settings) - idleMsOf(state, reading);
  return stay({
    ...state,
    phase: { name: 'watching', holding: true },
    wakeAtMs: reading.nowMs + Math.min(holdingLookMs, leftMs + sensorMarginMs),
  });
}

function openWarning(state: IdleState, nowMs: number, purpose: WarningPurpose): Step {
  return {
    state: {
      ...state,
      phase: { name: 'warning', purpose, openedAtMs: nowMs, shownAtMs: undefined, lookedAtMs: nowMs },
      wakeAtMs: nowMs + warningTickMs,
    },
    effects: [{ kind: 'show-warning', purpose }],
  };
}

function giveUpWarning(state: IdleState, nowMs: number): Step {
  return {
    state: {
      ...state,
      phase: { name: 'watching', holding: false },
      wakeAtMs: nowMs + afterLostWarningMs,
      lookingUntilMs: undefined,
    },
    effects: [{ kind: 'hide-warning' }, { kind: 'report-warning-lost' }],
  };
}

function attemptLock(
  state: IdleState,
  nowMs: number,
  attempt: number,
  first: readonly IdleEffect[] = [],
): Step {
  return {
    state: {
      ...state,
      phase: { name: 'locking', attempt, nextAttemptAtMs: undefined },
      wakeAtMs: nowMs + lookDeadlineMs,
    },
    effects: [...first, { kind: 'lock' }],
  };
}

/** A lock is being tried, or tried again. */
function isLocking(phase: Phase): phase is Extract<Phase, { name: 'locking' | 'unlockable' }> {
  return phase.name === 'locking' || phase.name === 'unlockable';
}

function judgeLock(state: IdleState, nowMs: number, idleSeconds: number | undefined, locked: boolean): Step {
  const { phase } = state;
  if (!isLocking(phase)) return stay(state);
  const attempt = phase.name === 'locking' ? phase.attempt : lockRetryDelaysMs.length + 2;
  if (locked) {
    const gone = away(state, nowMs, true);
    return { ...gone, effects: [...gone.effects, { kind: 'report-locked', attempts: attempt }] };
  }
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
      effects: [reportFailed(attempt)],
    };
  }
  const next: Phase = { name: 'locking', attempt, nextAttemptAtMs: nowMs + delayMs };
  return stay({
    ...seen,
    phase: next,
    wakeAtMs: nextTick(next, nowMs),
  });
}

function nextTick(phase: Extract<Phase, { name: 'locking' }>, nowMs: number): number {
  return Math.min(phase.nextAttemptAtMs ?? nowMs + lookDeadlineMs, nowMs + 1000);
}

function becomeUnlockable(state: IdleState, reading: Reading): Step {
  const nextAttemptAtMs = reading.nowMs + slowRetryMs;
  return stay({
    ...state,
    phase: { name: 'unlockable', nextAttemptAtMs, attempting: false },
    wakeAtMs: nextUnlockableTick(state, nextAttemptAtMs, reading),
  });
}

/** Time for the countdown of a session that is still open. */
function isSignOutNear(state: IdleState, reading: Reading): boolean {
  const { signOutAfterSeconds, warningSeconds } = reading.settings;
  if (signOutAfterSeconds === 0) return false;
  return idleMsOf(state, reading) >= (signOutAfterSeconds - warningSeconds) * 1000;
}

/** Behind a lock screen no countdown can be seen: only a sign-out that was announced before may follow. */
function isSignOutDue(state: IdleState, reading: Reading): boolean {
  const { signOutAfterSeconds } = reading.settings;
  if (signOutAfterSeconds === 0 || !state.signOutAnnounced) return false;
  if (state.phase.name !== 'away' || !state.phase.locked) return false;
  return idleMsOf(state, reading) >= signOutAfterSeconds * 1000;
}

function nextUnlockableTick(state: IdleState, nextAttemptAtMs: number, reading: Reading): number {
  const { signOutAfterSeconds, warningSeconds } = reading.settings;
  const signOutInMs =
    signOutAfterSeconds === 0
      ? Number.POSITIVE_INFINITY
      : (signOutAfterSeconds - warningSeconds) * 1000 - idleMsOf(state, reading) + sensorMarginMs;
  return Math.min(
    nextAttemptAtMs,
    reading.nowMs + Math.min(awayTickMs, Math.max(signOutInMs, sensorMarginMs)),
  );
}

function nextAwayTick(state: IdleState, lookAtMs: number, reading: Reading): number {
  const { signOutAfterSeconds } = reading.settings;
  const signOutInMs =
    signOutAfterSeconds === 0 || !state.signOutAnnounced
      ? Number.POSITIVE_INFINITY
      : signOutAfterSeconds * 1000 - idleMsOf(state, reading) + sensorMarginMs;
  return Math.min(lookAtMs, reading.nowMs + Math.min(awayTickMs, Math.max(signOutInMs, sensorMarginMs)));
}

function judgeAway(state: IdleState, reading: Reading, desk: Desk): Step {
  const { nowMs } = reading;
  if (desk.inFront && !desk.locked) {
    // Whoever unlocks by hand has moved since the last tick, and their time runs from there.
    const byHand = nowMs - state.lastInputAtMs <= awayTickMs + 2 * sensorStepMs;
    return rearm(state, nowMs, byHand ? state.lastInputAtMs : nowMs);
  }
  const still = away(state, nowMs, desk.locked).state;
  if (desk.inFront && isSignOutDue(still, reading)) {
    return {
      state: startSignOut(still, nowMs),
      effects: [{ kind: 'sign-out' }],
    };
  }
  return stay({ ...still, wakeAtMs: nextAwayTick(still, nowMs + awayLookMs, reading) });
}

function startSignOut(state: IdleState, nowMs: number): IdleState {
  return {
    ...state,
    phase: { name: 'signing-out', askedAtMs: nowMs, told: false },
    wakeAtMs: nowMs + awayTickMs,
  };
}

function becomeAway(state: IdleState, nowMs: number, locked: boolean): Step {
  const gone = away(state, nowMs, locked);
  return state.phase.name === 'warning'
    ? { ...gone, effects: [{ kind: 'hide-warning' }, ...gone.effects] }
    : gone;
}

function away(state: IdleState, nowMs: number, locked: boolean): Step {
  return stay({
    ...state,
    phase: { name: 'away', locked, lookAtMs: nowMs + awayLookMs },
    lookingUntilMs: undefined,
    wakeAtMs: nowMs + awayTickMs,
  });
}

/** Counting anew, whatever was going on. That a session is locked shows when it is looked at next. */
function rearm(state: IdleState, nowMs: number, armedAtMs = nowMs): Step {
  const common = { armedAtMs, lookingUntilMs: undefined, wakeAtMs: nowMs, lastSeenAtMs: nowMs };
  return {
    state: { ...state, ...common, phase: { name: 'watching', holding: false }, signOutAnnounced: false },
    effects: state.phase.name === 'warning' ? [{ kind: 'hide-warning' }] : [],
  };
}

function backToWatching(state: IdleState, reading: Reading, effects: readonly IdleEffect[] = []): Step {
  const step = watch(
    { ...state, phase: { name: 'watching', holding: false }, signOutAnnounced: false },
    reading,
  );
  const hide: readonly IdleEffect[] = state.phase.name === 'warning' ? [{ kind: 'hide-warning' }] : [];
  return { ...step, effects: [...hide, ...effects, ...step.effects] };
}

/** What cannot be measured is not acted on. */
function withoutSensor(state: IdleState, nowMs: number): Step {
  const step = rearm(state, nowMs);
  return { ...step, state: { ...step.state, wakeAtMs: nowMs + unreadableSensorMs } };
}

function look(state: IdleState, nowMs: number): Step {
  const { phase } = state;
  return {
    state: {
      ...state,
      lookingUntilMs: nowMs + lookDeadlineMs,
      wakeAtMs: nowMs + (phase.name === 'warning' ? warningTickMs : lookDeadlineMs),
    },
    effects: [{ kind: 'look' }],
  };
}

function reportFailed(attempts: number): IdleEffect {
  return { kind: 'report-lock-failed', attempts };
}

function stay(state: IdleState): Step {
  return { state, effects: [] };
}

/** Whole seconds until what the warning announces; undefined where none is on the screen. */
export function warningSecondsLeft(
  { phase }: IdleState,
  nowMs: number,
  { warningSeconds }: IdleSettings,
): number | undefined {
  if (phase.name !== 'warning') return undefined;
  if (phase.shownAtMs === undefined) return warningSeconds;
  return Math.max(0, Math.ceil((phase.shownAtMs + warningSeconds * 1000 - nowMs) / 1000));
}
