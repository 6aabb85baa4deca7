/** Watches for lack of use: reads the sensor when something could be due, feeds the machine, carries out its effects. */
import { type IdleStatus, idleOff } from '../../../shared/ipc/information.ts';
import { createSignal, type Signal } from '../../../shared/lib/signal.ts';
import {
  advanceIdle,
  type Desk,
  type IdleEffect,
  type IdleEvent,
  type IdleSettings,
  startIdle,
  type WarningPurpose,
  warningSecondsLeft,
} from '../../domain/idle/idle-machine.ts';
import {
  judgeSensor,
  newSensorRecord,
  noteReading,
  type SensorRecord,
} from '../../domain/idle/sensor-check.ts';
import type { IdlePort } from '../../platform/idle/idle-port.ts';
import type { LockPort } from '../../platform/lock/lock-port.ts';
import type { Presence, PresencePort } from '../../platform/presence/presence-port.ts';
import type { SessionPort } from '../../platform/session/session-port.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** A presentation that was seen is looked after this often, for what the tray says of it. */
const presenceLookMs = 60_000;
const saveSensorAfterSeconds = 3600;
const oneSleepMs = 10_000;

type LockCause = 'idle' | 'sleep';

interface IdleFault {
  readonly fault: string;
  readonly subject: string;
  readonly reason: string;
}

export interface IdlePorts {
  readonly clock: Clock;
  readonly idle: IdlePort;
  readonly presence: PresencePort;
  readonly session: SessionPort;
  readonly lock: LockPort;
  /** Behind the shut gate nobody presents anything; the gate itself fills the screen. */
  isGateShut(): boolean;
  showWarning(purpose: WarningPurpose): void;
  hideWarning(): void;
  reportLocked(cause: LockCause, certainty: 'confirmed' | 'requested', attempts: number): void;
  reportLockFailed(cause: LockCause, attempts: number, reason: string): void;
  /** Resolves when it is on disk, or will never be: afterwards the session ends. */
  reportSignedOut(): Promise<void>;
  onFault(fault: IdleFault): void;
  loadSensorRecord(): SensorRecord | undefined;
  saveSensorRecord(record: SensorRecord): void;
}

export interface IdleService {
  /** Resolves when the first reading has been taken; the watching goes on. */
  start(): Promise<void>;
  /** Something that the system told of. `suspending` returns only when the request to lock is with the system. */
  noteSystem(change: 'suspending' | 'resumed' | 'locked' | 'unlocked'): void;
  stay(): void;
  warningShown(): void;
  warningLost(reason: string): void;
  /** What is on the warning; undefined while there is none. */
  warning(): { readonly purpose: WarningPurpose; readonly secondsLeft: number } | undefined;
  status(): IdleStatus;
  /** After every change that can be seen. */
  readonly onChanged: Signal['subscribe'];
  stop(): void;
}

