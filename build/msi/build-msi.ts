/** Builds the installer from a packed folder with `wixl` of msitools. The sources are written for WiX 3 too. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { appUserModelId } from '../../electron/app/app-user-model-id.ts';
import { run } from '../runtime/child.ts';
import { projectRoot } from '../runtime/paths.ts';
import { step } from '../runtime/progress.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { ensurePrograms } from '../runtime/system-packages.ts';
import { adaptForWixl } from './adapt-for-wixl.ts';
import { guidOf } from './guid.ts';
import { writePayloadSource } from './payload-source.ts';
import { encodeTask, scheduledTasks, writeTask } from './tasks.ts';
import { buildWatchdog, compilerNeeds, watchdogName } from './watchdog/build-watchdog.ts';

export interface MsiOptions {
  /** The packed program: a folder with Porthor.exe in it. */
  readonly payloadFolder: string;
  readonly outputFile: string;
  /** `1.2.3`. Windows Installer compares these three numbers only. */
  readonly version: string;
  /** The processor of the packed program; x64 where none is given. */
  readonly arch?: Architecture;
}

type Architecture = 'x64' | 'arm64';

/** The program behind the shortcut and the registry entry. */
const programName = 'Porthor.exe';

/** What builds the installer. */
export const installerNeeds = [
  { what: 'wixl', packages: ['wixl'] },
  { what: 'msibuild', packages: ['msitools'] },
  ...compilerNeeds,
] as const;

/**
 * What the sources leave open. The same version for the same processor is the same product; another version is an upgrade.
 */
export const installerVariables = (version: string, arch: Architecture = 'x64') => ({
  Version: version,
  ProductCode: guidOf(arch === 'x64' ? `product ${version}` : `product ${version} ${arch}`),
  Icon: 'icons/app.ico',
  AppUserModelId: appUserModelId,
  LogonTask: scheduledTasks.atLogon.name,
  AgainTask: scheduledTasks.again.name,
  Watchdog: watchdogName,
});

/** Rejects with a SetupError if a declared file is missing or a tool fails. */
export const buildMsi = async ({
  payloadFolder,
  outputFile,
  version,
  arch = 'x64',
}: MsiOptions): Promise<void> => {
  if (!/^\d{1,3}\.\d{1,3}\.\d{1,5}$/.test(version)) {
    throw new SetupError(`${version} is not a version that Windows Installer can compare.`, 'Use 1.2.3.');
  }
  const program = await stat(path.join(payloadFolder, programName)).catch(() => undefined);
  if (program?.isFile() !== true) {
    throw new SetupError(
      `${payloadFolder} holds no ${programName}.`,
      'Pack the agent for Windows first, and name the folder it was packed into.',
    );
  }
  await ensurePrograms('the installer', installerNeeds);
  const variables = installerVariables(version, arch);
  const places = [
    {
      directory: 'ProgramFolder',
      group: 'Program',
      folder: path.resolve(payloadFolder),
      sourceFolder: 'program',
      target: `Porthor/app-${version}`,
    },
    {
      directory: 'TemplatesFolder',
      group: 'Templates',
      folder: path.join(projectRoot, 'build/gpo/PolicyDefinitions'),
      sourceFolder: 'templates',
      target: 'Porthor/PolicyDefinitions',
    },
  ];
  const payload = await writePayloadSource(places);
  const own = await Promise.all(
    ['porthor.wxs', 'settings.wxs'].map((file) =>
      readFile(path.join(projectRoot, 'build/msi', file), 'utf8'),
    ),
  );
  const { sources, statements } = adaptForWixl([...own, payload], variables);

  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-msi-'));
  try {
    // wixl accepts relative paths only.
    for (const { sourceFolder, folder: from } of places) await symlink(from, path.join(folder, sourceFolder));
    await symlink(path.join(projectRoot, 'assets/icons'), path.join(folder, 'icons'));
    await mkdir(path.join(folder, 'generated'));
    const watchdog = `%ProgramFiles%\\Porthor\\app-${version}\\${watchdogName}`;
    for (const task of Object.values(scheduledTasks)) {
      const file = path.join(folder, 'generated', task.file);
      await writeFile(file, encodeTask(writeTask(task, watchdog)));
    }
    await buildWatchdog(path.join(folder, 'generated', watchdogName));
    const files = sources.map((_source, index) => `source-${index}.wxs`);
    for (const [index, file] of files.entries()) {
      await writeFile(path.join(folder, file), sources[index] ?? '');
    }
    const absoluteOutput = path.resolve(outputFile);
    await mkdir(path.dirname(outputFile), { recursive: true });
    await rm(outputFile, { force: true });
    const definitions = Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
    const wixl = await step('Building the installer', () =>
      run('wixl', ['-a', 'x64', ...definitions, '-o', absoluteOutput, ...files], {
        cwd: folder,
        deadlineMs: 600_000,
      }),
    );
    // wixl warns about what it ignores and still exits with 0. Treat every warning as a fault of the source.
    if (wixl.status !== 0 || wixl.stderr.trim() !== '') fail('wixl', wixl.stderr);
    for (const statement of statements) {
      const written = await run('msibuild', [outputFile, '-q', statement]);
      if (written.status !== 0 || written.stderr.trim() !== '')
        fail('msibuild', `${statement}\n${written.stderr}`);
    }
    if (arch !== 'x64') await nameProcessor(outputFile, version, arch);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/**
 * wixl knows no ARM. The tables of both packages are the same: 64-bit components in 64-bit folders. The summary alone says
 * for which processor the package is, and Windows Installer refuses it on any other.
 */
const nameProcessor = async (file: string, version: string, arch: Architecture): Promise<void> => {
  const template = `${arch === 'arm64' ? 'Arm64' : arch};1033`;
  const revision = `{${randomUUID().toUpperCase()}}`;
  const summary = [`Porthor ${version}`, 'The Porthor authors', template, revision];
  const written = await run('msibuild', [file, '-s', ...summary]);
  if (written.status !== 0 || written.stderr.trim() !== '') fail('msibuild', written.stderr);
};

const fail = (tool: string, said: string): never => {
  throw new SetupError(`${tool} did not build the installer:\n${said.trim()}`, 'Correct build/msi.');
};
