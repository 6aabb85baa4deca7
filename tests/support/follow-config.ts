/** Follows the configuration like the agent, over any port, and records every effect. */

import type { ManagedConfigPort } from '../../electron/platform/managed-config/managed-config-port.ts';
import { type Clock, createSystemClock } from '../../electron/platform/time/clock.ts';
import { startConfig } from '../../electron/services/managed-config/apply-changes.ts';
import { readConfig } from '../../electron/services/managed-config/read-config.ts';
import type { StorageFault } from '../../electron/storage/storage-fault.ts';
import type { ManagedConfig } from '../../shared/config/managed-config.ts';

export interface FollowedConfig {
  /** As it was read first. */
  readonly config: ManagedConfig;
  /** The configurations that the agent got, in turn. */
  readonly running: readonly ManagedConfig[];
  /** How often the agent had to decide about the gate again. */
  gateDecisions(): number;
  readonly faults: readonly StorageFault[];
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** `folder` is where the last good configuration is kept. */
export async function followConfig(
  port: ManagedConfigPort,
  clock: Clock,
  folder: string,
): Promise<FollowedConfig> {
  const running: ManagedConfig[] = [];
  const faults: StorageFault[] = [];
  const log: string[] = [];
  let gateDecisions = 0;
  const store = {
    directory: folder,
    nowUtc: createSystemClock().nowUtc,
    onFault: (fault: StorageFault) => void faults.push(fault),
  };
  const config = await readConfig(port, store);
  const follower = startConfig({
    port,
    clock,
    store,
    config,
    onChanged: (changed, changes) => {
      running.push(changed);
      if (changes.concernGate) gateDecisions += 1;
      return Promise.resolve();
    },
    log: (line) => void log.push(line),
  });
  return { config, running, gateDecisions: () => gateDecisions, faults, log, stop: follower.stop };
}
