/** The installer's sources in WiX's own compiler: wixl, which builds the package, accepts what Windows Installer forbids. */
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installerVariables } from '../../build/msi/build-msi.ts';
import { writePayloadSource } from '../../build/msi/payload-source.ts';
import { run } from '../../build/runtime/child.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { ensurePrograms } from '../../build/runtime/system-packages.ts';
import { wixNeeds } from '../support/system-needs.ts';

/** electron-builder brings WiX 3.10. */
const vendorFolder = path.join(projectRoot, 'node_modules/electron-winstaller/vendor');

let folder: string;

beforeAll(async () => {
  await ensurePrograms('the compiler of WiX', wixNeeds);
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-wix-'));
  const templates = path.join(projectRoot, 'build/gpo/PolicyDefinitions');
  const place = (directory: string, group: string) => ({
    directory,
    group,
    folder: templates,
    sourceFolder: 'files',
    target: `Porthor/${group}`,
  });
  const places = [place('ProgramFolder', 'Program'), place('TemplatesFolder', 'Templates')];
  await writeFile(path.join(folder, 'payload.wxs'), await writePayloadSource(places));
  for (const file of ['porthor.wxs', 'settings.wxs']) {
    await cp(path.join(projectRoot, 'build/msi', file), path.join(folder, file));
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const compile = (...more: readonly string[]) => {
  const variables = Object.entries(installerVariables('0.1.0')).map(([name, value]) => `-d${name}=${value}`);
  const candle = path.join(vendorFolder, 'candle.exe');
  const options = ['-nologo', '-arch', 'x64', ...variables, ...more];
  return run('mono', [candle, ...options], { cwd: folder, deadlineMs: 200_000 });
};

it('compiles the sources of the installer without a warning', async () => {
  const { status, stdout, stderr } = await compile('porthor.wxs', 'settings.wxs', 'payload.wxs');
  const said = `${stdout}${stderr}`.split('\n').filter((line) => /warning|error/u.test(line));
  expect({ status, said }).toEqual({ status: 0, said: [] });
  expect((await readdir(folder)).filter((file) => file.endsWith('.wixobj'))).toHaveLength(3);
});

it('refuses a source that Windows Installer forbids', async () => {
  const source = `<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi"><Fragment>
    <Property Id="MsiHiddenProperties" Value="ENROLMENTTOKEN" /></Fragment></Wix>`;
  await writeFile(path.join(folder, 'forbidden.wxs'), source);
  const { status, stdout } = await compile('forbidden.wxs');
  expect(status).not.toBe(0);
  expect(stdout).toContain('CNDL0070');
});
