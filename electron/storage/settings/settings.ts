/** What the agent remembers between runs that is neither evidence nor identity. */
import { z } from 'zod';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import type { OpenStorageFile } from '../durable-file.ts';
import { openSmallStore, type SmallStoreProblem } from '../small-store.ts';
import type { StorageFault, WriteProblem } from '../storage-fault.ts';

const settingsSchema = z.strictObject({
  /** The managed configuration that was last read without a fault, as the document it was; parsed again when used. */
  lastGoodConfig: z.record(z.string(), z.unknown()).optional(),
  /** Nothing is sent to the collector before this time. */
  sendNotBefore: z.iso.datetime().optional(),
  breakGlass: z
    .strictObject({ failedAttempts: z.int().min(0), lastAttemptAt: z.iso.datetime().optional() })
    .default({ failedAttempts: 0 }),
  /** When the agent started and had not ended in order before. */
  crashedAt: z.array(z.iso.datetime()).max(100).default([]),
  /** Stands while the agent runs; found at a start, the run before it did not end in order. */
  runningSince: z.iso.datetime().optional(),
  /** Stands in for the machine's name where the system has none to give. */
  fallbackMachineId: z.string().min(1).max(256).optional(),
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
