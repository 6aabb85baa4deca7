/**
 * Locks a PC that goes to sleep, and makes sure of it on the wake-up.
 *
 * Some laptops sleep before they run what a program does on `suspend` (electron issue 47739). Where Windows asks for no
 * password on the wake-up, such a PC would come back open.
 */
import type { LockPort } from '../../platform/lock/lock-port.ts';
import type { SessionPort } from '../../platform/session/session-port.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** Some systems notify Electron of one sleep twice; within this it is the same sleep. */
const oneSleepMs = 10_000;

interface Options {
  readonly clock: Clock;
  readonly session: SessionPort;
  readonly lock: LockPort;
  /** The agent itself knows that nothing is to be locked: the session is locked, or is being signed out. */
  readonly isAway: () => boolean;
  readonly reportLocked: (certainty: 'confirmed' | 'requested') => void;
  readonly reportLockFailed: (reason: string) => void;
  /** The session has been read after a sleep. */
  readonly onAwake: (isLocked: boolean) => void;
}

export interface SleepLock {
  /** Returns when the system has the request to lock, or will not get it. */
  beforeSleep(): void;
  /** Reads the session, and locks it if it is open. */
  afterSleep(): Promise<void>;
}

export function createSleepLock(options: Options): SleepLock {
  const { clock, session, lock } = options;
  let sleptAtMs = Number.NEGATIVE_INFINITY;
  let wokeAtMs = Number.NEGATIVE_INFINITY;

  return {
    beforeSleep: () => {
      const nowMs = clock.monotonicMs();
      if (nowMs - sleptAtMs < oneSleepMs) return;
      sleptAtMs = nowMs;
      if (options.isAway()) return;
      const answer = lock.lockAtOnce();
      if (!answer.ok) options.reportLockFailed(answer.error.reason);
      else if (answer.value === 'requested') options.reportLocked('requested');
    },
    afterSleep: async () => {
      const nowMs = clock.monotonicMs();
      // The user may have unlocked between two notifications of one wake-up.
      if (nowMs - wokeAtMs < oneSleepMs) return;
      wokeAtMs = nowMs;
      const state = await session.readState();
      const isOpen = !state.ok || (state.value.inFront && !state.value.locked);
      options.onAwake(!isOpen);
      // A session that cannot be read is locked too: to lock it twice does no harm.
      if (!isOpen || lock.capability().level === 'none') return;
      const answer = await lock.lock();
      if (answer.ok) options.reportLocked(answer.value);
      else options.reportLockFailed(answer.error.reason);
    },
  };
}
