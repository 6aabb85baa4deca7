/**
 * The agent's reports on disk until the collector has them: an append-only log.
 *
 * Promises: an append that resolved with `ok` survives a kill and a power cut. A number that may have been sent is never
 * used again. A number is missing only where an event was lost or evicted, and then a fault event says so. An
 * acknowledgement is never dropped. An append that failed, or that a kill interrupted, may still appear in the log later:
 * at least once, never less.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import {
  type AcknowledgedData,
  acknowledgedDataSchema,
  type EventData,
  type EventType,
  type OutboxEvent,
} from '../../../shared/wire/events.ts';
import { type DirectoryLock, lockDirectory } from '../directory-lock.ts';
import { type OpenStorageFile, openStorageFile, privateFolderMode, syncDirectory } from '../durable-file.ts';
import { errorReason, type StorageFault, type WriteProblem, writeProblem } from '../storage-fault.ts';
import { composeEvent, type EventProblem } from './compose-event.ts';
import { OutboxFaults } from './faults.ts';
import { WriteQueue } from './flush.ts';
import { LogFile, outboxFileName } from './log-file.ts';
import { LogIndex } from './log-index.ts';
import type { OutboxParts } from './outbox-parts.ts';
import { readEvent } from './read-event.ts';
import { recoverLog } from './recovery.ts';
import { forgetRefused, readRefused, recordRefusal } from './refusals.ts';

export type NewEvent<Type extends EventType = EventType> = {
  [Each in Type]: { readonly type: Each; readonly subject: string; readonly data: EventData<Each> };
}[Type];

export type OutboxProblem =
  | { readonly kind: 'in-use'; readonly holderPid: number }
  | { readonly kind: 'future-format'; readonly format: number }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'not-writable'; readonly reason: string };

export type AppendProblem =
  | WriteProblem
  | EventProblem
  /** No numbers are left; only a damaged or forged log gets there. */
  | { readonly kind: 'exhausted'; readonly reason: string }
  | { readonly kind: 'closed'; readonly reason: string };

export type Settlement =
  | { readonly id: string; readonly outcome: 'delivered' }
  | { readonly id: string; readonly outcome: 'refused'; readonly reason: string };

type Acceptance = {
  readonly event: OutboxEvent;
  readonly data: AcknowledgedData;
  readonly delivered: boolean;
};

export type OutboxOptions = {
  /** The agent's state folder; created if it is missing. */
  readonly directory: string;
  /** Above this size the outbox evicts the oldest events that are not acknowledgements. */
  readonly maxBytes: number;
  readonly nowUtc: () => Date;
  /** The event that reports a fault of the outbox itself to the school. */
  readonly describeFault: (fault: StorageFault) => NewEvent<'porthor.agent.fault.v1'>;
  /** For the log; the outbox appends the event itself. */
  readonly onFault: (fault: StorageFault) => void;
  /** Whether the receipt of a delivered acceptance is saved elsewhere, on disk. */
  readonly canForget: (acceptance: OutboxEvent) => boolean;
  /** Delivered events of this age stay in the log, so that they can be sent again. Default: none. */
  readonly keepDeliveredMs?: number;
  /** Settled bytes above which the log is rewritten. */
  readonly compactAtBytes?: number;
  readonly openFile?: OpenStorageFile;
};

export type Outbox = {
  /** Resolves when the event is on disk (`ok`) or is known not to be recorded. */
  append(event: NewEvent): Promise<Result<OutboxEvent, AppendProblem>>;
  /** The oldest unsettled events, all on disk; at least one if there is any, whatever its size. */
  pending(limits: {
    maxEvents: number;
    maxBytes: number;
  }): Promise<Result<readonly OutboxEvent[], { kind: 'unreadable'; reason: string }>>;
  /**
   * Marks events as done and returns how many it marked. A refusal is reported by a fault event, and a refused
   * acknowledgement is kept in `refused.log` until the collector takes it; one that cannot be kept there stays in the queue. Losing a mark
   * costs one more delivery, which the collector recognises by its id.
   */
  settle(settlements: readonly Settlement[]): Promise<number>;
  /** Puts the delivered events that are still in the log back into the queue. Returns how many. */
  resend(): Promise<number>;
  /** Every acceptance in the log, settled or not. */
  acceptances(): Promise<readonly Acceptance[]>;
  /** Acknowledgements that the collector refused and that are kept aside. Rejects where they cannot be read. */
  refused(): Promise<readonly OutboxEvent[]>;
  /** Forgets those that the collector has stored since. Rejects where the disk refuses it. */
  forgetRefused(ids: ReadonlySet<string>): Promise<void>;
  pendingCount(): number;
  /** Calls `listener` when an event has been written. Returns its removal. */
  onAppended(listener: () => void): () => void;
  /** Writes what waits and releases the folder. */
  close(): Promise<void>;
};

