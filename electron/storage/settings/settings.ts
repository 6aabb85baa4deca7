/** What the agent remembers between runs, except evidence and identity. */
import { z } from 'zod';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import type { OpenStorageFile } from '../durable-file.ts';
import { openSmallStore, type SmallStoreProblem } from '../small-store.ts';
import type { StorageFault, WriteProblem } from '../storage-fault.ts';

const settingsSchema = z.strictObject({
  /** The agent sends nothing to the collector before this time. */
  sendNotBefore: z.iso.datetime().optional(),
  /** Versions of agent and collector between which the acknowledgements in `refused.log` were offered last. */
  offeredRefusedTo: z.string().max(256).optional(),
  /** Since this time the system has refused the agent's key at every start. */
  identityLockedSince: z.iso.datetime().optional(),
  /** Crashes of the agent or its page while the gate was shut, within one login session. */
  gateCrashes: z
    .strictObject({
      loginId: z.string().max(256),
      at: z.array(z.iso.datetime()).max(100),
      /** Set while the gate is shut and the agent runs; if a start finds it, the previous run was cut off. */
      shutSince: z.iso.datetime().optional(),
      /** How the gate opened in this login. It stays open when the agent restarts; after an acceptance only with receipts. */
      openedBy: z.enum(['break-glass', 'crash-limit', 'receipt', 'known-to-collector']).optional(),
    })
    .optional(),
  /** What the idle sensor has measured so far, over many short sessions. */
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
  /** `change` gets the newest settings. The new ones apply at once; the result says whether they are on disk. */
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
