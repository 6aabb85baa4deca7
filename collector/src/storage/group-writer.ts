/** Runs the writes that wait together in one transaction, so that they share one sync of the disk. */
import type { Transaction } from 'kysely';
import { type CollectorDatabase, StorageError } from './storage.ts';
import type { Tables } from './tables.ts';
import { type QueuedWrite, runWrites } from './writes.ts';

/** The size of a transaction is counted in events; every other write counts as one. */
const maxEventsPerTransaction = 2000;

export type WriteResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

interface Waiting {
  readonly write: QueuedWrite;
  readonly settle: (result: WriteResult) => void;
}

export interface GroupWriter {
  /** `settle` is called once, after the commit. */
  add(write: QueuedWrite, settle: (result: WriteResult) => void): void;
  /** Resolves when no write waits any more. */
  drained(): Promise<void>;
}

export function createGroupWriter(database: CollectorDatabase): GroupWriter {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  function takeGroup(): readonly Waiting[] {
    let size = 0;
    let count = 0;
    for (const { write } of waiting) {
      size += write.size;
      if (count > 0 && size > maxEventsPerTransaction) break;
      count += 1;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return group;
  }

  const commit = (writes: readonly QueuedWrite[]): Promise<readonly unknown[]> =>
    database.transaction().execute((transaction: Transaction<Tables>) => runWrites(transaction, writes));

  async function runGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const values = await commit(group.map(({ write }) => write));
      for (const [index, { settle }] of group.entries()) settle({ ok: true, value: values[index] });
    } catch (error) {
      // A storage failure fails every write. Any other error may belong to one write alone.
      if (error instanceof StorageError || group.length === 1) {
        for (const { settle } of group) settle({ ok: false, error });
        return;
      }
      for (const one of group) await runGroup([one]);
    }
  }

  async function runAll(): Promise<void> {
    // Writes that arrive in the same turn of the event loop share the transaction.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      await runGroup(takeGroup());
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = undefined;
  }

  return {
    add(write, settle) {
      waiting.push({ write, settle });
      running ??= runAll();
    },
    async drained() {
      while (running !== undefined) await running;
    },
  };
}
