/**
 * Remembers since when a condition has been true of a thing, for things that may vanish and be replaced between
 * readings.
 */
import type { Clock } from '../time/clock.ts';

export interface FirstSeen {
  /** Whether the condition has been true for this long without a break. The first call starts the time. */
  hasLasted(name: string, durationMs: number): boolean;
  /** The condition is no longer true. */
  forget(name: string): void;
  /** Forgets the things that are gone, so that a new thing with the same name starts its own time. */
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
