/** Starts an app folder in the real Electron on a given display, under Playwright's control, and really ends it. */
import { readFileSync, watch } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication } from '@playwright/test';
import type { Display } from '../../build/dev/display.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';

export interface LaunchOptions {
  /** The folder with the app's package.json, or its main file. */
  readonly app: string;
  readonly display: Display;
  /** The app's own flags: `['--config', file, '--demo']`. */
  readonly args?: readonly string[];
  /** Flags of Electron and Chromium. */
  readonly electronFlags?: readonly string[];
  /** Added to the display's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Chromium's profile; a new one, removed by `close`, where none is given. Give one to start the same agent again. */
  readonly userDataFolder?: string;
  readonly cwd?: string;
  /** Starts it as this user of the system, who must be able to read `app` and to write `userDataFolder`. Root only. */
  readonly userId?: number;
  readonly deadlineMs?: number;
}

export interface LaunchedElectron {
  readonly app: ElectronApplication;
  /** The main process. */
  readonly pid: number;
  /** All of its stdout so far, then what came on stderr since it was ready. */
  output(): string;
  /** Resolves with the first line of stdout, past or coming, that matches. */
  waitForOutput(pattern: RegExp, deadlineMs?: number): Promise<RegExpMatchArray>;
  /** Resolves when the main process is gone, with its exit code and signal. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** How the main process ended; undefined while it runs. */
  end(): string | undefined;
  /** Ends the main process as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end, kills it after `graceMs`, and waits until all its processes are gone. Safe to call twice. */
  close(graceMs?: number): Promise<void>;
}

const readyWithinMs = 30_000;
const closeGraceMs = 3000;

const definedOnly = (env: NodeJS.ProcessEnv): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) result[name] = value;
  return result;
};

const before = <T>(work: Promise<T>, deadlineMs: number, onDeadline: () => void): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      onDeadline();
      resolve(undefined);
    }, deadlineMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });

const collectedAnswer = 'Resulting promise was garbage collected';
const triesPerEvaluation = 4;

/**
 * Asks again when V8 has collected the promise of an evaluation: its inspector holds that promise weakly (Playwright 1.65
 * issue 33737), and the agent collects its memory some seconds after its windows are gone. What a call does may then
 * happen twice, which a test notices; without this it fails for certain.
 */
const retryCollectedAnswers = (app: ElectronApplication): void => {
  const evaluate = app.evaluate.bind(app) as (...values: readonly unknown[]) => Promise<unknown>;
  const evaluateAgain = async (...values: readonly unknown[]): Promise<unknown> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await evaluate(...values);
      } catch (error) {
        if (tries >= triesPerEvaluation || !String(error).includes(collectedAnswer)) throw error;
      }
    }
  };
  Object.assign(app, { evaluate: evaluateAgain });
};

/** Starts it and waits until its main process answers. */
export const launchElectron = async (options: LaunchOptions): Promise<LaunchedElectron> => {
  const runtime = await ensureRuntime();
  const ownFolder = await mkdtemp(path.join(tmpdir(), 'porthor-electron-'));
  const removeOwnFolder = () => rm(ownFolder, { recursive: true, force: true, maxRetries: 5 });
  const userDataFolder = options.userDataFolder ?? path.join(ownFolder, 'profile');
  // Playwright consumes the first lines before it hands the process over. Written to a file, no line is lost,
  // whatever kills the process. `exec` keeps the process id.
  const stdoutFile = path.join(ownFolder, 'stdout.log');
  const launcher = path.join(ownFolder, 'electron.sh');
  await writeFile(stdoutFile, '');
  const { userId } = options;
  const asUser = userId === undefined ? '' : `setpriv --reuid=${userId} --regid=${userId} --clear-groups `;
  const command = `exec ${asUser}'${runtime.executablePath}' "$@" >>'${stdoutFile}'`;
  await writeFile(launcher, `#!/bin/sh\n${command}\n`, { mode: 0o700 });

  let app: ElectronApplication;
  try {
    app = await _electron.launch({
      executablePath: launcher,
      // Flags for Electron and Chromium go before the app's folder, the app's own after it.
      args: [
        ...runtime.launchArgs,
        ...(options.electronFlags ?? []),
        `--user-data-dir=${userDataFolder}`,
        options.app,
        ...(options.args ?? []),
      ],
      env: { ...definedOnly(options.display.env), ...options.env },
      timeout: options.deadlineMs ?? readyWithinMs,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
  } catch (error) {
    await removeOwnFolder();
    throw error;
  }

  retryCollectedAnswers(app);
  const child = app.process();
  const { pid } = child;
  if (pid === undefined) throw new Error('electron: the main process has no id');

  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const watchers = new Set<() => void>();
  const stdoutWatch = watch(stdoutFile, () => {
    for (const look of watchers) look();
  });
  let finalStdout: string | undefined;
  const readStdout = () => finalStdout ?? readFileSync(stdoutFile, 'utf8');
  const output = () => `${readStdout()}${stderr}`;

  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode });
    } else child.once('exit', (code, signal) => resolve({ code, signal }));
  });

  const waitForOutput = (pattern: RegExp, deadlineMs = readyWithinMs): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        watchers.delete(look);
        finish();
      };
      const look = () => {
        const match = readStdout()
          .split('\n')
          .map((line) => line.match(pattern))
          .find((found) => found !== null);
        if (match) settle(() => resolve(match));
      };
      const fail = (why: string) =>
        settle(() =>
          reject(new Error(`electron: waiting for ${String(pattern)}: ${why}. It printed:\n${output()}`)),
        );
      const timer = setTimeout(() => fail(`nothing in ${deadlineMs} ms`), deadlineMs);
      watchers.add(look);
      look();
      void exited.then(() => {
        look();
        fail('it ended');
      });
    });

  const endGroup = () => {
    try {
      // Playwright starts the browser as the leader of a process group; its helpers die with the group.
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  };

  let closing: Promise<void> | undefined;
  const close = (graceMs = closeGraceMs): Promise<void> => {
    closing ??= (async () => {
      // An agent that guards its windows may refuse to close, so a deadline kills it.
      await before(
        app.close().catch(() => undefined),
        graceMs,
        endGroup,
      );
      endGroup();
      await exited;
      stdoutWatch.close();
      finalStdout = readStdout();
      await removeOwnFolder();
    })();
    return closing;
  };

  return {
    app,
    pid,
    output,
    waitForOutput,
    exited,
    end: () => {
      if (child.exitCode === null && child.signalCode === null) return undefined;
      return `ended: ${child.signalCode ?? `exit code ${child.exitCode}`}`;
    },
    kill: async () => {
      endGroup();
      await exited;
    },
    close,
  };
};
