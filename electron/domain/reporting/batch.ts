/** Puts events together into requests that the collector takes. */
import type { OutboxEvent, WireEvent } from '../../../shared/wire/events.ts';

export type BatchLimits = { readonly maxEvents: number; readonly maxBytes: number };

export type Batch = { readonly ids: readonly string[]; readonly body: string };

/**
 * The first of `events`, as many as fit, under the agent's name. One event always fits by the API's own limits, and a
 * single one that did not would still be sent alone, so that the collector decides.
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
