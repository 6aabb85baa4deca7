/** Reads a log and finds its damage, without changing anything. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { OutboxEvent } from '../../../shared/wire/events.ts';
import type { StorageFile } from '../durable-file.ts';
import { hashOfEvent } from './event-hash.ts';
import { entryOf, type LogEntry } from './log-entry.ts';
import { maxLineBytes, scanLog } from './scan-log.ts';
import { describeSequences } from './sequences.ts';

export type LoadedLog = {
  readonly entries: LogEntry[];
  /** Highest number that is known to be used; 0 if none is. */
  readonly highestSequence: number;
  /** Hash of the event with that number; undefined where it is not known. */
  readonly lastSha256: string | undefined;
  /** False when numbers may have been used that this log no longer shows. */
  readonly sequenceCertain: boolean;
  /** The last line is whole except for its line end. */
  readonly lineEndMissing: boolean;
  /** An unfinished last line, as a kill or a power cut leaves it. */
  readonly torn: { readonly offset: number; readonly length: number } | undefined;
  readonly damage: { readonly places: number; readonly bytes: number; readonly lost: string } | undefined;
};

/** Throws only what reading the file throws. */
export async function loadLog(
  file: StorageFile,
): Promise<Result<LoadedLog, { kind: 'future-format'; format: number }>> {
  const entries = new Map<string, LogEntry>();
  const missing: number[] = [];
  let nextByHeader: number | undefined;
  let lastByHeader: string | undefined;
  let lastEvent: OutboxEvent | undefined;
  const highestEvent = (): number => lastEvent?.sequence ?? 0;
  let places = 0;
  let damagedBytes = 0;
  let inDamage = false;
  let damageSinceEvent = false;
  let lineEndMissing = false;
  let torn: LoadedLog['torn'];

  const noteDamage = (bytes: number): void => {
    if (!inDamage) places += 1;
    damagedBytes += bytes;
    inDamage = true;
    damageSinceEvent = true;
  };

  for await (const { offset, length, terminated, line } of scanLog(file)) {
    if (line.kind === 'other-format') return fail({ kind: 'future-format', format: line.format });
    if (line.kind === 'corrupt') {
      if (!terminated && length <= maxLineBytes) torn = { offset, length };
      else noteDamage(length);
      continue;
    }
    lineEndMissing = !terminated;
    const { record } = line;
    if (record.kind === 'header') {
      if (nextByHeader === undefined) {
        nextByHeader = record.nextSequence;
        lastByHeader = record.lastSha256;
      } else noteDamage(length);
      continue;
    }
    if (record.kind === 'settled') {
      for (const id of record.ids) {
        const entry = entries.get(id);
        if (entry !== undefined) entry.outcome = record.outcome;
      }
      continue;
    }
    const { event } = record;
    if (entries.has(event.id)) {
      noteDamage(length);
      continue;
    }
    // The numbers missing across a damaged part are those that it may have held.
    if (inDamage) {
      for (let lost = highestEvent() + 1; lost < event.sequence && missing.length < 10_000; lost += 1) {
        if (lost >= (nextByHeader ?? 1) || highestEvent() > 0) missing.push(lost);
      }
    }
    entries.set(event.id, entryOf(event, offset, length + (terminated ? 0 : 1)));
    if (event.sequence > highestEvent()) lastEvent = event;
    inDamage = false;
    damageSinceEvent = false;
  }

  return succeed({
    entries: [...entries.values()],
    highestSequence: Math.max(highestEvent(), (nextByHeader ?? 1) - 1),
    lastSha256:
      lastEvent === undefined || highestEvent() < (nextByHeader ?? 1) - 1
        ? lastByHeader
        : hashOfEvent(lastEvent),
    sequenceCertain: nextByHeader !== undefined && !damageSinceEvent,
    lineEndMissing,
    torn,
    damage:
      places === 0
        ? undefined
        : {
            places,
            bytes: damagedBytes,
            lost: describeSequences(missing, 300)[0] ?? 'none that are known',
          },
  });
}
