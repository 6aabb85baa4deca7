/** Builds the console's page into `dist/console`, when its sources have changed. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';
import { bundle } from './bundle.ts';
import { hashSources, isStampFresh } from './hash-sources.ts';

const outputFolder = path.join(projectRoot, 'dist/console');
const stampFile = path.join(outputFolder, 'build-stamp.txt');
const sources = [
  ...['collector/console', 'renderer/components', 'renderer/styles', 'shared', 'assets/locales'],
  ...['build/bundle', 'package-lock.json'],
];

/** Into any folder, for tests. Writes no stamp. */
export async function buildConsole(folder: string): Promise<void> {
  await bundle({
    root: path.join(projectRoot, 'collector/console'),
    base: '/console/',
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: ['chrome111', 'firefox128', 'safari16.4'],
      // The content security policy forbids inline assets.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        onwarn: (warning, warn) => {
          // Packages mark their client parts for server components, which the console does not have.
          if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
        },
      },
    },
  });
}

/** Says on standard error what fails, because the command after it may print a token for a script. */
export async function ensureConsole(): Promise<void> {
  try {
    if (await isStampFresh(stampFile, sources)) return;
    // Remove the stamp first and write it last, so that an interrupted build never counts as complete.
    await rm(stampFile, { force: true });
    const stamp = await hashSources(sources);
    await buildConsole(outputFolder);
    await writeFile(stampFile, stamp);
  } catch (error) {
    // The collector runs without the page too: PCs have events to report.
    const reason = error instanceof Error ? error.message : String(error);
    console.error(
      `The console's page could not be built, so the last build is used, if there is one: ${reason}`,
    );
  }
}

if (import.meta.main) {
  await runMain(async () => {
    await ensureConsole();
    return 0;
  });
}
