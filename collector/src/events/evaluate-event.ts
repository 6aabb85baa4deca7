/** Decides whether one event of a batch can be stored, and reads from it what the collector lists. */
import { z } from 'zod';
import { loosen } from '../../../shared/lib/loosen.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import {
  type AcknowledgedData,
  eventDataSchemas,
  maxEventBytes,
  receivedDataSchemas,
  type WireEvent,
  wireEventSchema,
} from '../../../shared/wire/events.ts';
import { chainedEventText } from '../../../shared/wire/evidence.ts';
import type { MediaApprovalRequestedData } from '../../../shared/wire/media.ts';
import { sha256Hex } from '../evidence/chain-record.ts';
import type { RawElement } from './split-batch.ts';

/** No event needs deeper nesting, and a comparison of two such events could exhaust the stack. */
const maxEventDepth = 32;
const maxReasonCharacters = 500;

export interface EvaluatedEvent {
  readonly id: string;
  readonly sequence: number;
  /** Empty where the event names none. */
  readonly type: string;
  /** ISO UTC; empty where the event names none. */
  readonly occurredAt: string;
  readonly raw: string;
  /** The hash of this agent's event before, as the event names it; empty for none. */
  readonly previous: string;
  /** The hash by which this agent's next event names this one; empty where the agent keeps no history. */
  readonly historySha256: string;
  /** Why the collector cannot read it. The event is stored all the same, because a newer collector may read it. */
  readonly unreadable: string | undefined;
  /** For a readable acknowledgement. */
  readonly acknowledgement: AcknowledgedData | undefined;
  /** For a readable request for approval. */
  readonly mediaRequest: MediaApprovalRequestedData | undefined;
}

export interface Refusal {
  /** The event's own id where it has one, so that the agent can tell which event is meant. */
  readonly id: string;
  readonly reason: string;
}

/** Without these the collector can neither tell events apart nor know their sender. */
const addressSchema = z.looseObject(wireEventSchema.pick({ id: true, source: true, sequence: true }).shape);
const receivedEventSchema = loosen(wireEventSchema);
const timeSchema = wireEventSchema.shape.time;

function describeIssues(error: z.ZodError, prefix: string): string {
  const issue = error.issues[0];
  const place = [prefix, ...(issue?.path ?? []).map(String)].filter((part) => part !== '').join('.');
  return `${place === '' ? 'event' : place}: ${issue?.message ?? 'not valid'}`.slice(0, maxReasonCharacters);
}

function idOf(value: unknown): string {
  const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' ? id.slice(0, 100) : '';
}

/** `porthor.policy.acknowledged.v2`, where this collector knows `…v1`. */
function isKnownInAnotherVersion(type: string): boolean {
  const name = type.replace(/\.v\d{1,3}$/u, '');
  return (
    !isKnownType(type) && Object.keys(eventDataSchemas).some((known) => known.replace(/\.v\d$/u, '') === name)
  );
}

function isKnownType(type: string): type is keyof typeof eventDataSchemas {
  return Object.hasOwn(eventDataSchemas, type);
}

/** JSON.parse keeps the last of two members of one name, so a text with such members shows fewer when parsed. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, one: unknown) => sum + countMembers(one), 0);
  let count = 0;
  for (const member of Object.values(value)) count += 1 + countMembers(member);
  return count;
}

type Reading = Pick<
  EvaluatedEvent,
  'previous' | 'historySha256' | 'unreadable' | 'acknowledgement' | 'mediaRequest'
>;
type History = Pick<EvaluatedEvent, 'previous' | 'historySha256'>;
const noHistory: History = { previous: '', historySha256: '' };

function unreadable(reason: string, history = noHistory): Reading {
  return { ...history, unreadable: reason, acknowledgement: undefined, mediaRequest: undefined };
}

function historyOf(event: WireEvent): History {
  const { previous, sequence } = event;
  // Only an agent's first event has no event before. Any other without one comes from an agent that keeps no history.
  if (previous === undefined && sequence > 1) return noHistory;
  return { previous: previous ?? '', historySha256: sha256Hex(chainedEventText(event)) };
}

function read(element: RawElement, value: unknown): Reading {
  // Two readers could take different members of one name for the true one (RFC 7493, section 2.3).
  if (countMembers(value) !== element.members) return unreadable('event: two members have one name');
  const event = receivedEventSchema.safeParse(value);
  if (!event.success) return unreadable(describeIssues(event.error, ''));
  const { type, data } = event.data;
  const history = historyOf(event.data);
  const nothing: Reading = {
    ...history,
    unreadable: undefined,
    acknowledgement: undefined,
    mediaRequest: undefined,
  };
  if (isKnownInAnotherVersion(type)) {
    return unreadable('type: this collector knows it in another version', history);
  }
  if (!isKnownType(type)) return nothing;
  const parsed = receivedDataSchemas[type].safeParse(data);
  if (!parsed.success) return unreadable(describeIssues(parsed.error, 'data'), history);
  switch (type) {
    case 'porthor.policy.acknowledged.v1':
      return { ...nothing, acknowledgement: parsed.data as AcknowledgedData };
    case 'porthor.media.approval-requested.v1':
      return { ...nothing, mediaRequest: parsed.data as MediaApprovalRequestedData };
    default:
      return nothing;
  }
}

/**
 * `value` is the parsed form of `element.raw`. Only an event that is too large, too deep or without a valid id, source
 * and sequence is refused. The collector keeps everything else, because an agent sets a refused event aside for good.
 */
export function evaluateEvent(
  element: RawElement,
  value: unknown,
  agentId: string,
): Result<EvaluatedEvent, Refusal> {
  const id = idOf(value);
  if (Buffer.byteLength(element.raw, 'utf8') > maxEventBytes) {
    return fail({ id, reason: `event: larger than ${maxEventBytes} bytes` });
  }
  if (element.depth > maxEventDepth) {
    return fail({ id, reason: `event: nested deeper than ${maxEventDepth}` });
  }
  const address = addressSchema.safeParse(value);
  if (!address.success) return fail({ id, reason: describeIssues(address.error, '') });
  const { source, sequence, type, time } = address.data;
  if (source !== `porthor:agent:${agentId}`) {
    return fail({ id, reason: 'source: not the agent that sends this event' });
  }
  return succeed({
    id: address.data.id,
    sequence,
    type: typeof type === 'string' ? type.slice(0, 200) : '',
    occurredAt: timeSchema.safeParse(time).data ?? '',
    raw: element.raw,
    ...read(element, value),
  });
}
