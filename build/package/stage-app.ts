/** Collects the files of one system's package from a list. Fails if a listed file is missing. */
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { projectRoot } from '../runtime/paths.ts';
import { ensurePinnedPackages } from '../runtime/pinned-packages.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { writeLicences } from '../supply-chain/licences.ts';
import { listShippedPackages } from '../supply-chain/shipped-packages.ts';

/** `win32` is Windows on x64, and `win32-arm64` Windows on ARM. */
export const targets = ['linux', 'win32', 'win32-arm64'] as const;
export type Target = (typeof targets)[number];

interface DeclaredFile {
  /** A file or a folder. */
  readonly from: string;
  readonly to: string;
}

const windowsNatives = fileURLToPath(new URL('windows-natives', import.meta.url));

/** Becomes `node_modules` in the package. Holds only loaded files: koffi's sources and libraries for other systems would be most of the package. */
const loaders: readonly DeclaredFile[] = [
  ...[
    'package.json',
    'index.js',
    'index.cjs',
    'src/koffi/index.js',
    'src/koffi/index.cjs',
    'LICENSE.txt',
  ].map((file) => ({ from: `node_modules/koffi/${file}`, to: `native/koffi/${file}` })),
  ...['package.json', 'index.js', 'dist', 'LICENSE.md'].map((file) => ({
    from: `node_modules/usb/${file}`,
    to: `native/usb/${file}`,
  })),
];

const nativesOf = async (target: Target): Promise<readonly DeclaredFile[]> => {
  if (target === 'linux') {
    return [
      'node_modules/@koromix/koffi-linux-x64/package.json',
      'node_modules/@koromix/koffi-linux-x64/index.js',
      'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node',
      'node_modules/@node-usb/usb-linux-x64-gnu/package.json',
      'node_modules/@node-usb/usb-linux-x64-gnu/usb.linux-x64-gnu.node',
    ].map((file) => ({ from: file, to: file.replace(/^node_modules/u, 'native') }));
  }
  const modules = await ensurePinnedPackages('the native libraries for Windows', windowsNatives);
  const arch = target === 'win32' ? 'x64' : 'arm64';
  return [
    `@koromix/koffi-win32-${arch}/package.json`,
    `@koromix/koffi-win32-${arch}/index.js`,
    `@koromix/koffi-win32-${arch}/win32_${arch}/koffi.node`,
    `@node-usb/usb-win32-${arch}-msvc/package.json`,
    `@node-usb/usb-win32-${arch}-msvc/usb.win32-${arch}-msvc.node`,
  ].map((file) => ({ from: path.join(modules, file), to: `native/${file}` }));
};

const ownFiles: readonly DeclaredFile[] = [
  ...['main', 'preload', 'renderer'].map((part) => ({ from: `dist/${part}`, to: `dist/${part}` })),
  ...['LICENSE', 'assets/icons', 'assets/policies'].map((file) => ({ from: file, to: file })),
];

const manifestSchema = z.object({
  name: z.string(),
  productName: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  author: z.string(),
  type: z.literal('module'),
  main: z.string(),
});

/** The project's manifest, without the parts that only developers need. */
export const readManifest = async (): Promise<z.infer<typeof manifestSchema>> =>
  manifestSchema.parse(JSON.parse(await readFile(path.join(projectRoot, 'package.json'), 'utf8')));

/** Source maps and declarations are for developers, and a code cache is for the runtime that made it. */
const isShipped = (file: string): boolean => !/\.(map|d\.ts|cjs\.cache)$/u.test(file);

/** Rejects with a SetupError that names the missing file. The agent must have been built below `root`. */
export const stageApp = async (target: Target, folder: string, root = projectRoot): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { from, to } of [...ownFiles, ...loaders, ...(await nativesOf(target))]) {
    const source = path.resolve(root, from);
    if ((await stat(source).catch(() => undefined)) === undefined) {
      throw new SetupError(
        `The package for ${target} needs ${from}, which is not there.`,
        'Run npm ci and npm run build, then the same command again.',
      );
    }
    const place = path.join(folder, to);
    await mkdir(path.dirname(place), { recursive: true });
    await cp(source, place, { recursive: true, filter: isShipped });
  }
  const manifest = await readManifest();
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const licences = await writeLicences(await listShippedPackages(target));
  await writeFile(path.join(folder, 'THIRD-PARTY-LICENCES.txt'), licences);
};