export function createIdleService(ports: IdlePorts, settings: IdleSettings): IdleService {
  const { clock } = ports;
  let state = startIdle(clock.monotonicMs());
  let stopTimer = () => {};
  let stopPresenceTimer = () => {};
  let stopped = false;
  const changed = createSignal();
  let lastTold = '';
  let lastLockReason = '';
  let lastLossReason = '';
  let presences: readonly Presence[] = [];
  let systemLimitSeconds: number | undefined;
  let sensorProblem: string | undefined;
  /** The last reading, for the sensor's own check. */
  let readAtMs: number | undefined;
  let record = ports.loadSensorRecord() ?? newSensorRecord;
  let sleepToldAtMs: number | undefined;
  let savedUsedSeconds = record.usedSeconds;

  const dispatch = (event: IdleEvent): void => {
    if (stopped) return;
    const step = advanceIdle(state, event, settings);
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
    schedule();
    tellIfChanged();
  };

  const schedule = () => {
    stopTimer();
    if (stopped) return;
    stopTimer = clock.setTimer(state.wakeAtMs - clock.monotonicMs(), () => void tick());
  };

  const tick = async (): Promise<void> => {
    const idleSeconds = await readSensor();
    if (idleSeconds !== undefined) noteSensor(idleSeconds);
    dispatch({ kind: 'tick', nowMs: clock.monotonicMs(), idleSeconds });
  };

  const readSensor = async (): Promise<number | undefined> => {
    const answer = await ports.idle.readSeconds();
    if (answer.ok) {
      sensorProblem = undefined;
      return answer.value;
    }
    if (sensorProblem === undefined) {
      ports.onFault({
        fault: 'idle-unreadable',
        subject: 'idle',
        reason: `The screen is not locked for lack of use: ${answer.error.reason}`,
      });
    }
    sensorProblem = answer.error.reason;
    return undefined;
  };

  const noteSensor = (idleSeconds: number) => {
    const nowMs = clock.monotonicMs();
    const gapSeconds = readAtMs === undefined ? 0 : (nowMs - readAtMs) / 1000;
    readAtMs = nowMs;
    const inUse = state.phase.name === 'watching' || state.phase.name === 'warning';
    // The next reading is planned for the warning at the latest; a gap longer than the limit was not all spent in use.
    if (!inUse || gapSeconds > settings.lockAfterSeconds) return;
    record = noteReading(record, gapSeconds, idleSeconds);
    const verdict = judgeSensor(record);
    if (verdict !== undefined) {
      record = newSensorRecord;
      if (verdict !== 'believable') void reportSensor(verdict);
    }
    if (Math.abs(record.usedSeconds - savedUsedSeconds) >= saveSensorAfterSeconds) saveSensor();
  };

  const saveSensor = () => {
    if (record.usedSeconds === savedUsedSeconds) return;
    savedUsedSeconds = record.usedSeconds;
    ports.saveSensorRecord(record);
  };

  const reportSensor = async (verdict: 'stuck-at-zero' | 'never-rises'): Promise<void> => {
    const controllers = await ports.idle.findGameControllers();
    const cause =
      controllers.length > 0
        ? `Game controllers are plugged in, and a worn one moves by itself: ${controllers.join(', ')}.`
        : 'No game controller was found. A program that moves the mouse, or a worn mouse or touch screen, has the same effect.';
    ports.onFault({
      fault: 'idle-sensor',
      subject: verdict,
      reason:
        verdict === 'stuck-at-zero'
          ? `In a day of use or more the system has never counted a second without use, so the screen will not lock. ${cause}`
          : `In a day of use or more the PC has never been without use for a minute, so the screen will not lock. ${cause}`,
    });
  };

  const carryOut = (effect: IdleEffect): void => {
    switch (effect.kind) {
      case 'look':
        void look();
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
          reason: `The screen was not locked, because the warning could not be shown: ${lastLossReason || 'it was not painted in time'}. It is tried again in a minute.`,
        });
        break;
      case 'report-sign-out-failed':
        ports.onFault({
          fault: 'sign-out-failed',
          subject: 'session',
          reason: `Nobody has used the PC for ${settings.signOutAfterSeconds} s, and the system did not sign the person out.`,
        });
        break;
    }
  };

  const look = async (): Promise<void> => {
    const desk = await readDesk();
    // The sensor last: what it says holds for the moment of asking, and a desk may take seconds to answer.
    const idleSeconds = await readSensor();
    dispatch({ kind: 'desk-seen', nowMs: clock.monotonicMs(), idleSeconds, desk });
  };

  const readDesk = async (): Promise<Desk> => {
    const [session] = await Promise.all([ports.session.readState(), lookForPresence()]);
    // Where nobody can say, there is one session: ours.
    const { inFront, locked } = session.ok ? session.value : { inFront: true, locked: false };
    const canLock = ports.lock.capability().level !== 'none';
    if (!canLock && state.phase.name === 'watching') {
      ports.onFault({
        fault: 'lock-unavailable',
        subject: 'lock',
        reason: `The screen is not locked for lack of use: ${ports.lock.capability().reason}`,
      });
    }
    return { inFront, locked, presenting: presences.length > 0, canLock };
  };

  const lookForPresence = async (): Promise<void> => {
    stopPresenceTimer();
    stopPresenceTimer = () => {};
    if (settings.holdCeilingSeconds === 0 || ports.isGateShut()) {
      presences = [];
      return;
    }
    const answer = await ports.presence.read();
    // Where it cannot be told, the limit holds: a lock that never comes is the greater harm, and it is announced.
    presences = answer.ok ? answer.value : [];
    if (presences.length > 0 && !stopped) {
      stopPresenceTimer = clock.setTimer(presenceLookMs, () => {
        void lookForPresence().then(tellIfChanged);
      });
    }
  };

  const lock = async (): Promise<void> => {
    const answer = await ports.lock.lock();
    lastLockReason = answer.ok
      ? 'The system took the request and did not say that the screen is locked.'
      : answer.error.reason;
    const idleSeconds = await readSensor();
    dispatch({
      kind: 'lock-answered',
      nowMs: clock.monotonicMs(),
      idleSeconds,
      locked: answer.ok && answer.value === 'confirmed',
    });
  };

  const signOut = async (): Promise<void> => {
    // Written down first: afterwards there may be no time.
    await ports.reportSignedOut();
    const answer = await ports.session.signOut();
    dispatch({ kind: 'sign-out-answered', nowMs: clock.monotonicMs(), requested: answer.ok });
  };

  const lockBeforeSleep = () => {
    // Electron tells of one and the same sleep twice on some systems.
    const nowMs = clock.monotonicMs();
    if (sleepToldAtMs !== undefined && nowMs - sleepToldAtMs < oneSleepMs) return;
    sleepToldAtMs = nowMs;
    if (state.phase.name === 'away' || state.phase.name === 'signing-out') return;
    const answer = ports.lock.lockAtOnce();
    if (!answer.ok) ports.reportLockFailed('sleep', 1, answer.error.reason);
    else if (answer.value === 'requested') ports.reportLocked('sleep', 'requested', 1);
  };

  const inWallClock = (monotonicMs: number): string =>
    new Date(clock.nowUtc().getTime() + monotonicMs - clock.monotonicMs()).toISOString();

  const status = (): IdleStatus => {
    const ownLimit = settings.lockAfterSeconds;
    const limitedBy = systemLimitSeconds !== undefined && systemLimitSeconds < ownLimit ? 'system' : 'school';
    const lockAfterSeconds = limitedBy === 'system' ? (systemLimitSeconds ?? ownLimit) : ownLimit;
    const common = { ...idleOff, lockAfterSeconds, limitedBy } as const;
    if (sensorProblem !== undefined) return { ...common, state: 'cannot-tell' };
    if (ports.lock.capability().level === 'none') return { ...common, state: 'cannot-lock' };
    const countsFromMs = Math.max(state.lastInputAtMs, state.armedAtMs);
    const [presence] = presences;
    if (presence !== undefined) {
      return {
        ...common,
        state: 'held',
        heldBy: presence.kind,
        heldByName: presence.by,
        heldUntil: inWallClock(countsFromMs + (ownLimit + settings.holdCeilingSeconds) * 1000),
      };
    }
    const locksAt = state.phase.name === 'away' ? '' : inWallClock(countsFromMs + lockAfterSeconds * 1000);
    return { ...common, state: 'watching', locksAt };
  };

  const tellIfChanged = () => {
    // When it would lock moves with every reading, and nobody is told of it unasked.
    const { locksAt: _, ...seen } = status();
    const told = JSON.stringify([seen, warning()]);
    if (told === lastTold) return;
    lastTold = told;
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
        // Asked now, so that the session is known when there is no time to ask: before a sleep.
        ports.session.readState(),
      ]);
      systemLimitSeconds = limit.ok ? limit.value : undefined;
      await tick();
    },
    noteSystem: (change) => {
      if (stopped) return;
      if (change === 'suspending') lockBeforeSleep();
      else dispatch({ kind: 'system-changed', nowMs: clock.monotonicMs(), change });
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
      stopPresenceTimer();
      saveSensor();
    },
  };
}
