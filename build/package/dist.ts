/** `npm run dist`: the packages that a school installs, with their licences and their bill of materials. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { makeCodeCache } from '../bundle/code-cache.ts';
import { packCollector } from '../collector-package/build-collector.ts';
import { type CollectorTarget, collectorTargets } from '../collector-package/stage-collector.ts';
import { ensureBuild } from '../dev/agent-command.ts';
import { buildMsi } from '../msi/build-msi.ts';
import { findRuntime } from '../runtime/ensure-runtime.ts';
import { downloadOfficial, findOfficial } from '../runtime/official.ts';
import { projectRoot, scratchFolder } from '../runtime/paths.ts';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { auditShipped } from '../supply-chain/audit.ts';
import { writeBillOfMaterials } from '../supply-chain/bill-of-materials.ts';
import { listShippedPackages } from '../supply-chain/shipped-packages.ts';
import { buildDeb } from './build-deb.ts';
import { packApp, packedFolder } from './pack-app.ts';
import { readManifest, stageApp, type Target, targets } from './stage-app.ts';

interface DistOptions {
  readonly targets: readonly Target[];
  readonly collectorTargets: readonly CollectorTarget[];
  readonly outputFolder: string;
  /** Tests only: an Electron that must not be shipped, and its version. */
  readonly verification: { readonly folder: string; readonly version: string } | undefined;
}

const usage = `npm run dist -- [--target linux] [--target win32] [--target win32-arm64]
                    [--target collector-linux] [--target collector-win32] [--output FOLDER]
Without a target it packs all of them: the agent for Linux and for Windows, on x64 and on ARM, and the collector. For the agent it needs the official Electron, which it downloads.`;

/** Throws SetupError with the usage. */
export const parseDistArguments = (args: readonly string[]): DistOptions => {
  let values: { target?: string[]; output?: string; 'verification-electron'?: string };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        target: { type: 'string', multiple: true },
        output: { type: 'string' },
        // Not in the usage, because the result is for tests and must not be shipped.
        'verification-electron': { type: 'string' },
      },
    }));
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), usage);
  }
  const all = [...targets, ...collectorTargets] as const;
  const named = z.array(z.enum(all)).safeParse(values.target ?? all);
  if (!named.success) throw new SetupError('There is no such target.', usage);
  const isChosen = (target: (typeof all)[number]): boolean => named.data.includes(target);
  const [folder, version] = values['verification-electron']?.split('@') ?? [];
  return {
    targets: targets.filter(isChosen),
    collectorTargets: collectorTargets.filter(isChosen),
    outputFolder: path.resolve(values.output ?? path.join(projectRoot, 'dist-packages')),
    verification: folder === undefined || version === undefined ? undefined : { folder, version },
  };
};

const electronManifestSchema = z.object({ version: z.string() });

const readElectronVersion = async (): Promise<string> => {
  const file = path.join(projectRoot, 'node_modules/electron/package.json');
  return electronManifestSchema.parse(JSON.parse(await readFile(file, 'utf8'))).version;
};

/** The official Electron for this system: the one that the `electron` package downloads and verifies. */
const ensureOfficialFolder = async (): Promise<string> => {
  const there = await findOfficial();
  const official = there.found ? there : await downloadOfficial();
  if (official.found) return path.dirname(official.executablePath);
  throw new SetupError(
    `There is no package to ship: ${official.reason}.`,
    'Run this where Electron’s download site is reachable. Another Electron is never packaged.',
  );
};

/** Without a folder: the runtime of this machine. The one that tests pack has no default app, so it runs no other app. */
const findProgram = async (electronFolder: string | undefined): Promise<string | undefined> => {
  if (electronFolder === undefined) return (await findRuntime())?.executablePath;
  return path.join(electronFolder, process.platform === 'win32' ? 'electron.exe' : 'electron');
};

const packTarget = async (target: Target, options: DistOptions): Promise<void> => {
  const { outputFolder, verification } = options;
  const manifest = await readManifest();
  const electronVersion = verification?.version ?? (await readElectronVersion());
  const isOwnSystem = target === process.platform;
  const electronFolder = verification?.folder ?? (isOwnSystem ? await ensureOfficialFolder() : undefined);

  const stageFolder = path.join(scratchFolder, 'stage', target);
  await stageApp(target, stageFolder);
  // V8 takes a cache only from the runtime that will load it, and only this system's runtime can be started here.
  if (isOwnSystem) {
    const program = await findProgram(verification === undefined ? electronFolder : undefined);
    if (program !== undefined) await makeCodeCache(path.join(stageFolder, 'dist', 'main'), program);
  }
  await packApp({
    target,
    stageFolder,
    outputFolder,
    electronVersion,
    ...(electronFolder === undefined ? {} : { electronFolder }),
  });
  const folder = packedFolder(target, outputFolder);
  if (verification !== undefined) {
    const warning = 'Packed with an Electron that is for tests only. Do not ship.\n';
    await writeFile(path.join(folder, 'NOT-FOR-SHIPPING.txt'), warning);
  }
  const bill = writeBillOfMaterials(
    { name: manifest.name, version: manifest.version, electronVersion },
    await listShippedPackages(target),
  );
  await writeFile(path.join(outputFolder, `porthor-${manifest.version}-${target}.cdx.json`), bill);
  if (target === 'linux') {
    await buildDeb({
      packedFolder: folder,
      outputFile: path.join(outputFolder, `porthor_${manifest.version}_amd64.deb`),
      version: manifest.version,
      description: manifest.description,
      compression: verification === undefined ? 'small' : 'quick',
    });
  } else {
    const arch = target === 'win32' ? 'x64' : 'arm64';
    const suffix = arch === 'x64' ? '' : `-${arch}`;
    await buildMsi({
      payloadFolder: folder,
      outputFile: path.join(outputFolder, `porthor-${manifest.version}${suffix}.msi`),
      version: manifest.version,
      arch,
    });
  }
};

const packAgents = async (options: DistOptions): Promise<void> => {
  await ensureBuild();
  if (options.verification === undefined) await auditShipped();
  await mkdir(options.outputFolder, { recursive: true });
  for (const target of options.targets) await packTarget(target, options);
};

const main = async (): Promise<number> => {
  const options = parseDistArguments(process.argv.slice(2));
  if (options.targets.length > 0) await packAgents(options);
  await mkdir(options.outputFolder, { recursive: true });
  for (const target of options.collectorTargets) await packCollector(target, options.outputFolder);
  console.log(
    `Packed for ${[...options.targets, ...options.collectorTargets].join(' and ')}: ${options.outputFolder}`,
  );
  return 0;
};

if (import.meta.main) await runMain(main);
