/** Makes V8's code cache of the main process's files, with the runtime that will load them. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../runtime/child.ts';
import { projectRoot } from '../runtime/paths.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { isRoot } from '../runtime/system-packages.ts';
import { bundle } from './bundle.ts';

/** Loaded by every agent before its gate paints. The names are the bundler's, before the hash. */
const loadedAtStart = ['agent', 'start', 'compose'];

const loadedByName = ['agent.cjs', 'first-screen.cjs'];

/** Each operating system loads its own adapters. */
const systemChunk = (platform: NodeJS.Platform): string => `system.${platform}`;

async function findStartFiles(mainFolder: string): Promise<readonly string[]> {
  const chunks = path.join(mainFolder, 'chunks');
  const wanted = [...loadedAtStart, systemChunk(process.platform)];
  const found = (await readdir(chunks)).filter((file) =>
    wanted.some((name) => file.startsWith(`${name}-`) && file.endsWith('.cjs')),
  );
  return [
    ...loadedByName.map((name) => path.join(mainFolder, name)),
    ...found.map((file) => path.join(chunks, file)),
  ];
}

/** @param electron the program that will run the agent; it must run on this system. Rejects with a SetupError. */
export async function makeCodeCache(mainFolder: string, electron: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-code-cache-'));
  try {
    await bundle({
      build: {
        ssr: path.join(projectRoot, 'build/bundle/code-cache-maker.ts'),
        outDir: folder,
        emptyOutDir: true,
        target: 'node20',
        rolldownOptions: { external: ['electron'], output: { format: 'cjs', entryFileNames: 'maker.cjs' } },
      },
    });
    await writeFile(path.join(folder, 'package.json'), '{"main":"maker.cjs"}');
    await writeFile(path.join(folder, 'files.json'), JSON.stringify(await findStartFiles(mainFolder)));
    // It ends before the app is ready, so it needs no display.
    const result = await run(electron, [...(isRoot() ? ['--no-sandbox'] : []), folder], {
      deadlineMs: 60_000,
    });
    if (result.status === 0) return;
    throw new SetupError(
      `The code cache was not made.\n${result.stderr.trim().split('\n').slice(-6).join('\n')}`,
      'Put right what the lines above name, then build again.',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
