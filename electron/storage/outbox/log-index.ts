/** The outbox's view of its log: an entry per event, and the totals that decide about eviction and compaction. */
import type { LogEntry } from './log-entry.ts';
import type { SettledOutcome } from './log-line.ts';

export type UnwrittenSettlement = { readonly id: string; readonly outcome: SettledOutcome };

export class LogIndex {
  nextSequence = 1;
  /** Hash of the event before the next one; undefined for the first one and after a loss. */
  lastSha256: string | undefined;
  /** Set while the log holds damage that could not be copied aside. */
  mustNotRewrite = false;
  /** In the order of the log. */
  #entries = new Map<string, LogEntry>();
  #pendingBytes = 0;
  #pendingCount = 0;
  #retainedBytes = 0;
  #unwrittenSettlements: UnwrittenSettlement[] = [];

  get entryCount(): number {
    return this.#entries.size;
  }

  get pendingCount(): number {
    return this.#pendingCount;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Bytes that the last rewrite had to keep although they were settled. */
  get retainedBytes(): number {
    return this.#retainedBytes;
  }

  /** In the order of the log. */
  entries(): Iterable<LogEntry> {
    return this.#entries.values();
  }

  pendingEntry(id: string): LogEntry | undefined {
    const entry = this.#entries.get(id);
    return entry?.outcome === 'pending' ? entry : undefined;
  }

  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.#entries.set(entry.id, entry);
      if (entry.outcome !== 'pending') continue;
      this.#pendingBytes += entry.length;
      this.#pendingCount += 1;
    }
  }

  settle(entry: LogEntry, outcome: SettledOutcome): void {
    entry.outcome = outcome;
    this.#pendingBytes -= entry.length;
    this.#pendingCount -= 1;
    this.#unwrittenSettlements.push({ id: entry.id, outcome });
  }

  /** A restart before they are delivered again finds them as delivered. Returns how many. */
  reopenDelivered(): number {
    let reopened = 0;
    for (const entry of this.#entries.values()) {
      if (entry.outcome !== 'delivered') continue;
      entry.outcome = 'pending';
      this.#pendingBytes += entry.length;
      this.#pendingCount += 1;
      reopened += 1;
    }
    this.#unwrittenSettlements = this.#unwrittenSettlements.filter(({ outcome }) => outcome !== 'delivered');
    this.#retainedBytes = 0;
    return reopened;
  }

  /** Settlements that are not in the log yet. The caller writes them, or returns them with `putBack`. */
  takeUnwrittenSettlements(): UnwrittenSettlement[] {
    return this.#unwrittenSettlements.splice(0);
  }

  putBack(settlements: readonly UnwrittenSettlement[]): void {
    this.#unwrittenSettlements.unshift(...settlements);
  }

  /** Call it after a rewrite. `entries` holds every pending entry, and the new log holds every settlement. */
  replace(entries: readonly LogEntry[], retainedBytes: number): void {
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#unwrittenSettlements = [];
    this.#retainedBytes = retainedBytes;
  }
}
