/** What the agent can do on this system as a whole, and whether a watchdog restarts a dead agent. */
import type { AgentContext } from '../services/agent-context.ts';
import type { Feature } from '../services/feature.ts';
import { describeWatchdog } from './command-line.ts';

export interface SystemFeature extends Feature {
  /** A watchdog has found this agent alive, and checks again after this time. */
  noteWatchdog(watchdogDelaySeconds: number): void;
}

export function createSystemFeature(context: AgentContext, startedAfterSeconds: number): SystemFeature {
  const { account, machine, session, lock, managedConfig } = context.platform;
  let watchdogDelaySeconds = startedAfterSeconds;
  return {
    name: 'system',
    startsAt: 'login',
    start: () => undefined,
    capabilities: () => [
      describeWatchdog(watchdogDelaySeconds),
      account.capability(),
      machine.capability(),
      session.capability(),
      lock.capability(),
      managedConfig.capability(),
    ],
    noteWatchdog: (seconds) => {
      if (seconds === watchdogDelaySeconds) return;
      watchdogDelaySeconds = seconds;
      context.statusChanged.emit();
    },
  };
}
