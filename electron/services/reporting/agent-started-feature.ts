/** Reports once a run that the agent has started, and what it can do on this PC. */
import type { AgentContext } from '../agent-context.ts';
import type { Feature } from '../feature.ts';
import type { PersonStoreFeature } from '../person-store/person-store-feature.ts';

export function createAgentStartedFeature(
  context: AgentContext,
  personStore: Pick<PersonStoreFeature, 'state' | 'opened'>,
): Feature {
  let hasStarted = false;
  let isReported = false;
  const report = async (): Promise<undefined> => {
    const account = context.account();
    if (!hasStarted || isReported || personStore.state() === undefined || account === undefined) return;
    isReported = true;
    await context.report({
      type: 'porthor.agent.started.v1',
      subject: context.machine.id,
      data: {
        agentVersion: context.agentVersion,
        runtime: context.runtimeVersions,
        machine: context.machine,
        account,
        capabilities: [...context.capabilities()],
      },
    });
  };
  // A person store that could not be opened at the start may open later.
  const stopListening = personStore.opened.subscribe(() => void report());
  return {
    name: 'agent-started',
    startsAt: 'gate-settled',
    start: () => {
      hasStarted = true;
      return report();
    },
    stop: stopListening,
  };
}
