/** Bundles a case into one script and runs it under Wine by a Node for Windows. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { z } from 'zod';
import { projectRoot } from '../../../build/runtime/paths.ts';
import { ensurePinnedPackages } from '../../../build/runtime/pinned-packages.ts';
import type { CaseResult } from './vitest-stand-in.ts';
import { ensureWindowsNode, toWindowsPath, type Wine } from './wine.ts';

const standIn = fileURLToPath(new URL('vitest-stand-in.ts', import.meta.url));
const nativesFolder = path.join(projectRoot, 'build/package/windows-natives');

const resultsSchema: z.ZodType<readonly CaseResult[]> = z.array(
  z.object({
    title: z.string(),
    outcome: z.enum(['passed', 'failed', 'skipped']),
    detail: z.string(),
  }),
);

/** Modules that stay outside the bundle, because their loaders look for libraries beside themselves. */
const nativeModules = ['koffi', 'usb'];

/** Bundles `entry` for Windows into `folder`/main.js, with the native modules of Windows beside it. */
export const bundleForWindows = async (entry: string, folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, 'node_modules'), { recursive: true });
  await build({
    configFile: false,
    logLevel: 'warn',
    root: projectRoot,
    publicDir: false,
    resolve: { alias: { vitest: standIn } },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: {
        external: ['electron', ...nativeModules, 'usb/index.js'],
        output: { format: 'es', entryFileNames: 'main.js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
    ssr: { noExternal: true },
  });
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  const natives = await ensurePinnedPackages('the native libraries for Windows', nativesFolder);
  for (const scope of ['@koromix', '@node-usb']) {
    await cp(path.join(natives, scope), path.join(folder, 'node_modules', scope), { recursive: true });
  }
  for (const name of nativeModules) {
    await cp(path.join(projectRoot, 'node_modules', name), path.join(folder, 'node_modules', name), {
      recursive: true,
    });
  }
};

/** Runs one case file under Wine. Rejects when it leaves no results. */
export const runCaseFile = async (
  wine: Wine,
  caseFile: string,
  folder: string,
): Promise<readonly CaseResult[]> => {
  const node = await ensureWindowsNode();
  await mkdir(folder, { recursive: true });
  const entry = path.join(folder, 'entry.ts');
  const resultFile = path.join(folder, 'result.json');
  await writeFile(
    entry,
    [
      "import { writeFileSync } from 'node:fs';",
      `import ${JSON.stringify(caseFile)};`,
      `import { runDescribed } from ${JSON.stringify(standIn)};`,
      `writeFileSync(${JSON.stringify(toWindowsPath(resultFile))}, JSON.stringify(await runDescribed()));`,
      // A library may hold the process open; the result is on disk.
      'process.exit(0);',
    ].join('\n'),
  );
  const bundle = path.join(folder, 'bundle');
  await bundleForWindows(entry, bundle);
  const { status, output } = await wine.run(
    toWindowsPath(node),
    [toWindowsPath(path.join(bundle, 'main.js'))],
    { deadlineMs: 120_000 },
  );
  const text = await readFile(resultFile, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`wine: the case ended with ${status} and no results:\n${output}`);
  return resultsSchema.parse(JSON.parse(text));
};
