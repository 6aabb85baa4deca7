/** Runs the idle lock: reads the sensor when something could be due, feeds the machine and carries out its effects. */
import type { IdleStatus } from '../../../shared/ipc/information.ts';
import { createSignal, type Signal } from '../../../shared/lib/signal.ts';
import { advanceIdle, startIdle, warningSecondsLeft } from '../../domain/idle/idle-machine.ts';
import type {
  IdleEffect,
  IdleEvent,
  IdleSettings,
  SessionSnapshot,
  WarningPurpose,
} from '../../domain/idle/idle-state.ts';
import type { SensorRecord } from '../../domain/idle/sensor-check.ts';
import type { IdlePort } from '../../platform/idle/idle-port.ts';
import type { LockPort } from '../../platform/lock/lock-port.ts';
import type { PresencePort } from '../../platform/presence/presence-port.ts';
import type { SessionPort } from '../../platform/session/session-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { SystemChange } from '../feature.ts';
import { createIdleSensor, type IdleFault } from './idle-sensor.ts';
import { toIdleStatus } from './idle-status.ts';
import { createPresentations } from './presentations.ts';
import { createSleepLock } from './sleep-lock.ts';

type LockCause = 'idle' | 'sleep';

export interface IdlePorts {
  readonly clock: Clock;
  readonly idle: IdlePort;
  readonly presence: PresencePort;
  readonly session: SessionPort;
  readonly lock: LockPort;
  /** Behind the shut gate no presentation counts: the gate itself fills the screen. */
  isGateShut(): boolean;
  showWarning(purpose: WarningPurpose): void;
  hideWarning(): void;
  reportLocked(cause: LockCause, certainty: 'confirmed' | 'requested', attempts: number): void;
  reportLockFailed(cause: LockCause, attempts: number, reason: string): void;
  /** Resolves when the report is on disk, or never will be: the session ends afterwards. */
  reportSignedOut(): Promise<void>;
  onFault(fault: IdleFault): void;
  /** The PC has woken up, and the session was found locked or open. */
  noteAwake(isLocked: boolean): void;
  loadSensorRecord(): SensorRecord | undefined;
  saveSensorRecord(record: SensorRecord): void;
}

export interface IdleService {
  /** Resolves after the first reading. */
  start(): Promise<void>;
  /** A notification of the system. `suspending` returns only when the system has the request to lock. */
  noteSystem(change: SystemChange): void;
  /** The person stays: takes the warning away. */
  stay(): void;
  /** The warning is on every display. */
  warningShown(): void;
  warningLost(reason: string): void;
  /** What the warning shows; undefined while there is none. */
  warning(): { readonly purpose: WarningPurpose; readonly secondsLeft: number } | undefined;
  status(): IdleStatus;
  /** After every change that can be seen. */
  readonly onChanged: Signal['subscribe'];
  stop(): void;
}

