/** The Electron of the `electron` package: found when it is installed, downloaded by the package's own script when not. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { countIn } from './child.ts';
import { scratchFolder } from './paths.ts';
import { printProgress, step } from './progress.ts';

export type RuntimeSearch =
  | { readonly found: true; readonly executablePath: string; readonly electronVersion: string }
  | { readonly found: false; readonly reason: string };

/** A closed network often swallows packets instead of refusing them: nothing received for so long ends the attempt. */
const stalledAfterMs = 20_000;
const lookEveryMs = 1000;

const packageFolder = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));

const readTrimmed = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return undefined;
  }
};

/** The version an unpacked Electron says it has; a build of one's own need not say. */
export const readElectronVersion = async (folder: string): Promise<string | undefined> =>
  (await readTrimmed(path.join(folder, 'version')))?.replace(/^v/, '');

/** The official Electron, when an earlier install left it there whole. */
export const findOfficial = async (): Promise<RuntimeSearch> => {
  const folder = path.join(packageFolder, 'dist');
  // The install script writes path.txt last, so a download cut off half way is not taken for an Electron.
  const relative = await readTrimmed(path.join(packageFolder, 'path.txt'));
  const electronVersion = await readElectronVersion(folder);
  if (relative === undefined || electronVersion === undefined) {
    return { found: false, reason: 'the official Electron is not downloaded' };
  }
  const executablePath = path.join(folder, relative);
  const there = await stat(executablePath).catch(() => undefined);
  return there?.isFile() === true
    ? { found: true, executablePath, electronVersion }
    : { found: false, reason: 'the official Electron is incomplete' };
};

const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const file = await stat(path.join(folder, entry)).catch(() => undefined);
    bytes += file?.size ?? 0;
  }
  return bytes;
};

/** The line of the download's last words that names the cause, without the addresses it was tried at. */
export const summariseDownloadFailure = (stderr: string): string => {
  const code = stderr.match(
    /\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ENOSPC)\b/,
  )?.[1];
  if (code !== undefined) return code;
  // All that the download's own report says of a host that cannot be reached.
  if (stderr.includes('fetch failed')) return 'its host cannot be reached';
  const line = stderr.split('\n').find((text) => /error/i.test(text));
  return (line ?? 'no reason given').trim().slice(0, 160);
};

const runInstaller = (temporaryFolder: string): Promise<RuntimeSearch> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(packageFolder, 'install.js')], {
      // Its own temporary folder, whose growth shows that the download proceeds.
      env: { ...process.env, TMPDIR: temporaryFolder, TEMP: temporaryFolder, TMP: temporaryFolder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const countOut = countIn(child);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-20_000);
    });
    let stalled = false;
    let lastBytes = -1;
    let lastGrowthAtMs = performance.now();
    let weighing = false;
    const weigh = async (): Promise<void> => {
      const bytes = (await sizeOf(temporaryFolder)) + (await sizeOf(path.join(packageFolder, 'dist')));
      if (bytes !== lastBytes) {
        lastBytes = bytes;
        lastGrowthAtMs = performance.now();
      } else if (performance.now() - lastGrowthAtMs > stalledAfterMs) {
        stalled = true;
        child.kill('SIGKILL');
      }
    };
    const timer = setInterval(() => {
      if (weighing) return;
      weighing = true;
      void weigh().finally(() => {
        weighing = false;
      });
    }, lookEveryMs);
    const finish = (reason: string | undefined) => {
      clearInterval(timer);
      countOut();
      if (reason === undefined) resolve(findOfficial());
      else resolve({ found: false, reason });
    };
    child.once('error', (error) => finish(`the official download could not start (${error.message})`));
    child.once('close', (code) => {
      if (stalled) finish('the official download stood still for 20 s');
      else if (code === 0) finish(undefined);
      else finish(`the official download failed (${summariseDownloadFailure(stderr)})`);
    });
  });

/** Downloads the official Electron. A network that refuses answers within a second, one that swallows in 20. */
export const downloadOfficial = async (): Promise<RuntimeSearch> => {
  const folder = path.join(scratchFolder, 'runtime');
  await mkdir(folder, { recursive: true });
  const temporaryFolder = await mkdtemp(path.join(folder, 'download-'));
  try {
    return await step(
      'Downloading the official Electron',
      () => runInstaller(temporaryFolder),
      printProgress,
    );
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
};