/**
 * Opens the log of a state folder, repairs what a kill left, and keeps aside what it cannot read. Open it before the
 * identity of the same folder: it locks the folder for this process, and it takes an identity without a log for a lost log.
 */
export async function openOutbox(options: OutboxOptions): Promise<Result<Outbox, OutboxProblem>> {
  const faults = new OutboxFaults(options.onFault);
  let lock: DirectoryLock | undefined;
  try {
    await mkdir(options.directory, { recursive: true, mode: privateFolderMode });
    await syncDirectory(dirname(options.directory));
    const locked = await lockDirectory(options.directory);
    if (!locked.ok) return locked;
    lock = locked.value;
  } catch (error) {
    // On a full disk, go on without a lock: people with a receipt must get in, and nothing can be appended anyway.
    if (writeProblem(error).kind !== 'disk-full')
      return fail({ kind: 'not-writable', reason: errorReason(error) });
    faults.note({ fault: 'state-unlocked', subject: 'agent.lock', reason: 'The disk is full.' });
  }
  const openFile = options.openFile ?? openStorageFile;
  const file = new LogFile(join(options.directory, outboxFileName), openFile);
  const parts: OutboxParts = { options, openFile, file, index: new LogIndex(), faults };
  const problem = await recoverLog(parts);
  if (problem !== undefined) {
    await lock?.release();
    return fail(problem);
  }
  const outbox = new LogOutbox(parts, lock);
  await outbox.writeFaults();
  return succeed(outbox);
}

class LogOutbox implements Outbox {
  readonly #parts: OutboxParts;
  readonly #lock: DirectoryLock | undefined;
  readonly #queue: WriteQueue;
  #isClosed = false;

  constructor(parts: OutboxParts, lock: DirectoryLock | undefined) {
    this.#parts = parts;
    this.#lock = lock;
    this.#queue = new WriteQueue(parts);
  }

  writeFaults(): Promise<void> {
    return this.#queue.run(() => this.#queue.flush());
  }

  append(newEvent: NewEvent): Promise<Result<OutboxEvent, AppendProblem>> {
    if (this.#isClosed) return Promise.resolve(fail({ kind: 'closed', reason: 'the outbox is closed' }));
    const event = composeEvent(newEvent, this.#parts.options.nowUtc());
    return event.ok ? this.#queue.append(event.value) : Promise.resolve(event);
  }

  pending(limits: { maxEvents: number; maxBytes: number }) {
    return this.#queue.run<Result<readonly OutboxEvent[], { kind: 'unreadable'; reason: string }>>(
      async () => {
        const events: OutboxEvent[] = [];
        let bytes = 0;
        for (const entry of this.#parts.index.entries()) {
          if (entry.outcome !== 'pending') continue;
          if (events.length >= limits.maxEvents) break;
          if (events.length > 0 && bytes + entry.length > limits.maxBytes) break;
          try {
            const event = await readEvent(this.#parts, entry);
            if (event === undefined) continue;
            events.push(event);
            bytes += entry.length;
          } catch (error) {
            return fail({ kind: 'unreadable', reason: errorReason(error) });
          }
        }
        return succeed(events);
      },
    );
  }

  async settle(settlements: readonly Settlement[]): Promise<number> {
    if (this.#isClosed) return 0;
    return this.#queue.run(async () => {
      const { index } = this.#parts;
      let marked = 0;
      for (const settlement of settlements) {
        const entry = index.pendingEntry(settlement.id);
        if (entry === undefined) continue;
        const isRefused = settlement.outcome === 'refused';
        if (isRefused && !(await recordRefusal(this.#parts, entry, settlement.reason))) continue;
        index.settle(entry, settlement.outcome);
        marked += 1;
      }
      await this.#queue.flush();
      return marked;
    });
  }

  resend(): Promise<number> {
    return this.#queue.run(() => Promise.resolve(this.#parts.index.reopenDelivered()));
  }

  acceptances(): Promise<readonly Acceptance[]> {
    return this.#queue.run(async () => {
      const found: Acceptance[] = [];
      for (const entry of this.#parts.index.entries()) {
        if (!entry.acceptance) continue;
        const event = await readEvent(this.#parts, entry);
        const data = acknowledgedDataSchema.safeParse(event?.data);
        if (event === undefined || !data.success) continue;
        found.push({ event, data: data.data, delivered: entry.outcome === 'delivered' });
      }
      return found;
    });
  }

  refused(): Promise<readonly OutboxEvent[]> {
    return this.#queue.run(() => readRefused(this.#parts));
  }

  forgetRefused(ids: ReadonlySet<string>): Promise<void> {
    return this.#queue.run(() => forgetRefused(this.#parts, ids));
  }

  pendingCount(): number {
    return this.#parts.index.pendingCount;
  }

  onAppended(listener: () => void): () => void {
    return this.#queue.onAppended(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#queue.run(async () => {
      await this.#queue.flush();
      await this.#parts.file.close();
    });
    this.#queue.removeListeners();
    await this.#lock?.release();
  }
}
