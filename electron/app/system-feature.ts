/** What the agent can do with this system as a whole, and whether a watchdog restarts a dead agent. */
import type { AgentContext } from '../services/agent-context.ts';
import type { Feature } from '../services/feature.ts';
import { describeKeeper } from './command-line.ts';

export interface SystemFeature extends Feature {
  /** A watchdog has found this agent alive, and looks again after this time. */
  noteKeeper(keptAfterSeconds: number): void;
}

export function createSystemFeature(context: AgentContext, startedAfterSeconds: number): SystemFeature {
  const { account, machine, session, lock, managedConfig } = context.platform;
  let keptAfterSeconds = startedAfterSeconds;
  return {
    name: 'system',
    startsAt: 'login',
    start: () => undefined,
    capabilities: () => [
      describeKeeper(keptAfterSeconds),
      account.capability(),
      machine.capability(),
      session.capability(),
      lock.capability(),
      managedConfig.capability(),
    ],
    noteKeeper: (seconds) => {
      if (seconds === keptAfterSeconds) return;
      keptAfterSeconds = seconds;
      context.statusChanged.emit();
    },
  };
}
