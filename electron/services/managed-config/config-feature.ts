/** The configuration as a feature: changed settings reach every other feature while the agent runs. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { AgentContext } from '../agent-context.ts';
import type { ConfigChanges, Feature } from '../feature.ts';
import type { ConfigFollower } from './follow-config.ts';

interface Options {
  readonly replaceConfig: (config: ManagedConfig) => void;
  /** Resolves when the changes are in effect in every feature. */
  readonly applyChanges: (changes: ConfigChanges) => Promise<void>;
}

/** Last in the list: what is changed must be there, and a login has no need of it. */
export function createConfigFeature(context: AgentContext, options: Options): Feature {
  const { platform, folders, nowUtc, onFault } = context;
  let follower: ConfigFollower | undefined;
  return {
    name: 'managed-config',
    startsAt: 'gate-settled',
    start: async () => {
      const { startConfig } = await import('./apply-changes.ts');
      follower = startConfig({
        port: platform.managedConfig,
        clock: platform.clock,
        store: { directory: folders.local, nowUtc, onFault },
        config: context.config(),
        onChanged: async (config, changes) => {
          options.replaceConfig(config);
          context.statusChanged.emit();
          await options.applyChanges(changes);
          // Once more: the windows and the tray show what the features do now.
          context.statusChanged.emit();
        },
        log: context.log,
      });
      return undefined;
    },
    onSystem: (change) => {
      if (change === 'resumed' || change === 'unlocked') follower?.check();
    },
    stop: () => follower?.stop(),
  };
}
