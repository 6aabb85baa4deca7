/** Approval by telephone: takes a technician's code for one device on this PC, and remembers what it approved. */
import { createHash, createHmac } from 'node:crypto';
import type { OfflineCodeState } from '../../../shared/device/device-actions.ts';
import {
  deviceNumber,
  type NumberedDevice,
  type OfferedCode,
  type OfflineHashes,
  readOfflineCode,
} from '../../../shared/device/offline-code.ts';
import type { RegisterEntry } from '../../../shared/wire/media.ts';
import type { OfflineApprovalsStore } from '../../storage/device-register/offline-approvals-store.ts';

const hashes: OfflineHashes = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest(),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text, 'utf8').digest(),
};

/** What the user reads to the technician. */
export function numberOf(device: NumberedDevice): string {
  return deviceNumber(device, hashes);
}

export interface OfflineApprovals {
  /** What codes have approved, without what has expired. */
  entries(): readonly RegisterEntry[];
  /** The hashes that the collector gives this PC now. */
  offer(offered: readonly OfferedCode[]): Promise<void>;
  /** `ready`: the code was good, and approves the device from now on. */
  use(code: string, device: NumberedDevice): Promise<OfflineCodeState>;
}

export function createOfflineApprovals({
  store,
  nowUtc,
}: {
  readonly store: OfflineApprovalsStore;
  readonly nowUtc: () => Date;
}): OfflineApprovals {
  let latestMs = Date.parse(store.read().latest);
  const seeTime = (): Date => {
    latestMs = Math.max(latestMs, nowUtc().getTime());
    return new Date(latestMs);
  };
  const holds = ({ expiresAt = '' }: RegisterEntry, at: Date): boolean =>
    Date.parse(expiresAt) > at.getTime();

  return {
    entries: () => {
      const at = seeTime();
      return store.read().approved.filter((entry) => holds(entry, at));
    },
    offer: async (offered) => {
      const known = store.read();
      const at = seeTime();
      const approved = known.approved.filter((entry) => holds(entry, at));
      await store.write({ ...known, offered: [...offered], approved, latest: at.toISOString() });
    },
    use: async (code, device) => {
      const known = store.read();
      const latest = new Date(latestMs);
      const facts = {
        number: numberOf(device),
        offered: known.offered,
        used: known.used,
        now: nowUtc(),
        latest,
      };
      const read = readOfflineCode(code, facts, hashes);
      if ('problem' in read) return read.problem;
      const { vendorId, productId, serial } = device;
      const entry = { vendorId, productId, serial, label: '', expiresAt: read.expiresAt.toISOString() };
      const isKept = await store.write({
        ...known,
        used: [...known.used, read.slot],
        approved: [...known.approved, entry],
        latest: seeTime().toISOString(),
      });
      return isKept ? 'ready' : 'not-recorded';
    },
  };
}
