/** The idle time of this session, and what can make it wrong. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface IdleProblem {
  /** `none`: nothing here can tell. `unreadable`: it could not be read this time. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface IdlePort {
  capability(): Capability;
  /** Whole seconds since the last key, movement or touch in this session, rounded down. Cheap; never rejects. */
  readSeconds(): Promise<Result<number, IdleProblem>>;
  /** Seconds after which the system itself locks, where an administrator has set that; else undefined. Never rejects. */
  readSystemLimit(): Promise<Result<number | undefined, IdleProblem>>;
  /**
   * Game controllers that are plugged in, by a name that a technician can use: a worn stick that drifts keeps a PC
   * from ever being idle. Empty where there are none or they cannot be listed. Never rejects.
   */
  findGameControllers(): Promise<readonly string[]>;
}
