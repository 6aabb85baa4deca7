/** Starts the policies' service with what the agent's context knows. */
import { join } from 'node:path';
import type { AgentContext } from '../agent-context.ts';
import { expandVariables } from '../managed-config/expand-variables.ts';
import type { PersonStoreFeature } from '../person-store/person-store-feature.ts';
import { createPoliciesService, type Policies } from './policies-service.ts';

export function startPolicies(context: AgentContext, personStore: PersonStoreFeature): Policies {
  const { config, folders } = context;
  return createPoliciesService({
    config: config(),
    appliesAtOnce: () => config().policy.applyNewVersion === 'at-once',
    schoolDirectory: expandVariables(config().policy.directory, context.environment),
    shippedDirectory: join(folders.assets, 'policies'),
    ownDirectory: folders.local,
    stateDirectory: () => personStore.stateFolder()?.directory ?? folders.profile,
    clock: context.platform.clock,
    fetch: context.collectorFetch,
    onFault: context.onFault,
  });
}
