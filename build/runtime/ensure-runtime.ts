/** Makes sure that there is an Electron to run the unpackaged agent with, and says which one and why. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { run } from './child.ts';
import { type ChosenRuntime, chooseRuntime } from './choose-runtime.ts';
import { exclusively } from './exclusive.ts';
import { downloadOfficial, findOfficial, type RuntimeSearch, readElectronVersion } from './official.ts';
import { runMain } from './setup-error.ts';
import { ensureLibraries, isRoot } from './system-packages.ts';
import { buildVerification, findVerification, runtimeLockName } from './verification.ts';

export interface Runtime extends ChosenRuntime {
  /** Flags for Electron itself, to stand before the app's folder. */
  readonly launchArgs: readonly string[];
}

const findOverride = async (folder: string): Promise<RuntimeSearch> => {
  const program = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const executablePath = path.resolve(folder, program);
  const there = await stat(executablePath).catch(() => undefined);
  if (there?.isFile() !== true) return { found: false, reason: `${executablePath} is not there` };
  const said = await readElectronVersion(path.dirname(executablePath));
  return { found: true, executablePath, electronVersion: said ?? 'of unknown version' };
};

/**
 * Finds, downloads or unpacks the runtime, and makes sure of the system libraries it links to.
 * Cheap when everything is there. Throws SetupError with what to do when it cannot be had.
 * `retryOfficial` asks the network again although a verification runtime is already unpacked.
 */
export const ensureRuntime = async (options: { readonly retryOfficial?: boolean } = {}): Promise<Runtime> => {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const chosen = await exclusively(runtimeLockName, () =>
    chooseRuntime({
      overrideFolder: named === '' ? undefined : named,
      retryOfficial: options.retryOfficial ?? false,
      findOverride,
      findOfficial,
      downloadOfficial,
      findVerification,
      buildVerification,
    }),
  );
  await ensureLibraries('Electron', chosen.executablePath);
  // Chromium refuses its sandbox to root. Development and test machines only: an installed agent never runs as root.
  const launchArgs = isRoot() ? ['--no-sandbox'] : [];
  return { ...chosen, launchArgs };
};

/** The runtime that is on this machine already, without a download; undefined where there is none. */
export const findRuntime = async (): Promise<
  Pick<Runtime, 'executablePath' | 'electronVersion'> | undefined
> => {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  if (named !== '') {
    const override = await findOverride(named);
    return override.found ? override : undefined;
  }
  for (const find of [findOfficial, findVerification]) {
    const found = await find();
    if (found.found) return found;
  }
  return undefined;
};

/** The one line that says which runtime was taken and why. */
export const describeRuntime = ({ kind, electronVersion, reason, executablePath }: ChosenRuntime): string =>
  `Electron ${electronVersion}, ${kind}: ${reason} (${executablePath})`;

const main = async (): Promise<number> => {
  const runtime = await ensureRuntime({ retryOfficial: true });
  console.log(describeRuntime(runtime));
  // Only its own word proves that it starts on this machine.
  const { stdout, stderr, status } = await run(runtime.executablePath, [...runtime.launchArgs, '--version']);
  if (status !== 0) {
    console.error(`It does not start: ${(stderr || stdout).trim()}`);
    return 1;
  }
  return 0;
};

if (import.meta.main) await runMain(main);
