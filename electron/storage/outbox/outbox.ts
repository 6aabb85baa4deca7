/**
 * The agent's reports on disk until the collector has them: an append-only log.
 *
 * What it promises: an append that resolved with `ok` survives a kill and a power cut; a number that may have been sent
 * is never given out again; no number is left out except where something was lost or evicted, and then a fault event
 * says so; an acknowledgement is never dropped. An append that failed, or that a kill interrupted, may still be found in
 * the log later: at least once, never less.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import {
  type AcknowledgedData,
  acknowledgedDataSchema,
  type EventData,
  type EventType,
  eventDataSchemas,
  maxEventBytes,
  type OutboxEvent,
  outboxEventSchema,
} from '../../../shared/wire/events.ts';
import { type DirectoryLock, lockDirectory } from '../directory-lock.ts';
import {
  copyAside,
  type OpenStorageFile,
  openStorageFile,
  privateFolderMode,
  type StorageFile,
  syncDirectory,
} from '../durable-file.ts';
import { identityFileName } from '../identity/identity.ts';
import {
  errorCode,
  errorReason,
  type StorageFault,
  type WriteProblem,
  writeProblem,
} from '../storage-fault.ts';
import { appendAside } from './append-aside.ts';
import { entryOf, type LogEntry, loadLog } from './load-log.ts';
import { LogFile } from './log-file.ts';
import { decodeLine, encodeEventLine, encodeLine, logFormat, type SettledOutcome } from './log-line.ts';
import { describeSequences, lastSequence, sequenceAfterLoss } from './sequences.ts';

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
  /** The event is larger than the wire allows, or not what its type asks for: a fault of the caller. */
  | { readonly kind: 'too-large' | 'invalid'; readonly reason: string }
  /** The numbers are used up; only a damaged or forged log gets there. */
  | { readonly kind: 'exhausted'; readonly reason: string }
  | { readonly kind: 'closed'; readonly reason: string };

export type Settlement =
  | { readonly id: string; readonly outcome: 'delivered' }
  | { readonly id: string; readonly outcome: 'refused'; readonly reason: string };

export type Acceptance = {
  readonly event: OutboxEvent;
  readonly data: AcknowledgedData;
  readonly delivered: boolean;
};

export type OutboxOptions = {
  /** The agent's state folder; made if it is not there. */
  readonly directory: string;
  /** Over this size the oldest events that are no acknowledgements are evicted. */
  readonly maxBytes: number;
  readonly nowUtc: () => Date;
  /** The event that tells the school about a fault of the outbox itself. */
  readonly describeFault: (fault: StorageFault) => NewEvent<'porthor.agent.fault.v1'>;
  /** For the log; the event is appended by the outbox. */
  readonly onFault: (fault: StorageFault) => void;
  /** Whether the receipt of a delivered acceptance is kept elsewhere, on disk. */
  readonly canForget: (acceptance: OutboxEvent) => boolean;
  /** Settled bytes from which the log is rewritten. */
  readonly compactAtBytes?: number;
  readonly openFile?: OpenStorageFile;
};

export type Outbox = {
  /** Resolves when the event is on disk (`ok`) or is known not to be recorded. */
  append(event: NewEvent): Promise<Result<OutboxEvent, AppendProblem>>;
  /** Oldest unsettled events, on disk all of them; at least one where there is any, whatever its size. */
  pending(limits: {
    maxEvents: number;
    maxBytes: number;
  }): Promise<Result<readonly OutboxEvent[], { kind: 'unreadable'; reason: string }>>;
  /**
   * Marks events as done. What is refused is told by a fault event, and a refused acknowledgement is kept in
   * `refused.log` for good. The mark itself reaches the disk with the next write: losing it costs one more delivery,
   * which the collector knows by its id. Answers how many were marked: a refused acknowledgement that cannot be put
   * aside stays in the queue.
   */
  settle(settlements: readonly Settlement[]): Promise<number>;
  /** Every acceptance in the log, settled or not. */
  acceptances(): Promise<readonly Acceptance[]>;
  pendingCount(): number;
  /** Calls `listener` when an event has been written. Returns its removal. */
  onAppended(listener: () => void): () => void;
  /** Writes what waits, and lets go of the folder. */
  close(): Promise<void>;
};

