/** Remembers since when something has been so, of things that may be gone at the next look and others in their place. */
import type { Clock } from '../time/clock.ts';

export interface FirstSeen {
  /** Whether this has been so without a break for as long; the first question begins the time. */
  hasLasted(name: string, durationMs: number): boolean;
  /** It is not so any more. */
  forget(name: string): void;
  /** Those that are not there any more take their time with them: what gets their name next begins its own. */
  keepOnly(present: ReadonlySet<string>): void;
}

export function createFirstSeen(clock: Clock): FirstSeen {
  const sinceMs = new Map<string, number>();
  return {
    hasLasted: (name, durationMs) => {
      const nowMs = clock.monotonicMs();
      const since = sinceMs.get(name) ?? nowMs;
      sinceMs.set(name, since);
      return nowMs - since >= durationMs;
    },
    forget: (name) => {
      sinceMs.delete(name);
    },
    keepOnly: (present) => {
      for (const name of sinceMs.keys()) if (!present.has(name)) sinceMs.delete(name);
    },
  };
}
