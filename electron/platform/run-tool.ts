/** Runs a small tool of the system to its end: no shell, a deadline, and a search path that the person cannot bend. */
import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { describeError } from './describe-error.ts';

export type ToolAnswer =
  | { readonly kind: 'done'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'late'; readonly reason: string };

export interface ToolOptions {
  readonly deadlineMs: number;
  /** Added to the bare environment that every tool gets; nothing else of our own is passed on. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** System folders only: a program of the same name in a user's home is not the system's own. */
const systemFolders: readonly string[] = [
  '/usr/bin',
  '/bin',
  '/usr/sbin',
  '/sbin',
  '/run/current-system/sw/bin',
];

const maximumOutputBytes = 1024 * 1024;

export function findSystemTool(name: string): string | undefined {
  for (const folder of systemFolders) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder: the next one is asked.
    }
  }
  return undefined;
}

/** Never rejects. A tool that is late is killed, and the answer does not wait for its end. */
export function runTool(
  name: string,
  toolArguments: readonly string[],
  options: ToolOptions,
): Promise<ToolAnswer> {
  const file = findSystemTool(name);
  return file === undefined
    ? Promise.resolve({ kind: 'missing', reason: `${name} is not installed` })
    : runProgram(file, toolArguments, options);
}

/** The same for a program whose full path the caller knows. */
export function runProgram(
  file: string,
  toolArguments: readonly string[],
  options: ToolOptions,
): Promise<ToolAnswer> {
  const name = path.basename(file);
  return new Promise((resolve) => {
    const child = execFile(
      file,
      [...toolArguments],
      {
        encoding: 'utf8',
        maxBuffer: maximumOutputBytes,
        windowsHide: true,
        env: bareEnvironment(options),
      },
      (error, stdout, stderr) => {
        clearTimeout(timer);
        if (error === null) resolve({ kind: 'done', exitCode: 0, stdout, stderr });
        else if (typeof error.code === 'number')
          resolve({ kind: 'done', exitCode: error.code, stdout, stderr });
        else resolve({ kind: 'missing', reason: `${name}: ${describeError(error)}` });
      },
    );
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ kind: 'late', reason: `${name} gave no answer within ${options.deadlineMs} ms` });
    }, options.deadlineMs);
  });
}

/**
 * The same, and the whole process waits for it: only for a moment in which the system waits for the process. Never
 * throws.
 */
export function runToolAtOnce(
  name: string,
  toolArguments: readonly string[],
  options: ToolOptions,
): ToolAnswer {
  const file = findSystemTool(name);
  if (file === undefined) return { kind: 'missing', reason: `${name} is not installed` };
  const { error, status, stdout, stderr } = spawnSync(file, [...toolArguments], {
    encoding: 'utf8',
    maxBuffer: maximumOutputBytes,
    windowsHide: true,
    timeout: options.deadlineMs,
    killSignal: 'SIGKILL',
    env: bareEnvironment(options),
  });
  if (error !== undefined) {
    return 'code' in error && error.code === 'ETIMEDOUT'
      ? { kind: 'late', reason: `${name} gave no answer within ${options.deadlineMs} ms` }
      : { kind: 'missing', reason: `${name}: ${describeError(error)}` };
  }
  return { kind: 'done', exitCode: status ?? 1, stdout, stderr };
}

function bareEnvironment(options: ToolOptions): Record<string, string> {
  return { PATH: systemFolders.join(':'), LC_ALL: 'C', ...options.environment };
}
