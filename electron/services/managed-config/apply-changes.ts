/** Keeps the configuration of the running agent up to date, as far as each key allows: see `whenApplied`. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { applyWhileRunning, changedKeys, whenApplied } from '../../../shared/config/when-applied.ts';
import type { ManagedConfigPort } from '../../platform/managed-config/managed-config-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { ConfigChanges } from '../feature.ts';
import { type ConfigFollower, followConfig } from './follow-config.ts';
import { keepAsLastGood, type StoreOptions, tellUnusable } from './read-config.ts';

interface Options {
  readonly port: ManagedConfigPort;
  readonly clock: Clock;
  readonly store: StoreOptions;
  /** As read at start. */
  readonly config: ManagedConfig;
  /** Some of what holds for a running agent is now different. Resolves when it is in effect. */
  readonly onChanged: (config: ManagedConfig, changes: ConfigChanges) => Promise<void>;
  readonly log: (line: string) => void;
}

export function startConfig(options: Options): ConfigFollower {
  const { log } = options;
  let running = options.config;
  let lastRead = options.config;

  return followConfig({
    port: options.port,
    clock: options.clock,
    inForce: options.config,
    onRead: async (read, kind) => {
      // Names alone: a value may be a token.
      for (const key of changedKeys(lastRead, read)) log(`config: ${key}: changed: ${whenApplied[key]}`);
      lastRead = read;
      if (kind === 'loaded') await keepAsLastGood(read, options.store);
      const before = running;
      running = applyWhileRunning(before, read);
      const keys = changedKeys(before, running);
      if (keys.length === 0) return;
      await options.onChanged(running, {
        includes: (part) => keys.some((key) => key === part || key.startsWith(`${part}.`)),
        concernGate: keys.some((key) => whenApplied[key] === 'next-decision'),
      });
    },
    onUnusable: (answer) => tellUnusable(answer, options.store),
    onFailed: (reason) =>
      options.store.onFault({
        fault: 'config-not-applied',
        subject: 'configuration',
        reason: `A changed configuration could not be applied before the next start: ${reason}`,
      }),
  });
}
