/** Slows down guessing of passwords: counts failed sign-ins by account name and by address. */

const windowMs = 15 * 60_000;
const mostByName = 10;
/** A whole school may share one address. */
const mostByAddress = 100;
/** Bounds the memory; the oldest entry goes first. */
const mostEntries = 20_000;

export interface SignInThrottle {
  /** Seconds until the next attempt is allowed; 0 for at once. */
  waitSeconds(name: string, address: string): number;
  noteFailure(name: string, address: string): void;
  /** A success forgets the failures of the name, not those of the address. */
  noteSuccess(name: string): void;
}

interface Entry {
  failures: number;
  readonly endsAtMs: number;
}

export function createSignInThrottle(now: () => Date): SignInThrottle {
  const entries = new Map<string, Entry>();

  function current(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry !== undefined && entry.endsAtMs > now().getTime()) return entry;
    entries.delete(key);
    return undefined;
  }

  function count(key: string): void {
    const entry = current(key);
    if (entry !== undefined) {
      entry.failures += 1;
      return;
    }
    const [oldest] = entries.keys();
    if (entries.size >= mostEntries && oldest !== undefined) entries.delete(oldest);
    entries.set(key, { failures: 1, endsAtMs: now().getTime() + windowMs });
  }

  const keys = (name: string, address: string) =>
    [
      [`name ${name}`, mostByName],
      [`address ${address}`, mostByAddress],
    ] as const;

  return {
    waitSeconds(name, address) {
      let endsAtMs = 0;
      for (const [key, most] of keys(name, address)) {
        const entry = current(key);
        if (entry !== undefined && entry.failures >= most) endsAtMs = Math.max(endsAtMs, entry.endsAtMs);
      }
      return Math.max(0, Math.ceil((endsAtMs - now().getTime()) / 1000));
    },
    noteFailure(name, address) {
      for (const [key] of keys(name, address)) count(key);
    },
    noteSuccess(name) {
      entries.delete(`name ${name}`);
    },
  };
}