/** Longer than other functions: each effect of the machine is one case, and all of them share its state and its timer. */
export function createIdleService(ports: IdlePorts, settings: IdleSettings): IdleService {
  const { clock } = ports;
  let state = startIdle(clock.monotonicMs());
  let stopTimer = () => {};
  let stopped = false;
  const changed = createSignal();
  let lastSeen = '';
  let lastLockReason = '';
  let lastLossReason = '';
  let systemLimitSeconds: number | undefined;

  const sensor = createIdleSensor({
    clock,
    idle: ports.idle,
    lockAfterSeconds: settings.lockAfterSeconds,
    onFault: (fault) => ports.onFault(fault),
    loadRecord: () => ports.loadSensorRecord(),
    saveRecord: (record) => ports.saveSensorRecord(record),
  });
  const sleepLock = createSleepLock({
    clock,
    session: ports.session,
    lock: ports.lock,
    isAway: () => state.phase.name === 'away' || state.phase.name === 'signing-out',
    reportLocked: (certainty) => ports.reportLocked('sleep', certainty, 1),
    reportLockFailed: (reason) => ports.reportLockFailed('sleep', 1, reason),
    onAwake: (isLocked) => ports.noteAwake(isLocked),
  });
  const presentations = createPresentations({
    clock,
    presence: ports.presence,
    mayHold: () => settings.holdCeilingSeconds > 0 && !ports.isGateShut(),
    onReadAgain: () => emitIfChanged(),
  });

  const dispatch = (event: IdleEvent): void => {
    if (stopped) return;
    const step = advanceIdle(state, event, settings);
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
    schedule();
    emitIfChanged();
  };

  const schedule = () => {
    stopTimer();
    if (stopped) return;
    stopTimer = clock.setTimer(state.wakeAtMs - clock.monotonicMs(), () => void tick());
  };

  const tick = async (): Promise<void> => {
    const idleSeconds = await sensor.readSeconds();
    const { name } = state.phase;
    if (idleSeconds !== undefined) sensor.check(idleSeconds, name === 'watching' || name === 'warning');
    dispatch({ kind: 'tick', nowMs: clock.monotonicMs(), idleSeconds });
  };

  const carryOut = (effect: IdleEffect): void => {
    switch (effect.kind) {
      case 'read-session':
        void readSession();
        break;
      case 'show-warning':
        ports.showWarning(effect.purpose);
        break;
      case 'hide-warning':
        ports.hideWarning();
        break;
      case 'lock':
        void lock();
        break;
      case 'sign-out':
        void signOut();
        break;
      case 'report-locked':
        ports.reportLocked('idle', 'confirmed', effect.attempts);
        break;
      case 'report-lock-failed':
        ports.reportLockFailed('idle', effect.attempts, lastLockReason);
        break;
      case 'report-warning-lost':
        ports.onFault({
          fault: 'idle-warning-not-shown',
          subject: 'idle-warning',
          reason: `The screen was not locked, because the warning could not be shown: ${lastLossReason || 'it was not painted in time'}. The agent tries again in a minute.`,
        });
        break;
      case 'report-sign-out-failed':
        ports.onFault({
          fault: 'sign-out-failed',
          subject: 'session',
          reason: `The PC was not used for ${settings.signOutAfterSeconds} s, and the system did not sign the person out.`,
        });
        break;
    }
  };

  const readSession = async (): Promise<void> => {
    const session = await readSnapshot();
    // The sensor last: its answer holds for the moment of asking, and the session may take seconds to answer.
    const idleSeconds = await sensor.readSeconds();
    dispatch({ kind: 'session-read', nowMs: clock.monotonicMs(), idleSeconds, session });
  };

  const readSnapshot = async (): Promise<SessionSnapshot> => {
    const [session] = await Promise.all([ports.session.readState(), presentations.read()]);
    // A system that cannot answer has one session: ours.
    const { inFront, locked } = session.ok ? session.value : { inFront: true, locked: false };
    const canLock = isLockPossible();
    if (!canLock && state.phase.name === 'watching') {
      ports.onFault({
        fault: 'lock-unavailable',
        subject: 'lock',
        reason: `The screen is not locked for lack of use: ${ports.lock.capability().reason}`,
      });
    }
    return { inFront, locked, presenting: presentations.current().length > 0, canLock };
  };

  const isLockPossible = () => ports.lock.capability().level !== 'none';

  const lock = async (): Promise<void> => {
    const answer = await ports.lock.lock();
    lastLockReason = answer.ok
      ? 'The system took the request and did not say that the screen is locked.'
      : answer.error.reason;
    const idleSeconds = await sensor.readSeconds();
    dispatch({
      kind: 'lock-answered',
      nowMs: clock.monotonicMs(),
      idleSeconds,
      locked: answer.ok && answer.value === 'confirmed',
    });
  };

  const signOut = async (): Promise<void> => {
    // Report first: afterwards there may be no time.
    await ports.reportSignedOut();
    const answer = await ports.session.signOut();
    dispatch({ kind: 'sign-out-answered', nowMs: clock.monotonicMs(), requested: answer.ok });
  };

  const status = () =>
    toIdleStatus({
      state,
      settings,
      systemLimitSeconds,
      canRead: sensor.problem() === undefined,
      canLock: isLockPossible(),
      presences: presentations.current(),
      toUtc: (monotonicMs) =>
        new Date(clock.nowUtc().getTime() + monotonicMs - clock.monotonicMs()).toISOString(),
    });

  const emitIfChanged = () => {
    // The time of the lock moves with every reading; that alone is no change.
    const { locksAt: _, ...shown } = status();
    const seen = JSON.stringify([shown, warning()]);
    if (seen === lastSeen) return;
    lastSeen = seen;
    changed.emit();
  };

  const warning = () => {
    const secondsLeft = warningSecondsLeft(state, clock.monotonicMs(), settings);
    if (state.phase.name !== 'warning' || secondsLeft === undefined) return undefined;
    return { purpose: state.phase.purpose, secondsLeft };
  };

  return {
    start: async () => {
      const [limit] = await Promise.all([
        ports.idle.readSystemLimit(),
        // Now, so that the session is known before a sleep, when there is no time to ask.
        ports.session.readState(),
      ]);
      systemLimitSeconds = limit.ok ? limit.value : undefined;
      await tick();
    },
    noteSystem: (change) => {
      if (stopped) return;
      if (change === 'suspending') sleepLock.beforeSleep();
      else if (change === 'session-ending') sensor.save();
      else dispatch({ kind: 'system-changed', nowMs: clock.monotonicMs(), change });
      if (change === 'resumed') void sleepLock.afterSleep();
    },
    stay: () => dispatch({ kind: 'stay', nowMs: clock.monotonicMs() }),
    warningShown: () => dispatch({ kind: 'warning-shown', nowMs: clock.monotonicMs() }),
    warningLost: (reason) => {
      lastLossReason = reason;
      dispatch({ kind: 'warning-lost', nowMs: clock.monotonicMs() });
    },
    warning,
    status,
    onChanged: changed.subscribe,
    stop: () => {
      stopped = true;
      stopTimer();
      presentations.stop();
      sensor.save();
    },
  };
}
