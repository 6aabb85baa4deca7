/** Carries the outbox to the collector, for as long as the agent runs. */

import { maxBatchBytes, maxBatchEvents } from '../../../shared/wire/collector-api.ts';
import type { OutboxEvent } from '../../../shared/wire/events.ts';
import { composeBatch } from '../../domain/reporting/batch.ts';
import { type Delivery, evaluateDelivery } from '../../domain/reporting/delivery.ts';
import { backOffMs, leftOfWaitMs, parseRetryAfter } from '../../domain/reporting/waiting.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { NewEvent, Outbox, Settlement } from '../../storage/outbox/outbox.ts';
import type { Receipts } from '../../storage/receipts/receipts.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { CollectorClient } from './collector-client.ts';
import type { CollectorSession, SessionProblem } from './collector-session.ts';

type SenderStatus = {
  readonly collector: 'not-configured' | 'reached' | 'not-reached' | 'not-enrolled';
  /** ISO UTC; empty when the collector has not answered since the start. */
  readonly reachedAt: string;
  /** Events on disk that the collector has not confirmed. */
  readonly queueLength: number;
  /** Why it is not reached or not enrolled; empty otherwise. */
  readonly reason: string;
};

export type Sender = {
  start(): void;
  /** Tries now: the network came back, the PC woke up. It cuts a back-off short, but not a wait the collector asked for. */
  wake(): void;
  status(): SenderStatus;
  /** Calls `listener` when the status may have changed. Returns its removal. */
  onChange(listener: (status: SenderStatus) => void): () => void;
  /** Leaves no timer and no listener, and breaks off a request that is under way. */
  stop(): Promise<void>;
};

export type SenderOptions = {
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly settings: SettingsStore;
  /** Undefined where no collector is set: events then wait on disk. */
  readonly collector: { readonly client: CollectorClient; readonly session: CollectorSession } | undefined;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly heartbeatSeconds: number;
  readonly describeHeartbeat: (queueLength: number) => NewEvent<'porthor.agent.heartbeat.v1'>;
  readonly onFault: (fault: StorageFault) => void;
};

const requestDeadlineMs = 30_000;

export function createSender(options: SenderOptions): Sender {
  return new OutboxSender(options);
}

/** What a round of sending came to. */
type Round =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly collector: 'not-reached' | 'not-enrolled';
      readonly reason: string;
      readonly retryAfterMs: number | undefined;
    };