export const outboxFileName = 'outbox.log';
const logName = outboxFileName;
const tornName = 'outbox.torn';
const refusedName = 'refused.log';
const defaultCompactAtBytes = 256 * 1024;
/** Room for `source`, which the sender adds. */
const sourceBytes = 128;
const settledIdsPerLine = 500;
/** After an eviction the log is this part of its limit, so that not every append evicts. */
const evictDownTo = 0.9;

type Waiting = {
  readonly event: OutboxEvent;
  readonly resolve: (result: Result<OutboxEvent, AppendProblem>) => void;
};

/**
 * Opens the log of a state folder, repairs what a kill left, and keeps aside whatever it cannot read. To be opened
 * before the identity of the same folder: it takes the folder for this process, and a folder with an identity and no log
 * is one whose log was lost.
 */
export async function openOutbox(options: OutboxOptions): Promise<Result<Outbox, OutboxProblem>> {
  const unwritten: StorageFault[] = [];
  let lock: DirectoryLock | undefined;
  try {
    await mkdir(options.directory, { recursive: true, mode: privateFolderMode });
    await syncDirectory(dirname(options.directory));
    const locked = await lockDirectory(options.directory);
    if (!locked.ok) return locked;
    lock = locked.value;
  } catch (error) {
    // A full disk must not keep those out who have their receipt already, and nothing can be appended to it anyway.
    if (writeProblem(error).kind !== 'disk-full')
      return fail({ kind: 'not-writable', reason: errorReason(error) });
    unwritten.push({ fault: 'state-unlocked', subject: 'agent.lock', reason: 'The disk is full.' });
  }
  const outbox = new LogOutbox(options, lock);
  const problem = await outbox.open(unwritten);
  if (problem === undefined) return succeed(outbox);
  await lock?.release();
  return fail(problem);
}

class LogOutbox implements Outbox {
  readonly #options: OutboxOptions;
  readonly #lock: DirectoryLock | undefined;
  readonly #openFile: OpenStorageFile;
  readonly #file: LogFile;
  /** Entries in the order of the log. */
  #entries = new Map<string, LogEntry>();
  #nextSequence = 1;
  /** Damage stands in the log that could not be copied aside, so the log must not be rewritten. */
  #keepAsItIs = false;
  #pendingBytes = 0;
  #pendingCount = 0;
  /** Bytes that the last rewriting had to keep although they were settled. */
  #unforgettableBytes = 0;
  #waiting: Waiting[] = [];
  #unwrittenSettlements: { id: string; outcome: SettledOutcome }[] = [];
  #unwrittenFaults: StorageFault[] = [];
  readonly #toldOf = new Set<string>();
  #flushPlanned = false;
  #closed = false;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<() => void>();

  constructor(options: OutboxOptions, lock: DirectoryLock | undefined) {
    this.#options = options;
    this.#lock = lock;
    this.#openFile = options.openFile ?? openStorageFile;
    this.#file = new LogFile(join(options.directory, logName), this.#openFile);
  }

  async open(faults: readonly StorageFault[]): Promise<OutboxProblem | undefined> {
    for (const fault of faults) this.#noteFault(fault);
    let file: StorageFile;
    try {
      file = await this.#file.open();
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') {
        const kind = ['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error)) ? 'not-writable' : 'unreadable';
        return { kind, reason: errorReason(error) };
      }
      return this.#create();
    }
    try {
      const problem = await this.#load(file);
      if (problem !== undefined) await this.#file.close();
      return problem;
    } catch (error) {
      await this.#file.close();
      return { kind: 'unreadable', reason: errorReason(error) };
    }
  }

  async #create(): Promise<OutboxProblem | undefined> {
    // Numbers belong to the identity, which is made after the log: with one and without the other, the log is lost.
    const lost = existsSync(join(this.#options.directory, identityFileName));
    const first = lost ? sequenceAfterLoss(0, this.#options.nowUtc()) : 1;
    const header = encodeLine({ kind: 'header', format: logFormat, nextSequence: first });
    try {
      await this.#file.create(header);
    } catch (error) {
      return { kind: 'not-writable', reason: errorReason(error) };
    }
    this.#nextSequence = first;
    if (lost) {
      this.#noteFault({
        fault: 'outbox-lost',
        subject: logName,
        reason: `The log of unsent reports is gone although the agent's identity is there. Numbers go on at ${first}.`,
      });
    }
    await this.#run(() => this.#flush());
    return undefined;
  }

