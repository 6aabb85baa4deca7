/**
 * The school's register of media and its answers to this person, as this PC knew them last, so that an approved stick is
 * approved without a network too.
 */
import { z } from 'zod';
import {
  type MediaAnswer,
  mediaRegisterResponseSchema,
  type RegisterEntry,
} from '../../../shared/wire/media.ts';
import { openSmallStore } from '../small-store.ts';
import type { StorageFault } from '../storage-fault.ts';

const storeSchema = z.strictObject({
  /** The collector that gave it; another one's register is another school's. */
  collectorUrl: z.string().max(2048),
  entityTag: z.string().max(1024),
  entries: mediaRegisterResponseSchema.shape.entries,
  answers: mediaRegisterResponseSchema.shape.answers,
});

interface KnownRegister {
  readonly entries: readonly RegisterEntry[];
  readonly answers: readonly MediaAnswer[];
  /** Empty where nothing is known yet. */
  readonly entityTag: string;
}

export interface DeviceRegisterStore {
  read(): KnownRegister;
  /** Counts at once; a failed write is reported as a fault, and the agent asks again after the next start. */
  write(register: KnownRegister): Promise<void>;
}

export async function openDeviceRegisterStore(options: {
  readonly directory: string;
  readonly collectorUrl: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}): Promise<DeviceRegisterStore> {
  const { collectorUrl, onFault } = options;
  const opened = await openSmallStore({ ...options, name: 'media-register', schema: storeSchema });
  if (!opened.ok) {
    onFault({
      fault: 'media-register-unreadable',
      subject: opened.error.file,
      reason: `The copy of the school's register cannot be used (${opened.error.kind}).`,
    });
  }
  let known: KnownRegister = { entries: [], answers: [], entityTag: '' };
  if (opened.ok && opened.value.state.found === 'loaded') {
    const { value } = opened.value.state;
    if (value.collectorUrl === collectorUrl) known = { ...value, answers: value.answers ?? [] };
  }
  return {
    read: () => known,
    write: async (register) => {
      known = register;
      if (!opened.ok) return;
      const { entries, answers, entityTag } = register;
      const written = await opened.value.store.write({
        collectorUrl,
        entityTag,
        entries: [...entries],
        answers: [...answers],
      });
      if (written.ok) return;
      onFault({
        fault: 'media-register-not-saved',
        subject: 'media-register.json',
        reason: written.error.reason,
      });
    },
  };
}
