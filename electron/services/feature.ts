/** The contract of a part of the agent that has a life of its own. */

import type { ConfigKey } from '../../shared/config/config-changes.ts';
import type { ManagedConfig } from '../../shared/config/managed-config.ts';
import type { Capability } from '../../shared/wire/events.ts';

/**
 * What the system reports of sleep, of the lock screen and of the end of the session. `session-ending`: the user signs out
 * or the PC shuts down, which the user may still cancel.
 */
export type SystemChange = 'suspending' | 'resumed' | 'locked' | 'unlocked' | 'session-ending';

export interface ConfigChanges {
  /** A key, or one of a group, has changed. */
  includes(part: keyof ManagedConfig | ConfigKey): boolean;
  /** The gate may decide otherwise than it has. */
  readonly concernGate: boolean;
}

export interface Feature {
  /** The feature's name on every floor; the subject of a fault when it cannot start. */
  readonly name: string;
  /**
   * `login`: before anyone can work, in the order of the list, each after the one before. `gate-settled`: when the gate
   * is open or its page is painted, so that a waiting user has the machine to themselves.
   */
  readonly startsAt: 'login' | 'gate-settled';
  /**
   * Resolves when the feature works. `not-here`: nothing else starts, and the agent is to end. A rejection at the
   * login ends the agent, which is then started again; later it is reported as a fault, and the other features start.
   */
  start(): Promise<undefined | 'not-here'> | undefined;
  /** Called as soon as the agent is composed, also before `start`. On `suspending` everything is done when it returns. */
  onSystem?(change: SystemChange): void;
  /**
   * Some settings that apply to a running agent have changed. Resolves when they are in effect. The features of the
   * login hear of it last.
   */
  onConfigChanged?(changes: ConfigChanges): Promise<void> | void;
  /** What the feature can and cannot do on this PC, for the self-check, the heartbeat and the *About* window. */
  capabilities?(): readonly Capability[];
  /** Ends in order: no window, timer or lock stays. May be called while `start` of a `login` feature runs, or without it. */
  stop?(): Promise<void> | void;
}