  async #load(file: StorageFile): Promise<OutboxProblem | undefined> {
    const loaded = await loadLog(file);
    if (!loaded.ok) return loaded.error;
    // An earlier run may have been killed before its last lines were on disk. They must be, before any is sent.
    await file.datasync();
    const { entries, torn, damage } = loaded.value;
    const now = this.#options.nowUtc();
    for (const entry of entries) {
      this.#entries.set(entry.id, entry);
      if (entry.outcome !== 'pending') continue;
      this.#pendingBytes += entry.length;
      this.#pendingCount += 1;
    }
    this.#nextSequence = loaded.value.sequenceCertain
      ? loaded.value.highestSequence + 1
      : sequenceAfterLoss(loaded.value.highestSequence, now);
    await this.#file.takeAsItIs(loaded.value.lineEndMissing);
    const certain = loaded.value.sequenceCertain;
    if (damage !== undefined || !certain) await this.#repair(damage, torn, now);
    else if (torn !== undefined) await this.#cutTorn(torn);
    await this.#run(() => this.#flush());
    return undefined;
  }

  /** Copies a damaged log aside whole and goes on with the lines that are good. */
  async #repair(
    damage: { places: number; bytes: number; lost: string } | undefined,
    torn: { offset: number; length: number } | undefined,
    now: Date,
  ): Promise<void> {
    const found =
      damage === undefined
        ? 'The log of unsent reports has no beginning.'
        : `The log of unsent reports is damaged: ${damage.bytes} bytes in ${damage.places} places.`;
    const lost = damage === undefined ? '' : ` Numbers that may be lost: ${damage.lost}.`;
    const kept = `${this.#entries.size} events are whole.`;
    try {
      const copy = await copyAside(this.#file.path, 'damaged', now);
      await this.#rewrite();
      this.#noteFault({
        fault: 'outbox-damaged',
        subject: logName,
        reason: `${found} ${kept}${lost} The damaged file is kept as ${copy}.`,
      });
    } catch (error) {
      this.#keepAsItIs = true;
      if (torn !== undefined) this.#file.endLastLine();
      this.#noteFault({
        fault: 'outbox-damaged',
        subject: logName,
        reason: `${found} ${kept}${lost} It could not be copied aside (${errorReason(error)}), so it is used as it is.`,
      });
    }
  }

  async #cutTorn(torn: { offset: number; length: number }): Promise<void> {
    try {
      const bytes = await this.#file.read(torn.offset, torn.length);
      await this.#appendAside(tornName, bytes);
      await this.#file.cutAt(torn.offset);
      this.#noteFault({
        fault: 'outbox-torn',
        subject: logName,
        reason: `The last line was not finished (${torn.length} bytes, expected number ${this.#nextSequence}); it is kept in ${tornName}.`,
      });
    } catch (error) {
      // Left where it is and ended by a line end, it reads as a damaged line from now on.
      await this.#file.takeAsItIs(true);
      this.#noteFault({
        fault: 'outbox-torn',
        subject: logName,
        reason: `The last line was not finished and could not be kept aside (${errorReason(error)}).`,
      });
    }
  }

  #appendAside(name: string, bytes: Uint8Array): Promise<void> {
    return appendAside(join(this.#options.directory, name), bytes, this.#openFile);
  }

  append(newEvent: NewEvent): Promise<Result<OutboxEvent, AppendProblem>> {
    if (this.#closed) return Promise.resolve(fail({ kind: 'closed', reason: 'the outbox is closed' }));
    const event = this.#compose(newEvent);
    if (!event.ok) return Promise.resolve(event);
    return new Promise((resolve) => {
      this.#waiting.push({ event: event.value, resolve });
      this.#planFlush();
    });
  }

  #compose(newEvent: NewEvent): Result<OutboxEvent, AppendProblem> {
    const data = eventDataSchemas[newEvent.type].safeParse(newEvent.data);
    if (!data.success) return fail({ kind: 'invalid', reason: firstIssue(data.error) });
    const event = outboxEventSchema.safeParse({
      specversion: '1.0',
      id: uuidv7(),
      type: newEvent.type,
      subject: newEvent.subject,
      time: this.#options.nowUtc().toISOString(),
      datacontenttype: 'application/json',
      // Stands in for the real number, which is given at the moment of writing; the longest, so that the size holds.
      sequence: lastSequence,
      data: data.data,
    });
    if (!event.success) return fail({ kind: 'invalid', reason: firstIssue(event.error) });
    const bytes = Buffer.byteLength(JSON.stringify(event.data)) + sourceBytes;
    if (bytes > maxEventBytes)
      return fail({ kind: 'too-large', reason: `${bytes} of ${maxEventBytes} bytes` });
    return succeed(event.data);
  }

  pending(limits: { maxEvents: number; maxBytes: number }) {
    return this.#run<Result<readonly OutboxEvent[], { kind: 'unreadable'; reason: string }>>(async () => {
      const events: OutboxEvent[] = [];
      let bytes = 0;
      for (const entry of this.#entries.values()) {
        if (entry.outcome !== 'pending') continue;
        if (events.length >= limits.maxEvents) break;
        if (events.length > 0 && bytes + entry.length > limits.maxBytes) break;
        try {
          const event = await this.#readEvent(entry);
          if (event === undefined) continue;
          events.push(event);
          bytes += entry.length;
        } catch (error) {
          return fail({ kind: 'unreadable', reason: errorReason(error) });
        }
      }
      return succeed(events);
    });
  }

  /** Undefined, and a fault, where the line has gone bad since the log was opened. It is left for the next opening. */
  async #readEvent(entry: LogEntry): Promise<OutboxEvent | undefined> {
    const line = await this.#file.read(entry.offset, entry.length);
    const end = line.at(-1) === 0x0a ? line.length - 1 : line.length;
    const decoded = decodeLine(line.subarray(0, end));
    if (
      decoded.kind === 'record' &&
      decoded.record.kind === 'event' &&
      decoded.record.event.id === entry.id
    ) {
      return decoded.record.event;
    }
    this.#keepAsItIs = true;
    this.#noteFaultOnce(entry.id, {
      fault: 'outbox-damaged',
      subject: logName,
      reason: `Event ${entry.sequence} can no longer be read from the log.`,
    });
    return undefined;
  }

  settle(settlements: readonly Settlement[]): Promise<number> {
    if (this.#closed) return Promise.resolve(0);
    return this.#run(async () => {
      let marked = 0;
      for (const settlement of settlements) {
        const entry = this.#entries.get(settlement.id);
        if (entry === undefined || entry.outcome !== 'pending') continue;
        if (settlement.outcome === 'refused' && !(await this.#putAside(entry, settlement.reason))) continue;
        this.#mark(entry, settlement.outcome);
        marked += 1;
      }
      await this.#flush();
      return marked;
    });
  }

  /** Keeps a refused acknowledgement for good; false when it could not be, and then it stays in the queue. */
  async #putAside(entry: LogEntry, reason: string): Promise<boolean> {
    if (entry.evidence) {
      try {
        const event = await this.#readEvent(entry);
        if (event === undefined) return false;
        const refusedAt = this.#options.nowUtc().toISOString();
        await this.#appendAside(refusedName, Buffer.from(JSON.stringify({ refusedAt, reason, event })));
      } catch (error) {
        this.#noteFaultOnce(entry.id, {
          fault: 'refused-not-kept',
          subject: refusedName,
          reason: `A refused acknowledgement could not be put aside (${errorReason(error)}) and stays in the queue.`,
        });
        return false;
      }
    }
    const fault = {
      fault: 'event-refused',
      subject: entry.type,
      reason: `The collector refused event ${entry.sequence} (${entry.id}): ${reason}`,
    };
    // A collector that refuses fault events would otherwise be sent one more for each, for ever.
    if (entry.type === 'porthor.agent.fault.v1') this.#options.onFault(fault);
    else this.#noteFault(fault);
    return true;
  }

  #mark(entry: LogEntry, outcome: SettledOutcome): void {
    entry.outcome = outcome;
    this.#pendingBytes -= entry.length;
    this.#pendingCount -= 1;
    this.#unwrittenSettlements.push({ id: entry.id, outcome });
  }

  acceptances(): Promise<readonly Acceptance[]> {
    return this.#run(async () => {
      const found: Acceptance[] = [];
      for (const entry of this.#entries.values()) {
        if (!entry.acceptance) continue;
        const event = await this.#readEvent(entry);
        const data = acknowledgedDataSchema.safeParse(event?.data);
        if (event === undefined || !data.success) continue;
        found.push({ event, data: data.data, delivered: entry.outcome === 'delivered' });
      }
      return found;
    });
  }

  pendingCount(): number {
    return this.#pendingCount;
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#run(async () => {
      await this.#flush();
      await this.#file.close();
    });
    this.#listeners.clear();
    await this.#lock?.release();
  }

  /** The report of a fault is an event too, and sending it comes upon the same entry again. */
  #noteFaultOnce(id: string, fault: StorageFault): void {
    const key = `${fault.fault} ${id}`;
    if (this.#toldOf.has(key)) return;
    this.#toldOf.add(key);
    this.#noteFault(fault);
  }

  #noteFault(fault: StorageFault): void {
    const cut = { ...fault, subject: fault.subject.slice(0, 256), reason: fault.reason.slice(0, 1000) };
    const known = this.#unwrittenFaults.some(
      (other) => other.fault === cut.fault && other.subject === cut.subject && other.reason === cut.reason,
    );
    if (known) return;
    this.#unwrittenFaults.push(cut);
    this.#options.onFault(cut);
  }

  /** One thing at a time touches the file. */
  #run<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #planFlush(): void {
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    // Whatever is appended until its turn comes shares its one write and one sync.
    void this.#run(() => this.#flush());
  }

  /** Writes everything that waits. Never throws: those who wait are answered. */
  async #flush(): Promise<void> {
    this.#flushPlanned = false;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length > 0) this.#makeRoom(batch);
    const faults = this.#unwrittenFaults.splice(0);
    const settlements = this.#unwrittenSettlements.splice(0);
    const putBack = (): void => {
      this.#unwrittenFaults.unshift(...faults);
      this.#unwrittenSettlements.unshift(...settlements);
    };

    const lines = settledLines(settlements);
    const settledBytes = lines.reduce((sum, line) => sum + line.length, 0);
    let offset = this.#file.nextOffset + settledBytes;
    let sequence = this.#nextSequence;
    const entries: LogEntry[] = [];
    const addEvent = (unnumbered: OutboxEvent): OutboxEvent => {
      const event = { ...unnumbered, sequence };
      const line = encodeEventLine(JSON.stringify(event));
      lines.push(line);
      entries.push(entryOf(event, offset, line.length));
      offset += line.length;
      sequence += 1;
      return event;
    };

    for (const fault of faults) {
      const event = this.#compose(this.#options.describeFault(fault));
      if (event.ok) addEvent(event.value);
      else this.#options.onFault({ ...fault, reason: `could not be reported: ${event.error.reason}` });
    }
    if (sequence + batch.length - 1 > lastSequence) {
      putBack();
      for (const { resolve } of batch) {
        resolve(fail({ kind: 'exhausted', reason: `${lastSequence} events have been numbered` }));
      }
      return;
    }
    const recorded = batch.map(({ event, resolve }) => ({ event: addEvent(event), resolve }));
    if (lines.length === 0) return;

    try {
      await this.#file.write(lines, entries.length > 0);
    } catch (error) {
      putBack();
      await this.#file.cutBack().catch(() => undefined);
      for (const { resolve } of recorded) resolve(fail(writeProblem(error)));
      return;
    }
    this.#nextSequence = sequence;
    for (const entry of entries) {
      this.#entries.set(entry.id, entry);
      this.#pendingBytes += entry.length;
      this.#pendingCount += 1;
    }
    for (const { event, resolve } of recorded) resolve(succeed(event));
    if (entries.length > 0) for (const listener of this.#listeners) listener();
    await this.#compactWhenWorthwhile();
  }

  /** Evicts the oldest events that are no acknowledgements when what waits would not fit. */
  #makeRoom(batch: readonly Waiting[]): void {
    const used = this.#pendingBytes + this.#unforgettableBytes;
    if (used + batch.length * maxEventBytes <= this.#options.maxBytes) return;
    const incoming = batch.reduce((sum, { event }) => sum + JSON.stringify(event).length + 64, 0);
    if (used + incoming <= this.#options.maxBytes) return;
    const target = this.#options.maxBytes * evictDownTo - incoming - this.#unforgettableBytes;
    const evicted: number[] = [];
    for (const entry of this.#entries.values()) {
      if (this.#pendingBytes <= target) break;
      // The fault events that tell of earlier evictions go too: newer ones say what is missing now.
      if (entry.outcome !== 'pending' || entry.evidence) continue;
      this.#mark(entry, 'evicted');
      evicted.push(entry.sequence);
    }
    for (const sequences of describeSequences(evicted, 800)) {
      this.#noteFault({
        fault: 'events-evicted',
        subject: logName,
        reason: `No room for more unsent reports; these numbers were given up: ${sequences}.`,
      });
    }
  }

  async #compactWhenWorthwhile(): Promise<void> {
    const threshold = this.#options.compactAtBytes ?? defaultCompactAtBytes;
    const { size } = this.#file;
    const droppable = size - this.#pendingBytes - this.#unforgettableBytes;
    const over = size > this.#options.maxBytes && droppable > this.#options.maxBytes / 20;
    if (!(over || (droppable > threshold && droppable > size / 2)) || this.#keepAsItIs) return;
    try {
      await this.#rewrite();
    } catch (error) {
      // The old log stands, so nothing is lost but room; the next write tries again.
      this.#options.onFault({
        fault: 'outbox-not-compacted',
        subject: logName,
        reason: errorReason(error),
      });
    }
  }

  /** Writes a new log of what must be kept and puts it in the place of the old one. Throws with the old one in place. */
  async #rewrite(): Promise<void> {
    const kept: LogEntry[] = [];
    let unforgettableBytes = 0;
    await this.#file.replace(async (add) => {
      await add(encodeLine({ kind: 'header', format: logFormat, nextSequence: this.#nextSequence }));
      for (const entry of this.#entries.values()) {
        if (!(await this.#mustKeep(entry))) continue;
        const line = await this.#file.read(entry.offset, entry.length);
        // The one line that may stand without its line end is the last.
        const whole = line.length === entry.length - 1 ? Buffer.concat([line, Buffer.from('\n')]) : line;
        kept.push({ ...entry, offset: await add(whole) });
        if (entry.outcome !== 'pending') unforgettableBytes += entry.length;
      }
      const settled = kept.filter(isSettled).map(({ id, outcome }) => ({ id, outcome }));
      for (const line of settledLines(settled)) {
        await add(line);
        unforgettableBytes += line.length;
      }
    });
    this.#entries = new Map(kept.map((entry) => [entry.id, entry]));
    this.#unwrittenSettlements = [];
    this.#unforgettableBytes = unforgettableBytes;
    await this.#file.syncName();
  }

  async #mustKeep(entry: LogEntry): Promise<boolean> {
    if (entry.outcome === 'pending') return true;
    if (!entry.acceptance) return false;
    const event = await this.#readEvent(entry);
    // What has gone bad since it was opened is carried along as it is.
    return event === undefined || !this.#options.canForget(event);
  }
}

function isSettled(entry: LogEntry): entry is LogEntry & { outcome: SettledOutcome } {
  return entry.outcome !== 'pending';
}

function settledLines(settlements: readonly { id: string; outcome: SettledOutcome }[]): Buffer[] {
  const lines: Buffer[] = [];
  for (const outcome of ['delivered', 'refused', 'evicted'] as const) {
    const ids = settlements.filter((each) => each.outcome === outcome).map(({ id }) => id);
    for (let start = 0; start < ids.length; start += settledIdsPerLine) {
      lines.push(encodeLine({ kind: 'settled', outcome, ids: ids.slice(start, start + settledIdsPerLine) }));
    }
  }
  return lines;
}

function firstIssue(error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string {
  const issue = error.issues[0];
  return issue === undefined ? 'invalid' : `${issue.path.map(String).join('.')}: ${issue.message}`;
}
