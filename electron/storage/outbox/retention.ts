/** Decides which events the outbox may give up: other reports when the log is full, acknowledgements never. */
import { maxEventBytes, type OutboxEvent } from '../../../shared/wire/events.ts';
import type { LogEntry } from './log-entry.ts';
import { outboxFileName } from './log-file.ts';
import type { OutboxParts } from './outbox-parts.ts';
import { readEvent } from './read-event.ts';
import { describeSequences } from './sequences.ts';

/** An eviction shrinks the log to this part of its limit, so that not every append evicts. */
const evictDownTo = 0.9;
/** Checksum, record and number around an event. */
const lineOverheadBytes = 64;
const maxSequencesLength = 800;

/** Evicts the oldest events that are not acknowledgements where the incoming ones would not fit. */
export function makeRoom({ options, index, faults }: OutboxParts, incoming: readonly OutboxEvent[]): void {
  const usedBytes = index.pendingBytes + index.retainedBytes;
  if (usedBytes + incoming.length * maxEventBytes <= options.maxBytes) return;
  const incomingBytes = incoming.reduce(
    (sum, event) => sum + JSON.stringify(event).length + lineOverheadBytes,
    0,
  );
  if (usedBytes + incomingBytes <= options.maxBytes) return;
  const targetBytes = options.maxBytes * evictDownTo - incomingBytes - index.retainedBytes;
  const evicted: number[] = [];
  for (const entry of index.entries()) {
    if (index.pendingBytes <= targetBytes) break;
    // Fault events about earlier evictions may go too: the newer ones say what is missing now.
    if (entry.outcome !== 'pending' || entry.evidence) continue;
    index.settle(entry, 'evicted');
    evicted.push(entry.sequence);
  }
  for (const sequences of describeSequences(evicted, maxSequencesLength)) {
    faults.note({
      fault: 'events-evicted',
      subject: outboxFileName,
      reason: `No room for more unsent reports; these numbers were given up: ${sequences}.`,
    });
  }
}

/** Delivered events may fill this part of the limit: the rest is for those that wait. */
const deliveredPart = 0.25;

/** When the event was made, by its id, a UUID of version 7. */
function madeAtMs(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

/** The newest delivered events that the log keeps, so that a collector that has lost them gets them again. */
export function deliveredToKeep({ options, index }: OutboxParts): ReadonlySet<string> {
  const { keepDeliveredMs = 0, maxBytes, nowUtc } = options;
  const kept = new Set<string>();
  if (keepDeliveredMs === 0) return kept;
  const oldestMs = nowUtc().getTime() - keepDeliveredMs;
  let bytes = 0;
  for (const entry of [...index.entries()].reverse()) {
    if (entry.outcome !== 'delivered' || madeAtMs(entry.id) < oldestMs) continue;
    bytes += entry.length;
    if (bytes > maxBytes * deliveredPart) break;
    kept.add(entry.id);
  }
  return kept;
}

/** Whether a rewritten log must still hold the event. `delivered`: what `deliveredToKeep` found. */
export async function mustKeep(
  parts: OutboxParts,
  entry: LogEntry,
  delivered: ReadonlySet<string>,
): Promise<boolean> {
  if (entry.outcome === 'pending' || delivered.has(entry.id)) return true;
  if (!entry.acceptance) return false;
  const event = await readEvent(parts, entry);
  // A line that has become damaged is copied as it is.
  return event === undefined || !parts.options.canForget(event);
}
