/** Runs the collector's command line as an administrator does, in a process of its own. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const cliFile = fileURLToPath(new URL('../../../collector/src/cli.ts', import.meta.url));
const deadlineMs = 30_000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for the end of a command; one that does not end is killed and has no code. */
export async function runCollector(...args: readonly string[]): Promise<Finished> {
  return finished(process.execPath, [cliFile, ...args]);
}

/** The same on a disk that accepts no more bytes. */
export async function runCollectorOnFullDisk(...args: readonly string[]): Promise<Finished> {
  return finished('/bin/sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, cliFile, ...args]);
}

async function finished(program: string, args: readonly string[]): Promise<Finished> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

export interface Served {
  readonly address: string;
  /** The printed lines, up to and including the awaited one. */
  readonly printed: readonly string[];
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts `serve` and waits for the line that starts with `until`. `shell` may set limits before the program runs; `compileCache` is a folder that speeds up the next start. */
export async function serve(
  args: readonly string[],
  options: {
    readonly until?: string;
    readonly shell?: string;
    readonly compileCache?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Served> {
  const spawnOptions: SpawnOptions = {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...options.env,
      ...(options.compileCache === undefined ? {} : { NODE_COMPILE_CACHE: options.compileCache }),
    },
  };
  const command = [process.execPath, cliFile, 'serve', ...args];
  const child: ChildProcess =
    options.shell === undefined
      ? spawn(process.execPath, command.slice(1), spawnOptions)
      : spawn('/bin/sh', ['-c', `${options.shell}; exec "$@"`, 'sh', ...command], spawnOptions);
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const closed = once(child, 'close') as Promise<[number | null]>;
  const stderr = text(child.stderr);
  const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  const printed: string[] = [];
  let address = '';
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      printed.push(line);
      address = /^listening on (.+)$/u.exec(line)?.[1] ?? address;
      if (line.startsWith(options.until ?? 'listening on ')) break;
    }
  } finally {
    clearTimeout(deadline);
  }
  if (address === '') throw new Error(`it did not start: ${await stderr}`);
  // Further output is not read, and must not block the process.
  child.stdout.resume();
  return {
    address,
    printed,
    async end(signal) {
      child.kill(signal);
      const lateDeadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      const [code] = await closed;
      clearTimeout(lateDeadline);
      return { code, stderr: await stderr };
    },
  };
}
