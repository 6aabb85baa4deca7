/** Bundles the agent into `dist/`: the main process, one preload script a window, and the windows' pages. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';
import { notePackages } from './note-packages.ts';
import { pageShells } from './page-shells.ts';

const windows = [
  'gate',
  'cover',
  'about',
  'agreements',
  'records',
  'problem',
  'idle-warning',
  'media-warning',
] as const;

const outputFolder = path.join(projectRoot, 'dist');
/** The packages that the bundles are made of: what is shipped, and whose licences are. */
export const bundledPackagesFile = path.join(outputFolder, 'bundled-packages.json');
const stampFile = path.join(outputFolder, 'build-stamp.txt');

/** Everything a build is made from; a change in any of it makes the last build stale. */
const sources = ['electron', 'renderer', 'shared', 'assets/locales', 'build/bundle', 'package-lock.json'];

/** Native modules stay outside the bundle: their loaders look for files beside themselves. */
const nativeModules = ['koffi', 'usb/index.js'];

async function listFiles(entry: string): Promise<readonly string[]> {
  const absolute = path.join(projectRoot, entry);
  if (!existsSync(absolute)) return [];
  if (path.extname(entry) !== '') return [entry];
  const found = await readdir(absolute, { recursive: true, withFileTypes: true });
  return found
    .filter((file) => file.isFile())
    .map((file) => path.relative(projectRoot, path.join(file.parentPath, file.name)));
}

/** By content, not by time of change: a checkout or a touched file alone makes nothing stale. */
async function hashSources(): Promise<string> {
  const files = (await Promise.all(sources.map(listFiles))).flat().toSorted();
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(path.join(projectRoot, file));
    hash.update(`${file.split(path.sep).join('/')}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** Whether `dist/` is whole and was made from the sources as they are now. */
export async function isBuildFresh(): Promise<boolean> {
  if (!existsSync(stampFile)) return false;
  const [stamp, now] = await Promise.all([readFile(stampFile, 'utf8'), hashSources()]);
  return stamp === now;
}

/** Pages only, for the tests that need no main process. Leaves the stamp alone: the build is not whole. */
export async function buildPages(folder: string, noted = new Set<string>()): Promise<void> {
  const { build } = await import('vite');
  const root = path.join(projectRoot, 'renderer');
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    // Relative addresses work under the agent's own protocol and under a test's web server alike.
    base: './',
    publicDir: false,
    plugins: [pageShells(root, windows), notePackages(noted)],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'chrome130',
      // One style sheet for all windows, and nothing inline: the content security policy forbids it.
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: Object.fromEntries(windows.map((window) => [window, path.join(root, `${window}.html`)])),
      },
    },
  });
}

async function buildPreloads(folder: string, noted: Set<string>): Promise<void> {
  const { build } = await import('vite');
  await mkdir(folder, { recursive: true });
  // One build each: a sandboxed preload script cannot load a second file, so nothing may be shared.
  for (const window of windows) {
    await build({
      configFile: false,
      logLevel: 'warn',
      root: projectRoot,
      publicDir: false,
      plugins: [notePackages(noted)],
      build: {
        ssr: path.join(projectRoot, 'electron/preload', `${window}.ts`),
        outDir: folder,
        emptyOutDir: false,
        target: 'node20',
        rolldownOptions: {
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: `${window}.cjs` },
        },
      },
      ssr: { noExternal: true },
    });
  }
}

/** Bundles a main process: the product's own, or a test's that composes the agent with other ports. */
export async function buildMain(entry: string, folder: string, noted = new Set<string>()): Promise<void> {
  const { build } = await import('vite');
  await build({
    configFile: false,
    logLevel: 'warn',
    root: projectRoot,
    publicDir: false,
    plugins: [notePackages(noted)],
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      sourcemap: true,
      // Modules of another operating system are loaded on demand and stay in files of their own.
      rolldownOptions: {
        external: ['electron', ...nativeModules],
        output: {
          format: 'es',
          entryFileNames: 'main.js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          // Less to read while a person waits. Names stay: they stand in the agent's log when something breaks.
          minify: { compress: true, mangle: false, codegen: true },
        },
      },
    },
    ssr: { noExternal: true },
  });
}

/** Builds everything anew. Rejects with a `SetupError` or the bundler's own message; then `isBuildFresh` is false. */
export async function buildAll(): Promise<void> {
  // The stamp goes first and comes last, so that a build cut short is never taken for a whole one.
  await rm(stampFile, { force: true });
  const stamp = await hashSources();
  const noted = new Set<string>();
  await buildPages(path.join(outputFolder, 'renderer'), noted);
  await buildPreloads(path.join(outputFolder, 'preload'), noted);
  await buildMain(path.join(projectRoot, 'electron/main.ts'), path.join(outputFolder, 'main'), noted);
  await writeFile(bundledPackagesFile, JSON.stringify([...noted].toSorted()));
  await writeFile(stampFile, stamp);
}

if (import.meta.main) {
  await runMain(async () => {
    await buildAll();
    return 0;
  });
}
