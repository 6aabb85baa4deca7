/** Builds the collector's installer for Windows from a staged folder with `wixl` of msitools. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { adaptForWixl } from '../msi/adapt-for-wixl.ts';
import { installerNeeds } from '../msi/build-msi.ts';
import { guidOf } from '../msi/guid.ts';
import { writePayloadSource } from '../msi/payload-source.ts';
import { run } from '../runtime/child.ts';
import { step } from '../runtime/progress.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { ensurePrograms } from '../runtime/system-packages.ts';
import { buildService, serviceProgramName } from './service/build-service.ts';

const sources = fileURLToPath(new URL('.', import.meta.url));

/** The collector's commands on the data of its service. An administrator runs them. */
const commandScript = [
  '@echo off',
  'setlocal',
  'if not defined PORTHOR_COMMAND set PORTHOR_COMMAND="%~f0"',
  'if not defined PORTHOR_DATA set "PORTHOR_DATA=%ProgramData%\\Porthor Collector"',
  '"%~dp0node.exe" "--env-file-if-exists=%PORTHOR_DATA%\\collector.env" "%~dp0collector\\src\\cli.ts" %*',
  '',
].join('\r\n');

const fail = (tool: string, said: string): never => {
  throw new SetupError(
    `${tool} did not build the installer:\n${said.trim()}`,
    'Correct build/collector-package.',
  );
};

/** Rejects with a SetupError if a tool is missing or fails. Adds the command script and the settings to the staged folder. */
export const buildCollectorMsi = async (options: {
  readonly stagedFolder: string;
  readonly outputFile: string;
  /** `1.2.3`. Windows Installer compares these three numbers only. */
  readonly version: string;
}): Promise<void> => {
  const { stagedFolder, version } = options;
  await ensurePrograms('the installer', installerNeeds);
  await writeFile(path.join(stagedFolder, 'porthor-collector.cmd'), commandScript);
  const settings = await readFile(path.join(sources, 'collector.env'), 'utf8');
  await writeFile(path.join(stagedFolder, 'collector.env'), settings.replaceAll('\n', '\r\n'));
  const variables = {
    Version: version,
    ProductCode: guidOf(`collector ${version}`),
    ServiceProgram: serviceProgramName,
  };
  const payload = await writePayloadSource([
    {
      directory: 'ProgramFolder',
      group: 'Program',
      folder: path.resolve(stagedFolder),
      sourceFolder: 'program',
      target: 'Porthor Collector',
    },
  ]);
  const own = await readFile(path.join(sources, 'porthor-collector.wxs'), 'utf8');
  const adapted = adaptForWixl([own, payload], variables);

  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-collector-msi-'));
  try {
    // wixl accepts relative paths only.
    await symlink(path.resolve(stagedFolder), path.join(folder, 'program'));
    await mkdir(path.join(folder, 'generated'));
    await buildService(path.join(folder, 'generated', serviceProgramName));
    const files = adapted.sources.map((_source, index) => `source-${index}.wxs`);
    for (const [index, file] of files.entries()) {
      await writeFile(path.join(folder, file), adapted.sources[index] ?? '');
    }
    const made = path.join(folder, 'made.msi');
    const definitions = Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
    const wixl = await step('Building the collector’s installer', () =>
      run('wixl', ['-a', 'x64', ...definitions, '-o', made, ...files], { cwd: folder, deadlineMs: 600_000 }),
    );
    // wixl warns about what it ignores and still exits with 0. Treat every warning as a fault of the source.
    if (wixl.status !== 0 || wixl.stderr.trim() !== '') fail('wixl', wixl.stderr);
    for (const statement of adapted.statements) {
      const written = await run('msibuild', [made, '-q', statement]);
      if (written.status !== 0 || written.stderr.trim() !== '')
        fail('msibuild', `${statement}\n${written.stderr}`);
    }
    await mkdir(path.dirname(path.resolve(options.outputFile)), { recursive: true });
    await cp(made, options.outputFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
