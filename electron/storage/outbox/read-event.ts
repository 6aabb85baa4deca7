/** Reads an event back from the log. */
import type { OutboxEvent } from '../../../shared/wire/events.ts';
import type { LogEntry } from './log-entry.ts';
import { outboxFileName } from './log-file.ts';
import { decodeLine } from './log-line.ts';
import type { OutboxParts } from './outbox-parts.ts';

/**
 * Undefined, with a fault, where the line has become damaged since the outbox was opened. The line stays in the log for
 * the next start to repair. Throws what reading the file throws.
 */
export async function readEvent(
  { file, index, faults }: OutboxParts,
  entry: LogEntry,
): Promise<OutboxEvent | undefined> {
  const line = await file.read(entry.offset, entry.length);
  const end = line.at(-1) === 0x0a ? line.length - 1 : line.length;
  const decoded = decodeLine(line.subarray(0, end));
  if (decoded.kind === 'record' && decoded.record.kind === 'event' && decoded.record.event.id === entry.id) {
    return decoded.record.event;
  }
  index.mustNotRewrite = true;
  faults.noteOnce(entry.id, {
    fault: 'outbox-damaged',
    subject: outboxFileName,
    reason: `Event ${entry.sequence} can no longer be read from the log.`,
  });
  return undefined;
}
