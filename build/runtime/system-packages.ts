/** Knows which Debian packages hold the libraries and programs the runtime needs, and installs the missing ones. */
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './child.ts';
import { exclusively } from './exclusive.ts';
import { step } from './progress.ts';
import { SetupError } from './setup-error.ts';

/** Names of a package, newest first: the 64-bit time change gave some a new one in Ubuntu 24.04 and Debian 13. */
type PackageNames = readonly [string, ...string[]];

/** Library file → the packages that may hold it. Everything Electron and Debian's Chromium link to and do not bring along. */
const packageOfLibrary: ReadonlyMap<string, PackageNames> = new Map<string, PackageNames>([
  ['libasound.so.2', ['libasound2t64', 'libasound2']],
  ['libatk-1.0.so.0', ['libatk1.0-0t64', 'libatk1.0-0']],
  ['libatk-bridge-2.0.so.0', ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0']],
  ['libatspi.so.0', ['libatspi2.0-0t64', 'libatspi2.0-0']],
  ['libcairo.so.2', ['libcairo2']],
  ['libcups.so.2', ['libcups2t64', 'libcups2']],
  ['libdbus-1.so.3', ['libdbus-1-3']],
  ['libdrm.so.2', ['libdrm2']],
  ['libexpat.so.1', ['libexpat1']],
  ['libgbm.so.1', ['libgbm1']],
  ['libgio-2.0.so.0', ['libglib2.0-0t64', 'libglib2.0-0']],
  ['libglib-2.0.so.0', ['libglib2.0-0t64', 'libglib2.0-0']],
  ['libgobject-2.0.so.0', ['libglib2.0-0t64', 'libglib2.0-0']],
  ['libgtk-3.so.0', ['libgtk-3-0t64', 'libgtk-3-0']],
  ['libnspr4.so', ['libnspr4']],
  ['libnss3.so', ['libnss3']],
  ['libnssutil3.so', ['libnss3']],
  ['libpango-1.0.so.0', ['libpango-1.0-0']],
  ['libsmime3.so', ['libnss3']],
  ['libudev.so.1', ['libudev1']],
  ['libX11.so.6', ['libx11-6']],
  ['libxcb.so.1', ['libxcb1']],
  ['libXcomposite.so.1', ['libxcomposite1']],
  ['libXdamage.so.1', ['libxdamage1']],
  ['libXext.so.6', ['libxext6']],
  ['libXfixes.so.3', ['libxfixes3']],
  ['libxkbcommon.so.0', ['libxkbcommon0']],
  ['libXrandr.so.2', ['libxrandr2']],
]);

/** What stands for a package being there: a program on the PATH or a file. */
interface Need {
  readonly what: string;
  readonly packages: PackageNames;
}

/** A virtual display with a window manager, hands and eyes. */
export const displayNeeds: readonly Need[] = [
  { what: 'Xorg', packages: ['xserver-xorg-core'] },
  { what: '/usr/lib/xorg/modules/drivers/dummy_drv.so', packages: ['xserver-xorg-video-dummy'] },
  { what: 'xrandr', packages: ['x11-xserver-utils'] },
  { what: 'openbox', packages: ['openbox'] },
  { what: 'xdotool', packages: ['xdotool'] },
  { what: 'scrot', packages: ['scrot'] },
];

/** The browser that the console's tests use. */
export const browserNeeds: readonly Need[] = [{ what: 'chromium', packages: ['chromium'] }];

/** The server that the PostgreSQL tests start for themselves. Debian's package brings the newest version that it has. */
export const postgresNeeds: readonly Need[] = [{ what: '/usr/lib/postgresql', packages: ['postgresql'] }];

/** The libraries that `ldd` could not find, from its own output. */
export const parseMissingLibraries = (lddOutput: string): readonly string[] => {
  const missing = new Set<string>();
  for (const line of lddOutput.split('\n')) {
    const match = line.match(/^\s*(\S+) => not found/);
    if (match?.[1] !== undefined) missing.add(match[1]);
  }
  return [...missing];
};

export interface PackagesForLibraries {
  readonly packages: readonly PackageNames[];
  /** Libraries the table does not know: named to the person, never guessed. */
  readonly unknown: readonly string[];
}

/** The packages for a list of library files, each once. */
export const packagesForLibraries = (libraries: readonly string[]): PackagesForLibraries => {
  const packages = new Map<string, PackageNames>();
  const unknown: string[] = [];
  for (const library of libraries) {
    const names = packageOfLibrary.get(library);
    if (names === undefined) unknown.push(library);
    else packages.set(names[0], names);
  }
  return { packages: [...packages.values()], unknown };
};

const exists = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
};