class OutboxSender implements Sender {
  readonly #options: SenderOptions;
  readonly #listeners = new Set<(status: SenderStatus) => void>();
  #collector: SenderStatus['collector'];
  #reachedAt = '';
  #reason = '';
  #failures = 0;
  #maxEvents = maxBatchEvents;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = true;
  #cancelTimer: (() => void) | undefined;
  #cancelHeartbeat: (() => void) | undefined;
  #removeListener: (() => void) | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#collector = options.collector === undefined ? 'not-configured' : 'not-reached';
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#removeListener = this.#options.outbox.onAppended(() => {
      this.#changed();
      // During a pause the timer sends what has come in meanwhile.
      if (this.#cancelTimer === undefined) this.#run();
    });
    if (this.#options.collector === undefined) return;
    this.#armHeartbeat();
    this.#resumeWait();
  }

  wake(): void {
    if (this.#stopped) return;
    this.#failures = 0;
    this.#resumeWait();
  }

  status(): SenderStatus {
    return {
      collector: this.#collector,
      reachedAt: this.#reachedAt,
      queueLength: this.#options.outbox.pendingCount(),
      reason: this.#reason,
    };
  }

  onChange(listener: (status: SenderStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#cancelHeartbeat?.();
    this.#cancelHeartbeat = undefined;
    this.#removeListener?.();
    this.#removeListener = undefined;
    this.#options.collector?.client.abortAll();
    await this.#running;
  }

  #changed(): void {
    const status = this.status();
    for (const listener of this.#listeners) listener(status);
  }

  #armHeartbeat(): void {
    this.#cancelHeartbeat = this.#options.clock.setTimer(this.#options.heartbeatSeconds * 1000, () => {
      this.#armHeartbeat();
      const { outbox, onFault } = this.#options;
      void outbox.append(this.#options.describeHeartbeat(outbox.pendingCount())).then((appended) => {
        if (appended.ok) return;
        onFault({ fault: 'heartbeat-not-recorded', subject: 'outbox.log', reason: appended.error.reason });
      });
    });
  }

  /** Goes on at once, or when the wait that the collector asked for is over, also one from before a restart. */
  #resumeWait(): void {
    const { settings, clock } = this.#options;
    const leftMs = leftOfWaitMs(settings.current().sendNotBefore, clock.nowUtc());
    if (leftMs > 0) this.#pause(leftMs);
    else this.#run();
  }

  #pause(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.setTimer(delayMs, () => {
      this.#cancelTimer = undefined;
      this.#run();
    });
  }

  #run(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#again = true;
    if (this.#stopped || this.#options.collector === undefined) return;
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined;
      // What was appended between the last look at the queue and now.
      if (this.#again && this.#cancelTimer === undefined) this.#run();
    });
  }

  async #rounds(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const round = await this.#drain();
      if (this.#stopped) return;
      if (round.kind === 'done') {
        this.#failures = 0;
        this.#changed();
        await this.#forgetWait();
        continue;
      }
      await this.#afterFailure(round);
      return;
    }
  }

  /** A wait that is over would begin anew at a start after the clock was set back. */
  async #forgetWait(): Promise<void> {
    const { settings, onFault } = this.#options;
    if (settings.current().sendNotBefore === undefined) return;
    const saved = await settings.update(({ sendNotBefore: _over, ...current }) => current);
    if (!saved.ok) onFault({ fault: 'wait-not-saved', subject: 'settings.json', reason: saved.error.reason });
  }

  async #afterFailure(round: Extract<Round, { kind: 'failed' }>): Promise<void> {
    const { settings, clock, random, onFault } = this.#options;
    this.#again = false;
    this.#failures += 1;
    this.#collector = round.collector;
    this.#reason = round.reason;
    let pauseMs = backOffMs(this.#failures, random());
    if (round.retryAfterMs !== undefined) {
      pauseMs = Math.max(pauseMs, round.retryAfterMs);
      const sendNotBefore = new Date(clock.nowUtc().getTime() + round.retryAfterMs).toISOString();
      const saved = await settings.update((current) => ({ ...current, sendNotBefore }));
      if (!saved.ok) {
        onFault({ fault: 'wait-not-saved', subject: 'settings.json', reason: saved.error.reason });
      }
    }
    if (this.#stopped) return;
    this.#pause(pauseMs);
    this.#changed();
  }

  /** Sends until the queue is empty or something is in the way. */
  async #drain(): Promise<Round> {
    const { outbox, collector } = this.#options;
    let tokensRefused = 0;
    while (!this.#stopped && collector !== undefined && outbox.pendingCount() > 0) {
      const entry = await collector.session.enrolled(requestDeadlineMs);
      if (this.#stopped) break;
      if (!entry.ok) return failedBy(entry.error);
      const pending = await outbox.pending({ maxEvents: this.#maxEvents, maxBytes: maxBatchBytes });
      if (!pending.ok) return failed(`the outbox cannot be read: ${pending.error.reason}`);
      if (pending.value.length === 0) break;
      const { agentId, agentToken } = entry.value;
      const batch = composeBatch(
        pending.value,
        agentId,
        { maxEvents: this.#maxEvents, maxBytes: maxBatchBytes },
        (text) => Buffer.byteLength(text),
      );
      const { answer, retryAfter } = await collector.client.sendBatch(
        agentToken,
        batch.body,
        requestDeadlineMs,
      );
      const delivery = evaluateDelivery(batch.ids, answer);
      if (delivery.next === 'go-on') {
        this.#reached();
        this.#maxEvents = Math.min(maxBatchEvents, this.#maxEvents * 2);
        tokensRefused = 0;
        if ((await this.#settle(pending.value, delivery)) === 0) {
          return failed('what the collector answered could not be kept');
        }
        continue;
      }
      if (delivery.next === 'split') {
        this.#maxEvents = Math.max(1, Math.floor(batch.ids.length / 2));
        continue;
      }
      if (delivery.next === 're-enrol') {
        collector.session.tokenRefused(agentToken);
        tokensRefused += 1;
        // A token that was given a moment ago and is refused too is no matter of one more try.
        if (tokensRefused < 2) continue;
        return {
          kind: 'failed',
          collector: 'not-enrolled',
          reason: delivery.reason,
          retryAfterMs: undefined,
        };
      }
      return failed(delivery.reason, parseRetryAfter(retryAfter, this.#options.clock.nowUtc()));
    }
    return { kind: 'done' };
  }

  #reached(): void {
    this.#collector = 'reached';
    this.#reachedAt = this.#options.clock.nowUtc().toISOString();
    this.#reason = '';
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
    // Receipts first: once the outbox has settled an acceptance it may forget it.
    if (acknowledged) await this.#options.receipts.markDelivered(delivered);
    return this.#options.outbox.settle(settlements);
  }
}

function failed(reason: string, retryAfterMs?: number): Round {
  return { kind: 'failed', collector: 'not-reached', reason, retryAfterMs };
}

function failedBy(problem: SessionProblem): Round {
  return {
    kind: 'failed',
    collector: problem.kind,
    reason: problem.reason,
    retryAfterMs: problem.retryAfterMs,
  };
}
