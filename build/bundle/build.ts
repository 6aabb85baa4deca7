/** Bundles the agent into `dist/`: the main process, one preload script for each window, and the windows' pages. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findRuntime } from '../runtime/ensure-runtime.ts';
import { projectRoot } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';
import { bundle } from './bundle.ts';
import { makeCodeCache } from './code-cache.ts';
import { hashSources, isStampFresh } from './hash-sources.ts';
import { createChunkNames } from './main-chunks.ts';
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
/** The packages inside the bundles. The licences and the bill of materials list these. */
export const bundledPackagesFile = path.join(outputFolder, 'bundled-packages.json');
const stampFile = path.join(outputFolder, 'build-stamp.txt');

/** All inputs of a build. A change in any of them makes the last build stale. */
const sources = ['electron', 'renderer', 'shared', 'assets/locales', 'build/bundle', 'package-lock.json'];

/** The part of React that draws into a string, and nothing else. */
const stringRenderer = 'node_modules/react-dom/cjs/react-dom-server-legacy.browser.production.js';

/** Native modules stay outside the bundle, because their loaders look for files in their own folder. */
const nativeModules = ['koffi', 'usb/index.js'];

type FoundRuntime = Awaited<ReturnType<typeof findRuntime>>;

/** Without a runtime on this machine there is no code cache, and the agent starts a little later. */
const nameRuntime = (runtime: FoundRuntime): string => runtime?.electronVersion ?? 'none';

/** Whether `dist/` is complete, made from the current sources, and holds the code cache of the runtime that is here. */
export async function isBuildFresh(): Promise<boolean> {
  return isStampFresh(stampFile, sources, nameRuntime(await findRuntime()));
}

/** Builds the pages alone, for tests without a main process. Writes no stamp, because the build is incomplete. */
export async function buildPages(folder: string, noted = new Set<string>()): Promise<void> {
  const root = path.join(projectRoot, 'renderer');
  await bundle({
    root,
    // Relative addresses work under the agent's own protocol and on a test's web server.
    base: './',
    plugins: [pageShells(root, windows), notePackages(noted)],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'chrome130',
      // One style sheet for all windows and no inline assets: the content security policy forbids those.
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
  await mkdir(folder, { recursive: true });
  // One build for each: a sandboxed preload script cannot load a second file, so the builds share no chunk.
  for (const window of windows) {
    await bundle({
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

/** ES modules start by themselves; CommonJS is loaded by `electron/main.ts`, with V8's code cache. */
const mainForms = {
  es: { format: 'es', entryFileNames: 'main.js', chunkFileNames: 'chunks/[name]-[hash].js' },
  cached: { format: 'cjs', entryFileNames: 'agent.cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
} as const;

/** Bundles a main process: the product's own, or a test's that composes the agent with other ports. */
export async function buildMain(
  entry: string,
  folder: string,
  noted = new Set<string>(),
  form: keyof typeof mainForms = 'es',
): Promise<void> {
  const chunkOf = createChunkNames(entry, path.join(projectRoot, 'electron/app/compose.ts'));
  await bundle({
    plugins: [notePackages(noted)],
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      sourcemap: true,
      // Modules for one operating system load on demand, from their own files.
      rolldownOptions: {
        external: ['electron', ...nativeModules],
        output: {
          ...mainForms[form],
          codeSplitting: {
            includeDependenciesRecursively: false,
            groups: [
              {
                debugName: 'agent',
                name: (moduleId, graph) => chunkOf(moduleId, (id) => graph.getModuleInfo(id)),
              },
            ],
          },
          // Smaller files load faster at login. Names stay, because the agent's log shows them after a crash.
          minify: { compress: true, mangle: false, codegen: true },
        },
      },
    },
    ssr: { noExternal: true },
  });
}

/** The gate's page for the main process, which draws its first screen. */
async function buildFirstScreen(folder: string, noted: Set<string>): Promise<void> {
  await bundle({
    plugins: [notePackages(noted)],
    // React's choice for Node would bring its streams.
    resolve: {
      alias: [{ find: 'react-dom/server', replacement: path.join(projectRoot, stringRenderer) }],
    },
    build: {
      ssr: path.join(projectRoot, 'renderer/gate/first-screen.tsx'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: true,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'first-screen.cjs' } },
    },
    ssr: { noExternal: true },
  });
}

/** The file that Electron starts. It loads the rest. */
async function buildStart(folder: string): Promise<void> {
  await bundle({
    build: {
      ssr: path.join(projectRoot, 'electron/main.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'main.js' } },
    },
  });
}

/** Builds everything. Rejects with a `SetupError` or the bundler's own message; then `isBuildFresh` is false. */
export async function buildAll(): Promise<void> {
  // Remove the stamp first and write it last, so that an interrupted build never counts as complete.
  await rm(stampFile, { force: true });
  const runtime = await findRuntime();
  const stamp = await hashSources(sources, nameRuntime(runtime));
  const noted = new Set<string>();
  await buildPages(path.join(outputFolder, 'renderer'), noted);
  await buildPreloads(path.join(outputFolder, 'preload'), noted);
  const mainFolder = path.join(outputFolder, 'main');
  await buildMain(path.join(projectRoot, 'electron/app/lifecycle.ts'), mainFolder, noted, 'cached');
  await buildFirstScreen(mainFolder, noted);
  await buildStart(mainFolder);
  if (runtime !== undefined) await makeCodeCache(mainFolder, runtime.executablePath);
  await writeFile(bundledPackagesFile, JSON.stringify([...noted].toSorted()));
  await writeFile(stampFile, stamp);
}

if (import.meta.main) {
  await runMain(async () => {
    await buildAll();
    return 0;
  });
}
