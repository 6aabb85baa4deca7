/** Builds batches of events within the limits of the collector's API. */
import type { OutboxEvent, WireEvent } from '../../../shared/wire/events.ts';

export type BatchLimits = { readonly maxEvents: number; readonly maxBytes: number };

export type Batch = { readonly ids: readonly string[]; readonly body: string };

/**
 * The first of `events`, as many as fit, with the agent as their source. A batch holds at least one event, so that the
 * collector decides about an event that is too large.
 */
export function composeBatch(
  events: readonly OutboxEvent[],
  agentId: string,
  limits: BatchLimits,
  byteLength: (text: string) => number,
): Batch {
  const ids: string[] = [];
  const texts: string[] = [];
  let bytes = 2;
  for (const event of events.slice(0, limits.maxEvents)) {
    const wireEvent: WireEvent = { ...event, source: `porthor:agent:${agentId}` };
    const text = JSON.stringify(wireEvent);
    const added = byteLength(text) + (texts.length === 0 ? 0 : 1);
    if (texts.length > 0 && bytes + added > limits.maxBytes) break;
    bytes += added;
    ids.push(event.id);
    texts.push(text);
  }
  return { ids, body: `[${texts.join(',')}]` };
}
