/** Writes events to the log: one write and one sync for everything that waits, one operation on the file at a time. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { createSignal } from '../../../shared/lib/signal.ts';
import type { OutboxEvent } from '../../../shared/wire/events.ts';
import type { StorageFault } from '../storage-fault.ts';
import { writeProblem } from '../storage-fault.ts';
import { compactIfWorthwhile } from './compaction.ts';
import { composeEvent } from './compose-event.ts';
import { hashOfEvent } from './event-hash.ts';
import { entryOf, type LogEntry } from './log-entry.ts';
import { encodeEventLine, encodeSettledLines } from './log-line.ts';
import type { AppendProblem } from './outbox.ts';
import type { OutboxParts } from './outbox-parts.ts';
import { makeRoom } from './retention.ts';
import { lastSequence } from './sequences.ts';

type WaitingAppend = {
  readonly event: OutboxEvent;
  readonly resolve: (result: Result<OutboxEvent, AppendProblem>) => void;
};

export class WriteQueue {
  readonly #parts: OutboxParts;
  readonly #appended = createSignal();
  #waiting: WaitingAppend[] = [];
  #isFlushPlanned = false;
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Runs `work` when everything before it has finished, so that one operation at a time uses the file. */
  run<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#lastRun.then(work);
    this.#lastRun = done.catch(() => undefined);
    return done;
  }

  /** Resolves when the event is on disk (`ok`) or is known not to be recorded. */
  append(event: OutboxEvent): Promise<Result<OutboxEvent, AppendProblem>> {
    return new Promise((resolve) => {
      this.#waiting.push({ event, resolve });
      if (this.#isFlushPlanned) return;
      this.#isFlushPlanned = true;
      // Events appended before this flush starts share its write and its sync.
      void this.run(() => this.flush());
    });
  }

  /** Calls `listener` when an event has been written. Returns its removal. */
  onAppended(listener: () => void): () => void {
    return this.#appended.subscribe(listener);
  }

  removeListeners(): void {
    this.#appended.clear();
  }

  /** Writes everything that waits. Call it inside `run`. Never throws: every waiting append gets its answer. */
  async flush(): Promise<void> {
    this.#isFlushPlanned = false;
    const { file, index, faults } = this.#parts;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) {
      makeRoom(
        this.#parts,
        waiting.map(({ event }) => event),
      );
    }
    const unwrittenFaults = faults.takeUnwritten();
    const settlements = index.takeUnwrittenSettlements();
    const putBack = (): void => {
      faults.putBack(unwrittenFaults);
      index.putBack(settlements);
    };

    const batch = new Batch(encodeSettledLines(settlements), file.nextOffset, index);
    this.#addFaults(batch, unwrittenFaults);
    if (batch.nextSequence + waiting.length - 1 > lastSequence) {
      putBack();
      for (const { resolve } of waiting) {
        resolve(fail({ kind: 'exhausted', reason: `${lastSequence} events have been numbered` }));
      }
      return;
    }
    const recorded = waiting.map(({ event, resolve }) => ({ event: batch.add(event), resolve }));
    if (batch.lines.length === 0) return;

    try {
      await file.write(batch.lines, batch.entries.length > 0);
    } catch (error) {
      putBack();
      await file.cutBack().catch(() => undefined);
      for (const { resolve } of recorded) resolve(fail(writeProblem(error)));
      return;
    }
    index.nextSequence = batch.nextSequence;
    index.lastSha256 = batch.lastSha256;
    index.add(batch.entries);
    for (const { event, resolve } of recorded) resolve(succeed(event));
    if (batch.entries.length > 0) this.#appended.emit();
    await compactIfWorthwhile(this.#parts);
  }

  #addFaults(batch: Batch, unwritten: readonly StorageFault[]): void {
    const { options, faults } = this.#parts;
    for (const fault of unwritten) {
      const event = composeEvent(options.describeFault(fault), options.nowUtc());
      if (event.ok) batch.add(event.value);
      else faults.log({ ...fault, reason: `could not be reported: ${event.error.reason}` });
    }
  }
}

/** The lines of one write, and the entries that it adds to the index. */
class Batch {
  readonly lines: Buffer[];
  readonly entries: LogEntry[] = [];
  #offset: number;
  #nextSequence: number;
  #lastSha256: string | undefined;

  constructor(
    settledLines: Buffer[],
    offset: number,
    after: { readonly nextSequence: number; readonly lastSha256: string | undefined },
  ) {
    this.lines = settledLines;
    this.#offset = settledLines.reduce((sum, line) => sum + line.length, offset);
    this.#nextSequence = after.nextSequence;
    this.#lastSha256 = after.lastSha256;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Hash of the newest event. */
  get lastSha256(): string | undefined {
    return this.#lastSha256;
  }

  /** Numbers the event, names the one before it, and returns it. */
  add(unnumbered: OutboxEvent): OutboxEvent {
    const { data, previous: _longest, ...described } = unnumbered;
    const event: OutboxEvent = {
      ...described,
      sequence: this.#nextSequence,
      ...(this.#lastSha256 === undefined ? {} : { previous: this.#lastSha256 }),
      data,
    };
    const line = encodeEventLine(JSON.stringify(event));
    this.lines.push(line);
    this.entries.push(entryOf(event, this.#offset, line.length));
    this.#offset += line.length;
    this.#nextSequence += 1;
    this.#lastSha256 = hashOfEvent(event);
    return event;
  }
}
