/** Has the operating system lock the screen; nothing here draws a lock screen of its own. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface LockProblem {
  /** `none`: nothing here can lock. `refused`: the system said no. `unreadable`: no answer in time. */
  readonly kind: 'none' | 'refused' | 'unreadable';
  readonly reason: string;
}

export interface LockPort {
  capability(): Capability;
  /**
   * `confirmed`: the system says that the session is locked. `requested`: it took the request and has not said so
   * within 5 s, which proves nothing; the caller decides what to do about it. Never rejects.
   */
  lock(): Promise<Result<'requested' | 'confirmed', LockProblem>>;
  /**
   * For the moment before the PC sleeps: when the call returns, the system has the request or will not get it.
   * `not-needed`: the session is locked already, or is behind another one. Blocks for 3 s at most; never throws. Works
   * once the lock or the session has been asked something before.
   */
  lockAtOnce(): Result<'requested' | 'not-needed', LockProblem>;
}
