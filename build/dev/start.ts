/** `npm start`: the main job on this machine. Runtime, build, display, collector, agent; Ctrl+C ends all of it. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureConsole } from '../bundle/build-console.ts';
import { endRunning } from '../runtime/child.ts';
import { projectRoot, scratchFolder } from '../runtime/paths.ts';
import { printProgress } from '../runtime/progress.ts';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { prepareAgent } from './agent-command.ts';
import { Interrupted, runDemo, unlessInterrupted } from './demo.ts';
import { ensureDisplay, type UsableDisplay } from './display.ts';

export interface StartOptions {
  readonly port: number;
  /** Forget what was accepted and collected in earlier demonstrations. */
  readonly fresh: boolean;
}

const defaultPort = 8437;
const usage = 'Use: npm start -- [--port N] [--fresh]';

/** Throws SetupError for what it does not know. */
export const parseStartOptions = (args: readonly string[]): StartOptions => {
  let values: { readonly port?: string; readonly fresh?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, fresh: { type: 'boolean' } },
    }));
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), usage);
  }
  const port = values.port === undefined ? defaultPort : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port === '') {
    throw new SetupError(`--port ${values.port ?? ''} is not a port.`, usage);
  }
  return { port, fresh: values.fresh ?? false };
};

const portAdvice = (error: unknown): unknown =>
  error instanceof SetupError && /EADDRINUSE|in use|is taken/i.test(error.message)
    ? new SetupError(error.message, 'To let the system pick a free port: npm start -- --port 0')
    : error;

const main = async (): Promise<number> => {
  const { port, fresh } = parseStartOptions(process.argv.slice(2));
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);

  const collectorFolder = path.join(scratchFolder, 'collector');
  const collectorScript = path.join(projectRoot, 'collector/src/cli.ts');
  const profileFolder = path.join(scratchFolder, 'demo-profile');
  let starting: Promise<UsableDisplay> | undefined;
  try {
    if (fresh) {
      for (const folder of [collectorFolder, profileFolder, path.join(scratchFolder, 'demo-state')]) {
        await rm(folder, { recursive: true, force: true });
      }
    }
    const agent = await unlessInterrupted(prepareAgent([]), controller.signal);
    await unlessInterrupted(ensureConsole(), controller.signal);
    starting = ensureDisplay();
    const display = await unlessInterrupted(starting, controller.signal);
    printProgress(display.description);
    return await runDemo(
      {
        collector: {
          command: process.execPath,
          args: [
            collectorScript,
            'serve',
            '--data',
            collectorFolder,
            '--port',
            String(port),
            '--console-address',
          ],
        },
        createToken: {
          command: process.execPath,
          args: [collectorScript, 'token', 'create', '--data', collectorFolder],
        },
        agent: (configFile) => ({
          command: agent.command,
          // A browser profile of its own: nothing of the demonstration stays outside this folder, and an agent that
          // is installed on this PC does not notice it.
          args: [`--user-data-dir=${profileFolder}`, ...agent.args, '--config', configFile, '--demo'],
        }),
        display,
        folder: scratchFolder,
        print: printProgress,
      },
      controller.signal,
    );
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw portAdvice(error);
  } finally {
    if (controller.signal.aborted) endRunning();
    // A display that was still starting when the person interrupted is ended as well.
    const display = await starting?.catch(() => undefined);
    await display?.virtual?.stop();
    for (const signal of signals) process.off(signal, interrupt);
  }
};

if (import.meta.main) await runMain(main);
