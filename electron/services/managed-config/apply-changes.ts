/** Keeps the configuration of the running agent up to date, as far as each setting applies while it runs. */
import { applyWhileRunning, findChanges } from '../../../shared/config/config-changes.ts';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { ManagedConfigPort } from '../../platform/managed-config/managed-config-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { ConfigChanges } from '../feature.ts';
import { type ConfigFollower, followConfig } from './follow-config.ts';
import { keepAsLastGood, reportUnusable, type StoreOptions } from './read-config.ts';

interface Options {
  readonly port: ManagedConfigPort;
  readonly clock: Clock;
  readonly store: StoreOptions;
  /** As read when the agent started. */
  readonly config: ManagedConfig;
  /** Settings that apply while the agent runs have changed. Resolves when they are in effect. */
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
      for (const { key, applies } of findChanges(lastRead, read)) log(`config: ${key}: changed: ${applies}`);
      lastRead = read;
      if (kind === 'loaded') await keepAsLastGood(read, options.store);
      const before = running;
      running = applyWhileRunning(before, read);
      const changes = findChanges(before, running);
      if (changes.length === 0) return;
      await options.onChanged(running, {
        includes: (part) => changes.some(({ key }) => key === part || key.startsWith(`${part}.`)),
        concernGate: changes.some(({ applies }) => applies === 'next-decision'),
      });
    },
    onUnusable: (answer) => reportUnusable(answer, options.store),
    onFailed: (reason) =>
      options.store.onFault({
        fault: 'config-not-applied',
        subject: 'configuration',
        reason: `A changed configuration could not be applied before the next login: ${reason}`,
      }),
  });
}
