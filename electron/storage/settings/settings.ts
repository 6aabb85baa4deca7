/** What the agent remembers between runs that is neither evidence nor identity. */
import { z } from 'zod';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import type { OpenStorageFile } from '../durable-file.ts';
import { openSmallStore, type SmallStoreProblem } from '../small-store.ts';
import type { StorageFault, WriteProblem } from '../storage-fault.ts';

const settingsSchema = z.strictObject({
  /** Nothing is sent to the collector before this time. */
  sendNotBefore: z.iso.datetime().optional(),
  /** Since when the system has refused to give the agent's key back, at every start. */
  identityLockedSince: z.iso.datetime().optional(),
  /** Crashes of the agent or its page in front of a shut gate, within one login session. */
  gateCrashes: z
    .strictObject({
      loginId: z.string().max(256),
      at: z.array(z.iso.datetime()).max(100),
      /** Stands while the gate is shut and the agent runs; found at a start, the run before was cut off. */
      shutSince: z.iso.datetime().optional(),
      /** How the gate was opened in this login: it stays so when the agent starts again, by acceptance only with receipts. */
      openedBy: z.enum(['break-glass', 'crash-limit', 'receipt', 'known-to-collector']).optional(),
    })
    .optional(),
  /** What the idle sensor has shown so far, over many short sessions. */
  idleSensor: z
    .strictObject({
      usedSeconds: z.number().min(0),
      readings: z.int().min(0),
      highestIdleSeconds: z.number().min(0),
    })
    .optional(),
});
type Settings = z.infer<typeof settingsSchema>;

export type SettingsStore = {
  current(): Settings;
  /** `change` sees the newest settings. The new ones count at once; the answer tells whether they are on disk. */
  update(change: (current: Settings) => Settings): Promise<Result<undefined, WriteProblem>>;
};

export async function openSettings(options: {
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
  readonly openFile?: OpenStorageFile;
}): Promise<Result<SettingsStore, SmallStoreProblem>> {
  const opened = await openSmallStore({ ...options, name: 'settings', schema: settingsSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  let settings = state.found === 'loaded' ? state.value : settingsSchema.parse({});
  return succeed({
    current: () => settings,
    update(change) {
      settings = change(settings);
      return store.write(settings);
    },
  });
}
