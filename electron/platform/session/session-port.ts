/** Ends the login session in which the agent runs. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface SessionProblem {
  /** `none`: no session service, or no session of our own. `refused`: it said no. `unreadable`: no answer in time. */
  readonly kind: 'none' | 'refused' | 'unreadable';
  readonly reason: string;
}

export interface SessionState {
  /** A person sits before this session: it is not behind another one, nor left by a remote connection. */
  readonly inFront: boolean;
  readonly locked: boolean;
}

export interface SessionPort {
  capability(): Capability;
  /**
   * Asks the system to sign the person out: our own session, never another. `requested` says that the system took
   * the request; that the session has ended shows only in that it has. Answers within 10 s and never rejects.
   */
  signOut(): Promise<Result<'requested', SessionProblem>>;
  /** How our own session stands now. Answers within 10 s and never rejects. */
  readState(): Promise<Result<SessionState, SessionProblem>>;
}
