/** What approval by telephone needs on this PC: the hashes of its codes, those that were used, and what they approved. */
import { z } from 'zod';
import { mediaRegisterResponseSchema, offeredCodeSchema } from '../../../shared/wire/media.ts';
import { openSmallStore } from '../small-store.ts';
import type { StorageFault } from '../storage-fault.ts';

const storeSchema = z.strictObject({
  /** The collector that gave the hashes; another one's codes are another school's. */
  collectorUrl: z.string().max(2048),
  offered: z.array(offeredCodeSchema).max(64),
  used: z.array(z.int().min(0)).max(10_000),
  approved: mediaRegisterResponseSchema.shape.entries,
  /** The latest time that this PC has seen, ISO UTC: a clock that was set back must not prolong an approval. */
  latest: z.iso.datetime(),
});
type OfflineState = Omit<z.infer<typeof storeSchema>, 'collectorUrl'>;

export interface OfflineApprovalsStore {
  read(): OfflineState;
  /** False where it is not on disk; then nothing has changed. */
  write(state: OfflineState): Promise<boolean>;
}

export async function openOfflineApprovalsStore(options: {
  readonly directory: string;
  readonly collectorUrl: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}): Promise<OfflineApprovalsStore> {
  const { collectorUrl, onFault } = options;
  const opened = await openSmallStore({ ...options, name: 'offline-approvals', schema: storeSchema });
  if (!opened.ok) {
    onFault({
      fault: 'offline-approvals-unreadable',
      subject: opened.error.file,
      reason: `Codes for approval by telephone cannot be used (${opened.error.kind}).`,
    });
  }
  let known: OfflineState = { offered: [], used: [], approved: [], latest: new Date(0).toISOString() };
  if (opened.ok && opened.value.state.found === 'loaded') {
    const { collectorUrl: from, ...state } = opened.value.state.value;
    if (from === collectorUrl) known = state;
  }
  return {
    read: () => known,
    write: async (state) => {
      if (!opened.ok) return false;
      const written = await opened.value.store.write({ collectorUrl, ...state });
      if (written.ok) known = state;
      else {
        const { reason } = written.error;
        onFault({ fault: 'offline-approvals-not-saved', subject: 'offline-approvals.json', reason });
      }
      return written.ok;
    },
  };
}
