/** Child processes that never outlive the command that started them, and are waited for with a deadline. */
import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { SetupError } from './setup-error.ts';

export interface RunResult {
  /** `missing`: there is no such program. `timed-out`: it was killed at its deadline. */
  readonly outcome: 'exited' | 'missing' | 'timed-out';
  /** The exit code; 1 where a signal ended it or it never started. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly deadlineMs?: number;
}

/** Programs that `run` is waiting for, so that an interrupted command leaves none behind. */
const running = new Set<ChildProcess>();

/** Adds a program that was started by other means. Returns the function that removes it. */
export const countIn = (child: ChildProcess): (() => void) => {
  running.add(child);
  return () => running.delete(child);
};

/** Ends every program that `run` is waiting for. For a command that was asked to stop. */
export const endRunning = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** Runs a short program to its end and keeps its output. Never throws for a program that fails. */
export const run = (command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
  new Promise((resolve) => {
    const settings = {
      timeout: options.deadlineMs ?? 30_000,
      killSignal: 'SIGKILL' as const,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    };
    const child = execFile(command, [...args], settings, (error, stdout, stderr) => {
      countOut();
      if (error === null) return resolve({ outcome: 'exited', status: 0, stdout, stderr });
      const outcome = error.code === 'ENOENT' ? 'missing' : error.killed === true ? 'timed-out' : 'exited';
      const status = typeof error.code === 'number' ? error.code : 1;
      return resolve({ outcome, status, stdout, stderr });
    });
    const countOut = countIn(child);
    child.stdin?.end();
  });

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line of stdout; without it stdout is passed on to this process's own. */
  readonly onLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
}

interface ExitInfo {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ExitInfo>;
  /** Resolves with the first line of stdout, past or coming, that matches; rejects at the deadline or when the child ends first. */
  waitForLine(pattern: RegExp, deadlineMs: number): Promise<RegExpMatchArray>;
  /** Asks it to end, then kills the whole process group. Resolves when the child is gone. */
  stop(graceMs?: number): Promise<ExitInfo>;
}

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    // The child leads a group of its own, so its helpers (an Electron has six) go with it.
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/** Group leaders that are still alive. */
const leaders = new Set<number>();

const endLeaders = (): void => {
  for (const pid of leaders) signalGroup(pid, 'SIGKILL');
};

/** Ends the children of a command or a test that ends without stopping them. */
const takeAlong = (pid: number): (() => void) => {
  if (leaders.size === 0) process.on('exit', endLeaders);
  leaders.add(pid);
  return () => {
    leaders.delete(pid);
    if (leaders.size === 0) process.off('exit', endLeaders);
  };
};

const readLines = (stream: Readable | null, onLine: (line: string) => void): void => {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', onLine);
};

/** Starts a long-running program in a process group of its own. Throws SetupError when there is no such program. */
export const startChild = async (
  name: string,
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<Child> => {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
  const child: ChildProcess = spawn(command, [...args], {
    stdio,
    detached: process.platform !== 'win32',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const lines: string[] = [];
  const errorLines: string[] = [];
  const watchers = new Set<(line: string) => void>();
  const exited = new Promise<ExitInfo>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  readLines(child.stdout, (line) => {
    lines.push(line);
    if (lines.length > 1000) lines.shift();
    for (const watch of watchers) watch(line);
    if (options.onLine === undefined) process.stdout.write(`${line}\n`);
    else options.onLine(line);
  });
  readLines(child.stderr, (line) => {
    errorLines.push(line);
    if (errorLines.length > 50) errorLines.shift();
    if (options.onErrorLine === undefined) process.stderr.write(`${line}\n`);
    else options.onErrorLine(line);
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new SetupError(
      `${name} could not be started: ${error instanceof Error ? error.message : String(error)}`,
      `Check that ${command} is installed.`,
    );
  }
  const { pid } = child;
  if (pid === undefined) throw new SetupError(`${name} could not be started.`, `Check ${command}.`);
  const leaveBehind = takeAlong(pid);
  let ended = false;
  void exited.then(() => {
    ended = true;
    leaveBehind();
  });

  const waitForLine = (pattern: RegExp, deadlineMs: number): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const past = lines.map((line) => line.match(pattern)).find((match) => match !== null);
      if (past) return resolve(past);
      const said = () => (errorLines.length === 0 ? '' : ` It said:\n${errorLines.slice(-8).join('\n')}`);
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        watchers.delete(watch);
        finish();
      };
      const watch = (line: string) => {
        const match = line.match(pattern);
        if (match !== null) settle(() => resolve(match));
      };
      const timer = setTimeout(() => {
        const seconds = Math.round(deadlineMs / 1000);
        settle(() =>
          reject(
            new SetupError(`${name} was not ready after ${seconds} s.${said()}`, 'Run the command again.'),
          ),
        );
      }, deadlineMs);
      watchers.add(watch);
      void exited.then(({ code, signal }) => {
        settle(() =>
          reject(
            new SetupError(
              `${name} ended before it was ready (${signal ?? `exit code ${code}`}).${said()}`,
              'The lines above say why.',
            ),
          ),
        );
      });
    });

  const stop = async (graceMs = 5000): Promise<ExitInfo> => {
    if (!ended) {
      // Only the leader gets the signal, and ends its own helpers. A browser whose helpers get it first takes that for a
      // crash of theirs, and crashes.
      child.kill('SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    }
    // Helpers that outlived their leader are ours too.
    signalGroup(pid, 'SIGKILL');
    return exited;
  };

  return {
    name,
    pid,
    exited,
    waitForLine,
    stop,
  };
};
