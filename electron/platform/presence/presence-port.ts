/** Whether a user watches the screen without input. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

/**
 * `presentation`: the system's own presentation mode. `full-screen`: a program fills a display. `display-required`: a
 * program has asked the system to keep the display on, as video players and conferences do.
 */
export type PresenceKind = 'presentation' | 'full-screen' | 'display-required';

export interface Presence {
  readonly kind: PresenceKind;
  /** The program that asks for it, where the system names it; else empty. */
  readonly by: string;
}

export interface PresenceProblem {
  /** `none`: nothing here can tell. `unreadable`: it could not be read this time. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface PresencePort {
  capability(): Capability;
  /** All signs that a user watches now; empty if there are none. Answers within 5 s and never rejects. */
  read(): Promise<Result<readonly Presence[], PresenceProblem>>;
}
