/** The demonstration: a collector, the agent that reports to it, and the end of both together. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Child, run, startChild } from '../runtime/child.ts';
import type { Print } from '../runtime/progress.ts';
import { SetupError } from '../runtime/setup-error.ts';
import type { Display, UsableDisplay } from './display.ts';

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

export interface DemoParts {
  /** Serves the collector; prints `listening on <address>` when it is ready, and `console <address>`. */
  readonly collector: Command;
  /** Prints an enrolment token. */
  readonly createToken: Command;
  /** The agent for a configuration file; prints `gate painted <ms>` when the gate is on the screen. */
  agent(configFile: string): Command;
  readonly display: UsableDisplay;
  /** Where configuration, agent state and screenshots go. */
  readonly folder: string;
  readonly deadlines?: { readonly collectorMs: number; readonly gateMs: number };
  readonly print: Print;
}

/** What the person did: Ctrl+C, or the terminal was closed. */
export class Interrupted extends Error {}

/** Waits for `work` unless the person interrupts first. */
export const unlessInterrupted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(new Interrupted('interrupted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

/** The managed configuration of the demonstration: a school that does not exist, with a number kept free for fiction. */
const demoConfig = (collectorUrl: string, enrolmentToken: string, stateDirectory: string): object => ({
  siteName: 'Ysgol Enghraifft',
  collectorUrl,
  enrolmentToken,
  stateDirectory,
  contact: {
    name: 'Mair Enghraifft',
    phone: '01632 960123',
    email: 'office@school.example',
    place: 'Main entrance',
  },
});

/** Chromium's own log lines: on a virtual display they only miss services that are not there. */
export const isChromiumNoise = (line: string): boolean =>
  /^\[\d+(:\d+)?:\d{4}\/\d+\.\d+:(INFO|WARNING|ERROR|VERBOSE\d*):/.test(line);

const startCollector = async (
  parts: DemoParts,
  started: (child: Child) => void,
  signal: AbortSignal,
): Promise<{
  readonly child: Child;
  readonly address: string;
  readonly consoleAddress: string | undefined;
}> => {
  const { collector, print } = parts;
  const child = await startChild('The collector', collector.command, collector.args, {
    onLine: () => undefined,
    onErrorLine: (line) => print(`collector: ${line}`),
  });
  started(child);
  const deadlineMs = parts.deadlines?.collectorMs ?? 30_000;
  const [, address = ''] = await unlessInterrupted(
    child.waitForLine(/^listening on (\S+)/, deadlineMs),
    signal,
  );
  const consoleLine = await unlessInterrupted(
    child.waitForLine(/^console (\S+)/, 2000).catch(() => undefined),
    signal,
  );
  return { child, address, consoleAddress: consoleLine?.[1] };
};

const createToken = async ({ command, args }: Command): Promise<string> => {
  const result = await run(command, args);
  const token = result.stdout.trim().split('\n').at(-1) ?? '';
  if (result.status === 0 && token !== '') return token;
  throw new SetupError(
    `The collector gave no enrolment token (${result.outcome}).\n${result.stderr.trim()}`,
    'The lines above say why.',
  );
};

/**
 * The page says that it has painted a little before the X server has the picture, so that one taken at once may show
 * the screen before it.
 */
const screenshotWhenStill = async (display: Display, file: string): Promise<void> => {
  let last: Buffer | undefined;
  for (let shot = 0; shot < 10; shot += 1) {
    await display.screenshot(file);
    const next = await readFile(file);
    if (last?.equals(next) === true) return;
    last = next;
    await wait(1000);
  }
};

const showGate = async (parts: DemoParts, agent: Child, signal: AbortSignal): Promise<void> => {
  const { print, display, folder } = parts;
  const deadlineMs = parts.deadlines?.gateMs ?? 60_000;
  const outcome = await unlessInterrupted(
    Promise.race([
      agent.exited.then(() => 'ended' as const),
      agent.waitForLine(/^gate (?:painted \d+|open \S+)/, deadlineMs).then(
        ([line]) => (line.startsWith('gate open') ? ('open' as const) : ('painted' as const)),
        () => 'no-gate' as const,
      ),
    ]),
    signal,
  );
  if (outcome === 'ended') return;
  print(
    {
      painted: 'The gate is on the screen.',
      // An account that has accepted already is shown no gate: a fact to state, not an end to make.
      open: 'This account has accepted already, so no gate is shown. `npm start -- --fresh` begins anew.',
      'no-gate': `No gate appeared within ${deadlineMs / 1000} seconds. The lines above may say why.`,
    }[outcome],
  );
  if (display.virtual === undefined) return;
  const file = path.join(folder, 'screenshots', 'gate.png');
  await mkdir(path.dirname(file), { recursive: true });
  await screenshotWhenStill(display.virtual, file);
  print(`What the virtual display shows: ${file}`);
};

/**
 * Runs until the agent ends, the collector ends, or the person interrupts; then ends what is left, agent first.
 * Answers the exit code. Throws SetupError for what a person can put right.
 */
export const runDemo = async (parts: DemoParts, signal: AbortSignal): Promise<number> => {
  const { print, folder, display } = parts;
  const children: Child[] = [];
  let stopping = false;
  const started = (child: Child) => children.push(child);
  try {
    await mkdir(folder, { recursive: true });
    const collector = await startCollector(parts, started, signal);
    print(`Collector: ${collector.address}`);
    if (collector.consoleAddress !== undefined) print(`Its console, good once: ${collector.consoleAddress}`);

    const token = await unlessInterrupted(createToken(parts.createToken), signal);
    const configFile = path.join(folder, 'demo-config.json');
    const config = demoConfig(collector.address, token, path.join(folder, 'demo-state'));
    await writeFile(configFile, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });

    const agentCommand = parts.agent(configFile);
    const agent = await startChild('The agent', agentCommand.command, agentCommand.args, {
      env: display.env,
      onLine: (line) => print(`agent: ${line}`),
      onErrorLine: (line) => {
        if (!isChromiumNoise(line) && line.trim() !== '') print(`agent: ${line}`);
      },
    });
    started(agent);
    // Once this command ends them itself, their end is no news.
    const tell = (line: string) => {
      if (!stopping) print(line);
    };
    const ended = Promise.race([
      agent.exited.then(({ code, signal: by }) => {
        tell(
          code === 0
            ? 'The agent has ended.'
            : `The agent ended unexpectedly (${by ?? `exit code ${code}`}).`,
        );
        return code === 0 ? 0 : 1;
      }),
      collector.child.exited.then(({ code, signal: by }) => {
        tell(`The collector ended unexpectedly (${by ?? `exit code ${code}`}).`);
        return 1;
      }),
    ]);
    const early = await unlessInterrupted(Promise.race([showGate(parts, agent, signal), ended]), signal);
    if (early !== undefined) return early;
    print('Ctrl+C ends all of it.');
    return await unlessInterrupted(ended, signal);
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  } finally {
    stopping = true;
    for (const child of children.reverse()) await child.stop();
  }
};
