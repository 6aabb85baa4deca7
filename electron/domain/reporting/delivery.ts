/** The one table that says what an answer of the collector means for the events that were sent. */
import type { EventResult } from '../../../shared/wire/collector-api.ts';

export type SendAnswer =
  /** No answer: no network, no such host, refused, broken off, or longer than the deadline. */
  | { readonly kind: 'no-answer'; readonly reason: string }
  /** An answer of 200 that is none of this API: a captive portal, a proxy's page. */
  | { readonly kind: 'not-understood'; readonly reason: string }
  | { readonly kind: 'results'; readonly results: readonly EventResult[] }
  | {
      readonly kind: 'status';
      readonly status: number;
      /** The answer is a problem document: it is the collector that speaks, not something on the way to it. */
      readonly problem: boolean;
      readonly reason: string;
    };

type EventVerdict =
  | { readonly id: string; readonly verdict: 'stored' }
  | { readonly id: string; readonly verdict: 'never'; readonly reason: string };

export type Delivery =
  /** Events without a verdict stay in the queue. */
  | { readonly next: 'go-on'; readonly verdicts: readonly EventVerdict[] }
  /** Nothing was settled; try again after a pause. */
  | { readonly next: 'later'; readonly reason: string }
  /** The agent's token is not taken: get a new one, then send the same again. */
  | { readonly next: 're-enrol'; readonly reason: string }
  /** The batch as a whole is not taken: send less of it at a time. */
  | { readonly next: 'split'; readonly reason: string };

/**
 * A verdict of "never" needs the collector's own word about that one event. Everything that a proxy, a portal or a
 * wrong address can answer means "later": neither evidence nor the agent's token is given up on a stranger's word.
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
        : { id, verdict: 'stored' },
    );
  }
  // An answer that speaks of none of them would otherwise be asked for again at once, for ever.
  if (verdicts.length === 0 && sentIds.length > 0) {
    return { next: 'later', reason: 'the answer names none of the events sent' };
  }
  return { next: 'go-on', verdicts };
}
