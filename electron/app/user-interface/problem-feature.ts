/** *Report a problem* as a feature: its window is loaded when a user asks for it. */
import type { Refusal } from '../../ipc/register.ts';
import type { AgentContext } from '../../services/agent-context.ts';
import type { Feature } from '../../services/feature.ts';
import type { ProblemWindow } from './problem-window.ts';

export interface ProblemFeature extends Feature {
  open(): void;
}

export function createProblemFeature(
  context: AgentContext,
  onRefused: (refusal: Refusal) => void,
): ProblemFeature {
  let window: ProblemWindow | undefined;
  let isStopped = false;
  const open = async (): Promise<void> => {
    const { startProblem } = await import('./problem-window.ts');
    if (isStopped) return;
    window ??= startProblem({
      pc: {
        platform: context.platform,
        ownFolder: context.folders.profile,
        environment: context.environment,
        agentVersion: context.agentVersion,
        runtime: context.runtimeVersions,
      },
      config: context.config,
      preloadFolder: context.folders.preload,
      language: context.language,
      parties: context.parties,
      report: context.report,
      onRefused,
      log: context.log,
    });
    window.open();
  };
  const stopListening = context.language.onChanged(() => window?.refresh());
  return {
    name: 'problem',
    startsAt: 'gate-settled',
    open: () => void open(),
    start: () => undefined,
    onConfigChanged: () => window?.refresh(),
    stop: () => {
      isStopped = true;
      stopListening();
      window?.stop();
    },
  };
}
