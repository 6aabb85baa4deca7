/** What happens to an event that the collector refused, and which refused ones the agent may offer again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { loosen } from '../../../shared/lib/loosen.ts';
import { type OutboxEvent, outboxEventSchema } from '../../../shared/wire/events.ts';
import { replaceFile } from '../durable-file.ts';
import { errorCode, errorReason } from '../storage-fault.ts';
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

const refusedLineSchema = loosen(z.looseObject({ event: outboxEventSchema }));

function readRefusedLine(line: string): OutboxEvent | undefined {
  try {
    return refusedLineSchema.safeParse(JSON.parse(line)).data?.event;
  } catch {
    return undefined;
  }
}

async function refusedLines({ options }: OutboxParts): Promise<readonly string[]> {
  try {
    const text = await readFile(join(options.directory, refusedFileName), 'utf8');
    return text.split('\n').filter((line) => line !== '');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The refused acknowledgements, oldest first, each once. Throws what reading the file throws. */
export async function readRefused(parts: OutboxParts): Promise<readonly OutboxEvent[]> {
  const events = new Map<string, OutboxEvent>();
  for (const line of await refusedLines(parts)) {
    const event = readRefusedLine(line);
    if (event !== undefined) events.set(event.id, event);
  }
  return [...events.values()];
}

/** Forgets refused acknowledgements that the collector has stored since. A line that cannot be read stays. */
export async function forgetRefused(parts: OutboxParts, ids: ReadonlySet<string>): Promise<void> {
  const kept = (await refusedLines(parts)).filter((line) => !ids.has(readRefusedLine(line)?.id ?? ''));
  const text = kept.map((line) => `${line}\n`).join('');
  await replaceFile(join(parts.options.directory, refusedFileName), Buffer.from(text), parts.openFile);
}
