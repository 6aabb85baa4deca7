/** The delivery table: what each answer means for the events that were sent. */
import type { EventResult } from '../../../shared/wire/collector-api.ts';

export type SendAnswer =
  /** No network, an unknown host, a refused or aborted connection, or no answer within the deadline. */
  | { readonly kind: 'no-answer'; readonly reason: string }
  /** A 200 that is not an answer of this API, such as the page of a captive portal or a proxy. */
  | { readonly kind: 'not-understood'; readonly reason: string }
  | {
      readonly kind: 'results';
      readonly results: readonly EventResult[];
      /** The collector's version; empty where it gives none. */
      readonly version: string;
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      /** The answer is a problem document, so it comes from the collector and not from a proxy. */
      readonly problem: boolean;
      readonly reason: string;
    };

type EventVerdict =
  | {
      readonly id: string;
      readonly verdict: 'stored';
      /** The collector's receipt for an acknowledgement; absent where it gives none. */
      readonly receipt?: string;
    }
  | { readonly id: string; readonly verdict: 'never'; readonly reason: string };

export type Delivery =
  /** Events without a verdict stay in the queue. */
  | { readonly next: 'go-on'; readonly verdicts: readonly EventVerdict[] }
  /** Nothing is settled; try again after a pause. */
  | { readonly next: 'later'; readonly reason: string }
  /** The collector refuses the agent's token: get a new one, then send the same events. */
  | { readonly next: 're-enrol'; readonly reason: string }
  /** The collector refuses the batch as a whole: send fewer events at a time. */
  | { readonly next: 'split'; readonly reason: string };

/**
 * The verdict `never` needs the collector's own answer about that one event. Every answer that a proxy, a portal or a
 * wrong address could give means `later`, so that no stranger makes the agent give up evidence or its token.
 */
export function evaluateDelivery(sentIds: readonly string[], answer: SendAnswer): Delivery {
  if (answer.kind === 'results') return evaluateResults(sentIds, answer.results);
  if (answer.kind !== 'status') return { next: 'later', reason: answer.reason };
  const { status, reason } = answer;
  if (answer.problem && status === 401) return { next: 're-enrol', reason };
  if (answer.problem && (status === 400 || status === 413 || status === 422)) {
    const [only] = sentIds;
    if (sentIds.length > 1 || only === undefined) return { next: 'split', reason };
    return { next: 'go-on', verdicts: [{ id: only, verdict: 'never', reason }] };
  }
  return { next: 'later', reason };
}

function evaluateResults(sentIds: readonly string[], results: readonly EventResult[]): Delivery {
  const byId = new Map(results.map((result) => [result.id, result]));
  const verdicts: EventVerdict[] = [];
  for (const id of sentIds) {
    const result = byId.get(id);
    if (result === undefined) continue;
    verdicts.push(
      result.status === 'rejected'
        ? { id, verdict: 'never', reason: result.reason ?? 'no reason given' }
        : { id, verdict: 'stored', ...(result.receipt === undefined ? {} : { receipt: result.receipt }) },
    );
  }
  // Without this the sender would send the same batch again at once, for ever.
  if (verdicts.length === 0 && sentIds.length > 0) {
    return { next: 'later', reason: 'the answer names none of the events sent' };
  }
  return { next: 'go-on', verdicts };
}
