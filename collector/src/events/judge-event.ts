/** Decides whether one event of a batch can be stored, and takes from it what the collector looks things up by. */
import type { z } from 'zod';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import {
  type AcknowledgedData,
  acknowledgedDataSchema,
  eventDataSchemas,
  maxEventBytes,
  type WireEvent,
  wireEventSchema,
} from '../../../shared/wire/events.ts';
import {
  type MediaApprovalRequestedData,
  mediaApprovalRequestedDataSchema,
} from '../../../shared/wire/media.ts';
import type { RawElement } from './split-batch.ts';

/** Deeper nesting has no use in an event and could exhaust the stack of whoever compares two of them. */
const maxEventDepth = 32;

export interface JudgedEvent {
  readonly event: WireEvent;
  readonly raw: string;
  /** Present for acknowledgements alone. */
  readonly acknowledgement: AcknowledgedData | undefined;
  /** Present where somebody asks to have a device approved. */
  readonly mediaRequest: MediaApprovalRequestedData | undefined;
}

export interface Refusal {
  /** The event's own id as far as it had one, so that the agent can tell which event is meant. */
  readonly id: string;
  readonly reason: string;
}

function describeIssues(error: z.ZodError, prefix: string): string {
  const issue = error.issues[0];
  const place = [prefix, ...(issue?.path ?? []).map(String)].filter((part) => part !== '').join('.');
  return `${place === '' ? 'event' : place}: ${issue?.message ?? 'not valid'}`.slice(0, 500);
}

function idOf(value: unknown): string {
  const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' ? id.slice(0, 100) : '';
}

function isKnownType(type: string): type is keyof typeof eventDataSchemas {
  return Object.hasOwn(eventDataSchemas, type);
}

/**
 * `value` is the parsed form of `element.raw`. A type that this collector does not know is accepted with its data
 * unread: a newer agent's event is evidence too.
 */
export function judgeEvent(
  element: RawElement,
  value: unknown,
  agentId: string,
): Result<JudgedEvent, Refusal> {
  const id = idOf(value);
  if (Buffer.byteLength(element.raw, 'utf8') > maxEventBytes) {
    return fail({ id, reason: `event: larger than ${maxEventBytes} bytes` });
  }
  if (element.depth > maxEventDepth)
    return fail({ id, reason: `event: nested deeper than ${maxEventDepth}` });
  const parsed = wireEventSchema.safeParse(value);
  if (!parsed.success) return fail({ id, reason: describeIssues(parsed.error, '') });
  const event = parsed.data;
  if (event.source !== `porthor:agent:${agentId}`) {
    return fail({ id, reason: 'source: not the agent that sends this event' });
  }
  if (isKnownType(event.type)) {
    const data = eventDataSchemas[event.type].safeParse(event.data);
    if (!data.success) return fail({ id, reason: describeIssues(data.error, 'data') });
  }
  return succeed({
    event,
    raw: element.raw,
    acknowledgement:
      event.type === 'porthor.policy.acknowledged.v1' ? acknowledgedDataSchema.parse(event.data) : undefined,
    mediaRequest:
      event.type === 'porthor.media.approval-requested.v1'
        ? mediaApprovalRequestedDataSchema.parse(event.data)
        : undefined,
  });
}
