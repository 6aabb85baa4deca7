/** What happens to an event that the collector refused. */
import { join } from 'node:path';
import { errorReason } from '../storage-fault.ts';
import { appendAside } from './append-aside.ts';
import type { LogEntry } from './log-entry.ts';
import type { OutboxParts } from './outbox-parts.ts';
import { readEvent } from './read-event.ts';

const refusedFileName = 'refused.log';

/**
 * Reports the refusal, and keeps a refused acknowledgement in `refused.log` for good. False when the acknowledgement
 * could not be kept there: it must then stay in the queue.
 */
export async function recordRefusal(parts: OutboxParts, entry: LogEntry, reason: string): Promise<boolean> {
  const { faults } = parts;
  if (entry.evidence && !(await keepRefused(parts, entry, reason))) return false;
  const fault = {
    fault: 'event-refused',
    subject: entry.type,
    reason: `The collector refused event ${entry.sequence} (${entry.id}): ${reason}`,
  };
  // An event about a refused fault event could be refused too, and so on for ever.
  if (entry.type === 'porthor.agent.fault.v1') faults.log(fault);
  else faults.note(fault);
  return true;
}

async function keepRefused(parts: OutboxParts, entry: LogEntry, reason: string): Promise<boolean> {
  const { options, openFile, faults } = parts;
  try {
    const event = await readEvent(parts, entry);
    if (event === undefined) return false;
    const refused = { refusedAt: options.nowUtc().toISOString(), reason, event };
    const path = join(options.directory, refusedFileName);
    await appendAside(path, Buffer.from(JSON.stringify(refused)), openFile);
    return true;
  } catch (error) {
    faults.noteOnce(entry.id, {
      fault: 'refused-not-kept',
      subject: refusedFileName,
      reason: `A refused acknowledgement could not be kept aside (${errorReason(error)}) and stays in the queue.`,
    });
    return false;
  }
}