/** Where a program is on the PATH, or undefined. */
const findProgram = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, name);
    if (folder !== '' && (await exists(candidate))) return candidate;
  }
  return undefined;
};

const isMet = async ({ what }: Need): Promise<boolean> =>
  what.startsWith('/') ? exists(what) : (await findProgram(what)) !== undefined;

export const isRoot = (): boolean => process.getuid?.() === 0;

const usesApt = async (): Promise<boolean> => {
  if ((await findProgram('apt-get')) === undefined) return false;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
};

/** The first name of each package that this release of the system offers. */
const chooseNames = async (packages: readonly PackageNames[]): Promise<string[]> => {
  const chosen: string[] = [];
  for (const names of packages) {
    let name: string = names[names.length - 1] ?? names[0];
    for (const candidate of names) {
      const { stdout } = await run('apt-cache', ['policy', candidate]);
      if (/Candidate: (?!\(none\))\S/.test(stdout)) {
        name = candidate;
        break;
      }
    }
    if (!chosen.includes(name)) chosen.push(name);
  }
  return chosen;
};

const asSubject = (purpose: string): string => purpose.charAt(0).toUpperCase() + purpose.slice(1);

const aptSettings = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'];

const install = async (purpose: string, packages: readonly PackageNames[]): Promise<void> => {
  if (packages.length === 0) return;
  if (!(await usesApt())) {
    const names = packages.map((alternatives) => alternatives[alternatives.length - 1]).join(' ');
    throw new SetupError(
      `${asSubject(purpose)} needs system packages that are missing.`,
      `Install what your system calls these Debian packages, then run the command again: ${names}`,
    );
  }
  if (!isRoot()) {
    const names = (await chooseNames(packages)).join(' ');
    throw new SetupError(
      `${asSubject(purpose)} needs system packages that are missing.`,
      `Run this, then the command again:\n  sudo apt-get update && sudo apt-get install --no-install-recommends -y ${names}`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A failed refresh is not the end: the lists that are there may still do. Installing decides.
  await step('Refreshing the list of system packages', () =>
    run('apt-get', [...aptSettings, 'update', '-qq'], { env, deadlineMs: 180_000 }),
  );
  const names = await chooseNames(packages);
  const result = await step(`Installing system packages for ${purpose}: ${names.join(' ')}`, () =>
    run('apt-get', [...aptSettings, 'install', '-y', '-qq', '--no-install-recommends', ...names], {
      env,
      deadlineMs: 900_000,
    }),
  );
  if (result.status !== 0) {
    const said = result.stderr.trim().split('\n').slice(-6).join('\n');
    throw new SetupError(
      `System packages for ${purpose} could not be installed: ${names.join(' ')}\n${said}`,
      'Check the network and the package sources, then run the command again.',
    );
  }
};

/** Held by everything that changes the packages of this machine: `dpkg` fails at once where another is at work. */
export const packagesLockName = 'system-packages';

/** Makes sure of programs and files. `purpose` is what they are for, as it reads inside a sentence. */
export const ensurePrograms = async (purpose: string, needs: readonly Need[]): Promise<void> => {
  const findMissing = async (): Promise<readonly PackageNames[]> => {
    const missing: PackageNames[] = [];
    for (const need of needs) if (!(await isMet(need))) missing.push(need.packages);
    return missing;
  };
  if ((await findMissing()).length === 0) return;
  await exclusively(packagesLockName, async () => install(purpose, await findMissing()));
};

/** Makes sure that every library which the program links to is there. Only Linux knows such a question. */
export const ensureLibraries = async (purpose: string, executablePath: string): Promise<void> => {
  if (process.platform !== 'linux') return;
  const ask = async () => parseMissingLibraries((await run('ldd', [executablePath])).stdout);
  if ((await ask()).length === 0) return;
  const unknown = await exclusively(packagesLockName, async () => {
    const found = packagesForLibraries(await ask());
    await install(purpose, found.packages);
    return found.unknown;
  });
  const after = [...new Set([...unknown, ...(await ask())])];
  if (after.length > 0) {
    throw new SetupError(
      `${asSubject(purpose)} needs libraries that are missing: ${after.join(', ')}`,
      'Install the packages of your system that hold these files, then run the command again.',
    );
  }
};
