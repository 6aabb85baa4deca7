/** What the idle lock knows, what can happen to it, and what it can do: the vocabulary of the idle machine. */

export interface IdleSettings {
  readonly lockAfterSeconds: number;
  readonly warningSeconds: number;
  /** How long a presentation or a video may hold the lock off; 0 where the school wants neither to count. */
  readonly holdCeilingSeconds: number;
  /** 0: never. Else more than `lockAfterSeconds`. */
  readonly signOutAfterSeconds: number;
}

/** The session at a moment of decision. */
export interface SessionSnapshot {
  /** This session is the one on the screen, not one that waits behind another. */
  readonly inFront: boolean;
  readonly locked: boolean;
  /** A presentation, a video or the like is on. */
  readonly presenting: boolean;
  /** This PC has a way to lock the screen. */
  readonly canLock: boolean;
}

export type WarningPurpose = 'lock' | 'sign-out';

export type Phase =
  /** Counting. `holding`: the limit is reached, and a presentation holds the lock off. */
  | { readonly name: 'watching'; readonly holding: boolean }
  | {
      readonly name: 'warning';
      readonly purpose: WarningPurpose;
      readonly openedAtMs: number;
      /** When the warning was on every display. Nothing follows a warning that could not be seen. */
      readonly shownAtMs: number | undefined;
      /** When the session was last read: a warning is for the session in front only. */
      readonly readAtMs: number;
    }
  | {
      readonly name: 'locking';
      /** From 1. */
      readonly attempt: number;
      /** Undefined while an attempt is under way. */
      readonly nextAttemptAtMs: number | undefined;
    }
  /** The system did not lock, or cannot. The agent tries again now and then until a person moves. */
  | { readonly name: 'unlockable'; readonly nextAttemptAtMs: number; readonly attempting: boolean }
  /** Locked, or behind another session: left alone until it is neither. */
  | { readonly name: 'away'; readonly locked: boolean; readonly nextReadAtMs: number }
  /** The agent has asked the system to end the session. It asks once. */
  | { readonly name: 'signing-out'; readonly askedAtMs: number; readonly failureReported: boolean };

export interface IdleState {
  readonly phase: Phase;
  /** Idle before this moment does not count: start, resume, unlock, reconnect, a press of *Stay signed in*. */
  readonly armedAtMs: number;
  /** The last use of the PC, by the sensor: up to a second too late, never too early. */
  readonly lastInputAtMs: number;
  readonly lastEventAtMs: number;
  /** The machine must advance by then. An advance that comes much later has slept in between. */
  readonly wakeAtMs: number;
  /** A read of the session is under way, and its answer counts until then. */
  readonly readingUntilMs: number | undefined;
  /** In this absence, a warning on the screen has announced that a sign-out follows. */
  readonly signOutAnnounced: boolean;
}

/** All times are monotonic milliseconds. `idleSeconds` is undefined where the sensor cannot be read. */
export type IdleEvent =
  | { readonly kind: 'tick'; readonly nowMs: number; readonly idleSeconds: number | undefined }
  | {
      readonly kind: 'session-read';
      readonly nowMs: number;
      readonly idleSeconds: number | undefined;
      readonly session: SessionSnapshot;
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
  | { readonly kind: 'read-session' }
  | { readonly kind: 'show-warning'; readonly purpose: WarningPurpose }
  | { readonly kind: 'hide-warning' }
  | { readonly kind: 'lock' }
  | { readonly kind: 'sign-out' }
  | { readonly kind: 'report-locked'; readonly attempts: number }
  | { readonly kind: 'report-lock-failed'; readonly attempts: number }
  | { readonly kind: 'report-warning-lost' }
  | { readonly kind: 'report-sign-out-failed' };

export interface IdleStep {
  readonly state: IdleState;
  readonly effects: readonly IdleEffect[];
}
