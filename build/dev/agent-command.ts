/** What starts the unpackaged agent: the runtime, a build that is not stale, and the command line of both. */

import { isBuildFresh } from '../bundle/build.ts';
import { run } from '../runtime/child.ts';
import { describeRuntime, ensureRuntime } from '../runtime/ensure-runtime.ts';
import { projectRoot } from '../runtime/paths.ts';
import { printProgress, step } from '../runtime/progress.ts';
import { SetupError } from '../runtime/setup-error.ts';

export interface AgentCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Builds when the last build is absent or older than the sources. */
export const ensureBuild = async (): Promise<void> => {
  if (await isBuildFresh()) return;
  // In a process of its own: a bundler's memory has no place in a command that then runs for hours.
  const result = await step('Building the agent', () =>
    run(process.execPath, ['build/bundle/build.ts'], { cwd: projectRoot, deadlineMs: 300_000 }),
  );
  if (result.status === 0) return;
  throw new SetupError(
    `The agent could not be built.\n${`${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-20).join('\n')}`,
    'Put right what the lines above name, then run the command again.',
  );
};

/** Makes sure of everything the agent needs except a display, and says which runtime was taken. */
export const prepareAgent = async (agentArguments: readonly string[]): Promise<AgentCommand> => {
  const runtime = await ensureRuntime();
  printProgress(describeRuntime(runtime));
  await ensureBuild();
  return { command: runtime.executablePath, args: [...runtime.launchArgs, projectRoot, ...agentArguments] };
};
