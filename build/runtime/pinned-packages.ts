/** Installs packages for another system from a folder that pins them by integrity, on demand and outside node_modules. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { run } from './child.ts';
import { exclusively } from './exclusive.ts';
import { scratchFolder } from './paths.ts';
import { step } from './progress.ts';
import { SetupError } from './setup-error.ts';

const pinnedFolder = path.join(scratchFolder, 'pinned');
const pinFiles = ['package.json', 'package-lock.json'] as const;

/**
 * Answers the `node_modules` with what the folder's lock file names, cheap when it is already there. Nothing of the
 * packages is run. Throws SetupError where they cannot be had or are not the ones that were pinned.
 */
export const ensurePinnedPackages = async (what: string, pinFolder: string): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of pinFiles) hash.update(await readFile(path.join(pinFolder, file)));
  const name = `${path.basename(pinFolder)}-${hash.digest('hex').slice(0, 12)}`;
  const finished = path.join(pinnedFolder, name);
  const modules = path.join(finished, 'node_modules');
  const isThere = async () =>
    (await stat(path.join(finished, 'node_modules')).catch(() => undefined)) !== undefined;
  if (await isThere()) return modules;
  const lockName = `pinned-${createHash('sha256').update(finished).digest('hex').slice(0, 16)}`;
  return exclusively(lockName, async () => {
    if (await isThere()) return modules;
    await mkdir(pinnedFolder, { recursive: true });
    const folder = await mkdtemp(path.join(pinnedFolder, '.installing-'));
    try {
      for (const file of pinFiles) await cp(path.join(pinFolder, file), path.join(folder, file));
      await install(what, folder);
      await rm(finished, { recursive: true, force: true });
      // Renamed as the last step: a folder with the final name is always whole.
      await rename(folder, finished);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return modules;
  });
};

const install = async (what: string, folder: string): Promise<void> => {
  const npmScript = process.env['npm_execpath'];
  // With --force npm takes packages of another system; it still refuses what differs from the lock file's integrity.
  const npmArguments = ['ci', '--force', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, args]: [string, string[]] =
    npmScript?.endsWith('npm-cli.js') === true
      ? [process.execPath, [npmScript, ...npmArguments]]
      : ['npm', npmArguments];
  const result = await step(`Fetching ${what}`, () =>
    run(command, args, { cwd: folder, deadlineMs: 600_000 }),
  );
  if (result.status === 0) return;
  const said = `${result.stderr}\n${result.stdout}`.trim();
  if (said.includes('EINTEGRITY')) {
    throw new SetupError(
      `What came as ${what} is not what this project pinned; it was thrown away.`,
      'Do not use it. It was changed on the way from the registry, or in the registry.',
    );
  }
  throw new SetupError(
    `${what} could not be fetched from the npm registry.\n${said.split('\n').slice(-4).join('\n')}`,
    'Check the network, then run the command again.',
  );
};
