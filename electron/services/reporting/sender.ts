/** Decides when the outbox is sent to the collector, for as long as the agent runs. */

import { createSignal } from '../../../shared/lib/signal.ts';
import { backOffMs, leftOfWaitMs } from '../../domain/reporting/waiting.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { NewEvent, Outbox } from '../../storage/outbox/outbox.ts';
import type { Receipts } from '../../storage/receipts/receipts.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { type DeliveryOptions, DeliveryRounds, type FailedRound } from './delivery-round.ts';
import { offerRefused } from './offer-refused.ts';

type SenderStatus = {
  readonly collector: 'not-configured' | 'reached' | 'not-reached' | 'not-enrolled';
  /** ISO UTC; empty when the collector has not answered since the start. */
  readonly reachedAt: string;
  /** Events on disk that the collector has not confirmed. */
  readonly queueLength: number;
  /** Why the collector is not reached or the agent not enrolled; otherwise empty. */
  readonly reason: string;
};

export type Sender = {
  start(): void;
  /** Tries now: the network is back, or the PC resumed. It ends a back-off, but not a wait that the collector asked for. */
  wake(): void;
  status(): SenderStatus;
  /** Calls `listener` when the status may have changed. Returns its removal. */
  onChange(listener: (status: SenderStatus) => void): () => void;
  /** Removes every timer and listener, and aborts a running request. */
  stop(): Promise<void>;
};

export type SenderOptions = {
  readonly outbox: Outbox;
  readonly receipts: Receipts;
  readonly settings: SettingsStore;
  /** Undefined where no collector is configured: events then wait on disk. */
  readonly collector: DeliveryOptions['collector'] | undefined;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly agentVersion: string;
  readonly heartbeatSeconds: number;
  readonly describeHeartbeat: (queueLength: number) => NewEvent<'porthor.agent.heartbeat.v1'>;
  readonly onFault: (fault: StorageFault) => void;
};

export function createSender(options: SenderOptions): Sender {
  return new OutboxSender(options);
}

class OutboxSender implements Sender {
  readonly #options: SenderOptions;
  /** Undefined where no collector is configured. */
  readonly #rounds: DeliveryRounds | undefined;
  readonly #changed = createSignal<[status: SenderStatus]>();
  #collector: SenderStatus['collector'];
  #reachedAt = '';
  #reason = '';
  #failures = 0;
  #running: Promise<void> | undefined;
  #isRoundDue = false;
  #isStopped = true;
  #cancelPause: (() => void) | undefined;
  #cancelHeartbeat: (() => void) | undefined;
  #removeListener: (() => void) | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { outbox, receipts, collector, clock } = options;
    this.#collector = collector === undefined ? 'not-configured' : 'not-reached';
    this.#rounds =
      collector === undefined
        ? undefined
        : new DeliveryRounds({
            outbox,
            receipts,
            collector,
            clock,
            isStopped: () => this.#isStopped,
            onReached: () => this.#noteReached(),
            onDelivered: (version) => this.#offerRefused(version),
          });
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#removeListener = this.#options.outbox.onAppended(() => {
      this.#notify();
      // During a pause the timer sends the new events too.
      if (this.#cancelPause === undefined) this.#run();
    });
    if (this.#rounds === undefined) return;
    this.#armHeartbeat();
    this.#resumeWait();
  }

  wake(): void {
    if (this.#isStopped) return;
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
    return this.#changed.subscribe(listener);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#cancelHeartbeat?.();
    this.#cancelHeartbeat = undefined;
    this.#removeListener?.();
    this.#removeListener = undefined;
    this.#options.collector?.client.abortAll();
    await this.#running;
  }

  #notify(): void {
    this.#changed.emit(this.status());
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

  /** Sends now, or after the wait that the collector asked for, even before a restart. */
  #resumeWait(): void {
    const { settings, clock } = this.#options;
    const leftMs = leftOfWaitMs(settings.current().sendNotBefore, clock.nowUtc());
    if (leftMs > 0) this.#pause(leftMs);
    else this.#run();
  }

  #pause(delayMs: number): void {
    this.#cancelPause?.();
    this.#cancelPause = this.#options.clock.setTimer(delayMs, () => {
      this.#cancelPause = undefined;
      this.#run();
    });
  }

  #run(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#isRoundDue = true;
    const rounds = this.#rounds;
    if (this.#isStopped || rounds === undefined) return;
    this.#running ??= this.#runRounds(rounds).finally(() => {
      this.#running = undefined;
      // Events may have been appended since the last round read the queue.
      if (this.#isRoundDue && this.#cancelPause === undefined) this.#run();
    });
  }

  async #runRounds(rounds: DeliveryRounds): Promise<void> {
    while (this.#isRoundDue && !this.#isStopped) {
      this.#isRoundDue = false;
      const round = await rounds.run();
      if (this.#isStopped) return;
      if (round.kind === 'done') {
        this.#failures = 0;
        this.#notify();
        await this.#clearWait();
        continue;
      }
      await this.#afterFailure(round);
      return;
    }
  }

  /** A wait that is over would apply again if the clock were set back before the next start. */
  async #clearWait(): Promise<void> {
    const { settings, onFault } = this.#options;
    if (settings.current().sendNotBefore === undefined) return;
    const saved = await settings.update(({ sendNotBefore: _over, ...current }) => current);
    if (!saved.ok) onFault({ fault: 'wait-not-saved', subject: 'settings.json', reason: saved.error.reason });
  }

  async #afterFailure(round: FailedRound): Promise<void> {
    const { settings, clock, random, onFault } = this.#options;
    this.#isRoundDue = false;
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
    if (this.#isStopped) return;
    this.#pause(pauseMs);
    this.#notify();
  }

  #noteReached(): void {
    this.#collector = 'reached';
    this.#reachedAt = this.#options.clock.nowUtc().toISOString();
    this.#reason = '';
  }

  async #offerRefused(version: string): Promise<void> {
    const { outbox, settings, collector, agentVersion, onFault } = this.#options;
    if (collector === undefined || this.#isStopped) return;
    await offerRefused({ outbox, settings, collector, agentVersion, onFault }, version);
  }
}
