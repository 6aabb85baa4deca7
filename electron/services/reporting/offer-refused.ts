/** Offers refused acknowledgements again, after an upgrade of the agent or of the collector. */
import { maxBatchBytes, maxBatchEvents } from '../../../shared/wire/collector-api.ts';
import { composeBatch } from '../../domain/reporting/batch.ts';
import { evaluateDelivery } from '../../domain/reporting/delivery.ts';
import type { Outbox } from '../../storage/outbox/outbox.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { DeliveryOptions } from './delivery-round.ts';

interface RefusedOptions {
  readonly outbox: Pick<Outbox, 'refused' | 'forgetRefused'>;
  readonly settings: SettingsStore;
  readonly collector: DeliveryOptions['collector'];
  readonly agentVersion: string;
  readonly onFault: (fault: StorageFault) => void;
}

const requestDeadlineMs = 30_000;
const limits = { maxEvents: maxBatchEvents, maxBytes: maxBatchBytes };
const byteLength = (text: string): number => Buffer.byteLength(text);

/** Returns the ids that the collector has taken, or undefined when it did not answer for all of them. */
async function offerAll({ outbox, collector }: RefusedOptions): Promise<ReadonlySet<string> | undefined> {
  const taken = new Set<string>();
  let left = await outbox.refused();
  while (left.length > 0) {
    const enrolled = await collector.session.enrolled(requestDeadlineMs);
    if (!enrolled.ok) return undefined;
    const { agentId, agentToken } = enrolled.value;
    const batch = composeBatch(collector.session.state(left, enrolled.value), agentId, limits, byteLength);
    const { answer } = await collector.client.sendBatch(agentToken, batch.body, requestDeadlineMs);
    const delivery = evaluateDelivery(batch.ids, answer);
    if (delivery.next !== 'go-on') return undefined;
    for (const { id, verdict } of delivery.verdicts) if (verdict === 'stored') taken.add(id);
    left = left.slice(batch.ids.length);
  }
  return taken;
}

/**
 * Call it after the collector has answered. It does nothing until one of the two versions changes. An answer that does
 * not come is asked for again after the next delivery; what is refused again stays aside.
 */
export async function offerRefused(options: RefusedOptions, collectorVersion: string): Promise<void> {
  const { outbox, settings, agentVersion, onFault } = options;
  const versions = `${agentVersion} ${collectorVersion}`;
  if (settings.current().offeredRefusedTo === versions) return;
  try {
    const taken = await offerAll(options);
    if (taken === undefined) return;
    if (taken.size > 0) await outbox.forgetRefused(taken);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    onFault({ fault: 'refused-not-offered', subject: 'refused.log', reason });
  }
  const saved = await settings.update((current) => ({ ...current, offeredRefusedTo: versions }));
  if (!saved.ok) onFault({ fault: 'offer-not-saved', subject: 'settings.json', reason: saved.error.reason });
}
