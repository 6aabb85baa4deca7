/** Starts an app in the real Electron as `npm run agent` does, without any tool attached, and notes when it says what. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Child, startChild } from '../../../build/runtime/child.ts';
import type { Runtime } from '../../../build/runtime/ensure-runtime.ts';

const sayWithinMs = 60_000;

export interface Program {
  readonly child: Child;
  /** From just before the process was started to the moment its line was read. */
  readonly elapsedMs: number;
}

export interface ProgramOptions {
  readonly runtime: Runtime;
  readonly env: NodeJS.ProcessEnv;
  /** Chromium's profile, which is also where the agent keeps what it knows. */
  readonly profileFolder: string;
  readonly app: string;
  readonly args: readonly string[];
  /** The line of stdout to wait for. */
  readonly says: RegExp;
}

/**
 * The clock is that of the parent of both programs: the system gives a process the time of its own start in whole
 * seconds only. The caller stops the child.
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { runtime, env, profileFolder, app, args, says } = options;
  const startedAtMs = performance.now();
  const child = await startChild(
    app,
    runtime.executablePath,
    [...runtime.launchArgs, `--user-data-dir=${profileFolder}`, app, ...args],
    { env, onLine: () => undefined, onErrorLine: () => undefined },
  );
  try {
    await child.waitForLine(says, sayWithinMs);
    return { child, elapsedMs: performance.now() - startedAtMs };
  } catch (error) {
    await child.stop(0);
    throw error;
  }
}

/** Gives `work` a folder of its own and removes it afterwards. */
export async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
