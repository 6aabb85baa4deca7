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

/** Whether a rewritten log must still hold the event. */
export async function mustKeep(parts: OutboxParts, entry: LogEntry): Promise<boolean> {
  if (entry.outcome === 'pending') return true;
  if (!entry.acceptance) return false;
  const event = await readEvent(parts, entry);
  // A line that has become damaged is copied as it is.
  return event === undefined || !parts.options.canForget(event);
}
