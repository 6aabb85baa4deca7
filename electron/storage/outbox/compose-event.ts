/** Turns what the agent reports into an event that the wire takes. */
import { v7 as uuidv7 } from 'uuid';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import {
  eventDataSchemas,
  maxEventBytes,
  type OutboxEvent,
  outboxEventSchema,
} from '../../../shared/wire/events.ts';
import type { NewEvent } from './outbox.ts';
import { lastSequence } from './sequences.ts';

/** Reserved for `source`, which the sender adds. */
const sourceBytes = 128;
/** As long as the hash that the flush writes. */
const longestHash = '0'.repeat(64);

/** Both are faults of the caller. */
export type EventProblem = { readonly kind: 'too-large' | 'invalid'; readonly reason: string };

/** The event without its number: the flush numbers it when it writes it. */
export function composeEvent(newEvent: NewEvent, nowUtc: Date): Result<OutboxEvent, EventProblem> {
  const data = eventDataSchemas[newEvent.type].safeParse(newEvent.data);
  if (!data.success) return fail({ kind: 'invalid', reason: firstIssue(data.error) });
  const event = outboxEventSchema.safeParse({
    specversion: '1.0',
    id: uuidv7(),
    type: newEvent.type,
    subject: newEvent.subject,
    time: nowUtc.toISOString(),
    datacontenttype: 'application/json',
    // The longest number there is, so that the real one never makes the event larger than checked here.
    sequence: lastSequence,
    previous: longestHash,
    data: data.data,
  });
  if (!event.success) return fail({ kind: 'invalid', reason: firstIssue(event.error) });
  const bytes = Buffer.byteLength(JSON.stringify(event.data)) + sourceBytes;
  if (bytes > maxEventBytes) {
    return fail({ kind: 'too-large', reason: `${bytes} of ${maxEventBytes} bytes` });
  }
  return succeed(event.data);
}

function firstIssue(error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string {
  const issue = error.issues[0];
  return issue === undefined ? 'invalid' : `${issue.path.map(String).join('.')}: ${issue.message}`;
}
