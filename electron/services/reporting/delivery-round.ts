/** One round of delivery: sends batches until the queue is empty or something prevents it. */
import { maxBatchBytes, maxBatchEvents } from '../../../shared/wire/collector-api.ts';
import type { OutboxEvent } from '../../../shared/wire/events.ts';
import { readLogReceipt } from '../../../shared/wire/log-receipt.ts';
import { composeBatch } from '../../domain/reporting/batch.ts';
import { type Delivery, evaluateDelivery } from '../../domain/reporting/delivery.ts';
import { parseRetryAfter } from '../../domain/reporting/waiting.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Outbox, Settlement } from '../../storage/outbox/outbox.ts';
import type { Receipts } from '../../storage/receipts/receipts.ts';
import type { CollectorClient } from './collector-client.ts';
import type { CollectorSession, SessionProblem } from './collector-session.ts';

export type RoundResult =
  /** The queue is empty, or the sender is stopping. */
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly collector: 'not-reached' | 'not-enrolled';
      readonly reason: string;
      /** Milliseconds that the collector asked to wait. */
      readonly retryAfterMs: number | undefined;
    };

export type FailedRound = Extract<RoundResult, { kind: 'failed' }>;

export type DeliveryOptions = {
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly collector: { readonly client: CollectorClient; readonly session: CollectorSession };
  readonly clock: Clock;
  readonly isStopped: () => boolean;
  /** The collector answered as its API says. */
  readonly onReached: () => void;
  /** It answered for each event, and the answers are saved. `version` is its own, empty where it gives none. */
  readonly onDelivered: (version: string) => Promise<void>;
};

const requestDeadlineMs = 30_000;

/** Remembers between rounds how many events a batch may hold: fewer after a refused batch, then more again. */
export class DeliveryRounds {
  readonly #options: DeliveryOptions;
  #maxEvents = maxBatchEvents;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  async run(): Promise<RoundResult> {
    const { outbox, collector, clock, isStopped } = this.#options;
    let tokensRefused = 0;
    while (!isStopped() && outbox.pendingCount() > 0) {
      const enrolment = await collector.session.enrolled(requestDeadlineMs);
      if (isStopped()) break;
      if (!enrolment.ok) return failedBy(enrolment.error);
      const limits = { maxEvents: this.#maxEvents, maxBytes: maxBatchBytes };
      const pending = await outbox.pending(limits);
      if (!pending.ok) return failed(`the outbox cannot be read: ${pending.error.reason}`);
      if (pending.value.length === 0) break;
      const { agentId, agentToken } = enrolment.value;
      const stated = collector.session.state(pending.value, enrolment.value);
      const batch = composeBatch(stated, agentId, limits, (text) => Buffer.byteLength(text));
      const { answer, retryAfter } = await collector.client.sendBatch(
        agentToken,
        batch.body,
        requestDeadlineMs,
      );
      const delivery = evaluateDelivery(batch.ids, answer);
      if (delivery.next === 'go-on') {
        this.#options.onReached();
        this.#maxEvents = Math.min(maxBatchEvents, this.#maxEvents * 2);
        tokensRefused = 0;
        if ((await this.#settle(pending.value, delivery)) === 0) {
          return failed('the collector’s answer could not be saved');
        }
        if (answer.kind === 'results') await this.#options.onDelivered(answer.version);
        continue;
      }
      if (delivery.next === 'split') {
        this.#maxEvents = Math.max(1, Math.floor(batch.ids.length / 2));
        continue;
      }
      if (delivery.next === 're-enrol') {
        collector.session.tokenRefused(agentToken);
        tokensRefused += 1;
        // A fresh token that is refused too will not be accepted by one more try.
        if (tokensRefused < 2) continue;
        const { reason } = delivery;
        return { kind: 'failed', collector: 'not-enrolled', reason, retryAfterMs: undefined };
      }
      return failed(delivery.reason, parseRetryAfter(retryAfter, clock.nowUtc()));
    }
    return { kind: 'done' };
  }

  async #settle(
    sent: readonly OutboxEvent[],
    delivery: Extract<Delivery, { next: 'go-on' }>,
  ): Promise<number> {
    const settlements = delivery.verdicts.map(
      (verdict): Settlement =>
        verdict.verdict === 'stored'
          ? { id: verdict.id, outcome: 'delivered' }
          : { id: verdict.id, outcome: 'refused', reason: verdict.reason.slice(0, 500) },
    );
    const delivered = new Set(
      settlements.filter(({ outcome }) => outcome === 'delivered').map(({ id }) => id),
    );
    const acknowledged = sent.some(({ id, type }) => delivered.has(id) && type.startsWith('porthor.policy.'));
    // Receipts first: the outbox may forget an acceptance once it has settled it.
    if (acknowledged) await this.#options.receipts.markDelivered(delivered, receiptsIn(delivery));
    return this.#options.outbox.settle(settlements);
  }
}

/** What the collector has signed, by the id of the event. A note about another event is none. */
function receiptsIn({ verdicts }: Extract<Delivery, { next: 'go-on' }>): ReadonlyMap<string, string> {
  const receipts = new Map<string, string>();
  for (const verdict of verdicts) {
    if (verdict.verdict !== 'stored' || verdict.receipt === undefined) continue;
    if (readLogReceipt(verdict.receipt)?.eventId === verdict.id) receipts.set(verdict.id, verdict.receipt);
  }
  return receipts;
}

function failed(reason: string, retryAfterMs?: number): RoundResult {
  return { kind: 'failed', collector: 'not-reached', reason, retryAfterMs };
}

function failedBy({ kind, reason, retryAfterMs }: SessionProblem): RoundResult {
  return { kind: 'failed', collector: kind, reason, retryAfterMs };
}
