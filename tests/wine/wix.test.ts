/** The installer's sources in WiX's own compiler: wixl, which builds the package, accepts what Windows Installer forbids. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildMsi, installerVariables } from '../../build/msi/build-msi.ts';
import { writePayloadSource } from '../../build/msi/payload-source.ts';
import { watchdogName } from '../../build/msi/watchdog/build-watchdog.ts';
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

it('builds a package for ARM that differs from the one for x64 in its processor and product alone', async () => {
  const payloadFolder = path.join(folder, 'payload');
  await mkdir(payloadFolder);
  await writeFile(path.join(payloadFolder, 'Porthor.exe'), 'a program');
  const describe = async (arch: 'x64' | 'arm64') => {
    const outputFile = path.join(folder, `${arch}.msi`);
    await buildMsi({ payloadFolder, outputFile, version: '0.1.0', arch });
    const ask = async (...args: readonly string[]) => (await run('msiinfo', [...args])).stdout;
    const summary = await ask('suminfo', outputFile);
    const properties = (await ask('export', outputFile, 'Property')).split(/\r?\n/u);
    return {
      template: /^Template: (.*)$/mu.exec(summary)?.[1],
      subject: /^Subject: (.*)$/mu.exec(summary)?.[1],
      productCode: properties.find((row) => row.startsWith('ProductCode\t')),
      others: properties.filter((row) => !row.startsWith('ProductCode\t')),
      components: await ask('export', outputFile, 'Component'),
    };
  };
  const [x64, arm64] = [await describe('x64'), await describe('arm64')];
  expect(x64).toMatchObject({ template: 'x64;1033', subject: 'Porthor 0.1.0' });
  expect(arm64).toMatchObject({ template: 'Arm64;1033', subject: 'Porthor 0.1.0' });
  expect(arm64.productCode).not.toBe(x64.productCode);
  expect([arm64.others, arm64.components]).toEqual([x64.others, x64.components]);
});

/** IMAGE_FILE_MACHINE_AMD64 (winnt.h), which Windows 11 on ARM emulates and Windows 10 on ARM refuses. */
const machineX64 = 0x8664;

it('puts a watchdog for x64 into the package for ARM, which the documents therefore offer for Windows 11 alone', async () => {
  const payloadFolder = path.join(folder, 'payload-arm64');
  await mkdir(payloadFolder);
  await writeFile(path.join(payloadFolder, 'Porthor.exe'), 'a program');
  const outputFile = path.join(folder, 'watchdog-arm64.msi');
  await buildMsi({ payloadFolder, outputFile, version: '0.1.0', arch: 'arm64' });
  const unpacked = path.join(folder, 'unpacked-arm64');
  expect((await run('msiextract', ['-C', unpacked, outputFile])).status).toBe(0);
  const files = await readdir(unpacked, { recursive: true });
  const [watchdog = ''] = files.filter((file) => path.basename(file) === watchdogName);
  const program = await readFile(path.join(unpacked, watchdog));
  // e_lfanew, then the machine after the signature of four bytes.
  expect(program.readUInt16LE(program.readUInt32LE(0x3c) + 4)).toBe(machineX64);
  const installing = await readFile(path.join(projectRoot, 'docs/installing.md'), 'utf8');
  expect(installing).toMatch(/-arm64\.msi`, which needs Windows 11\./u);
});
