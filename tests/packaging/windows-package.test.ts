/**
 * The Windows program as electron-builder packs it: its fuses, and the record by which Electron checks the archive before it
 * starts. A stand-in takes the place of Electron for Windows, which is not available everywhere: a program without code, with
 * the fuses and the version of one.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getRawHeader } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { packApp, packedFolder } from '../../build/package/pack-app.ts';
import { stageApp } from '../../build/package/stage-app.ts';

/** What marks the fuses in Electron's program, then their version (1) and their count (Electron's page on fuses). */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** Each the opposite of what the package must have, so that a fuse left alone is found. In Electron's order. */
const deliveredFuses = '10110001';

const language = { lang: 1033, codepage: 1200 };

/** The least that electron-builder takes for an Electron of Windows. */
async function makeStandIn(folder: string): Promise<void> {
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const version = Resource.VersionInfo.createEmpty();
  version.setFileVersion('45.4.1', language.lang);
  version.setStringValues(language, { ProductName: 'Electron', FileDescription: 'Electron' });
  version.outputToResourceEntries(resources.entries);
  resources.outputResource(program);
  program.setExtraData(
    Buffer.concat([Buffer.from(fuseMark), Buffer.from([1, 8]), Buffer.from(deliveredFuses)]),
  );
  await mkdir(path.join(folder, 'resources'), { recursive: true });
  await mkdir(path.join(folder, 'locales'));
  await writeFile(path.join(folder, 'electron.exe'), Buffer.from(program.generate()));
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version'])
    await writeFile(path.join(folder, name), '45.4.1');
  for (const name of ['en-GB.pak', 'en-US.pak']) await writeFile(path.join(folder, 'locales', name), '');
}

const integritySchema = z.array(z.strictObject({ file: z.string(), alg: z.string(), value: z.string() }));

/** The record of the archive in the program: a resource of type INTEGRITY (Electron's page on ASAR integrity). */
async function readIntegrity(program: string): Promise<z.infer<typeof integritySchema>> {
  const { entries } = NtExecutableResource.from(NtExecutable.from(await readFile(program)));
  const found = entries.filter(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR');
  expect(found).toHaveLength(1);
  return integritySchema.parse(JSON.parse(Buffer.from(found[0]?.bin ?? new ArrayBuffer(0)).toString('utf8')));
}

describe.each(['win32', 'win32-arm64'] as const)('the program for %s', (target) => {
  let folder: string;
  let program: string;
  let archive: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-windows-package-'));
    const [electronFolder, stageFolder, outputFolder] = ['electron', 'stage', 'output'].map((name) =>
      path.join(folder, name),
    ) as [string, string, string];
    await makeStandIn(electronFolder);
    await ensureBuild();
    await stageApp(target, stageFolder);
    await packApp({ target, stageFolder, outputFolder, electronVersion: '45.4.1', electronFolder });
    program = path.join(packedFolder(target, outputFolder), 'Porthor.exe');
    archive = path.join(packedFolder(target, outputFolder), 'resources', 'app.asar');
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('does not run as a plain Node, takes no inspector, and starts its own archive alone', async () => {
    const fuses = await getCurrentFuseWire(program);
    expect({
      runAsNode: fuses[FuseV1Options.RunAsNode],
      nodeOptions: fuses[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
      inspect: fuses[FuseV1Options.EnableNodeCliInspectArguments],
      integrity: fuses[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
      onlyAsar: fuses[FuseV1Options.OnlyLoadAppFromAsar],
      fileProtocol: fuses[FuseV1Options.GrantFileProtocolExtraPrivileges],
    }).toEqual({
      runAsNode: FuseState.DISABLE,
      nodeOptions: FuseState.DISABLE,
      inspect: FuseState.DISABLE,
      integrity: FuseState.ENABLE,
      onlyAsar: FuseState.ENABLE,
      fileProtocol: FuseState.DISABLE,
    });
  });

  it('carries the hash of its archive, under the name by which Electron looks for it on Windows', async () => {
    const header = createHash('sha256').update(getRawHeader(archive).headerString).digest('hex');
    expect(await readIntegrity(program)).toEqual([
      { file: 'resources\\app.asar', alg: 'SHA256', value: header },
    ]);
  });

  it('names Porthor and its version to Windows', async () => {
    const { entries } = NtExecutableResource.from(NtExecutable.from(await readFile(program)));
    const [version] = Resource.VersionInfo.fromEntries(entries);
    const { version: expected } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')));
    expect(version?.getStringValues(language)).toMatchObject({
      ProductName: 'Porthor',
      FileDescription: 'Porthor',
      FileVersion: expected,
    });
  });
});
