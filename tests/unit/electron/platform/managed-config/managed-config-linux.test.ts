import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLinuxManagedConfigPort } from '../../../../../electron/platform/managed-config/managed-config.linux.ts';
import { createSystemClock } from '../../../../../electron/platform/time/clock.ts';

const ownUid = process.getuid?.() ?? -1;

describe.skipIf(process.platform === 'win32')('the system file on Linux', () => {
  let root: string;
  let systemFile: string;
  const portFor = (ownerUid: number, developmentFile?: string) =>
    createLinuxManagedConfigPort({ clock: createSystemClock(), developmentFile, systemFile, ownerUid });
  const invalid = (reason: string) => ({
    kind: 'invalid',
    from: systemFile,
    problems: [{ key: 'document', reason }],
  });

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'porthor-config-'));
    systemFile = path.join(root, 'porthor', 'config.json');
    await mkdir(path.dirname(systemFile), { mode: 0o755 });
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it('is absent without a file', async () => {
    expect(await portFor(ownUid).read()).toEqual({ kind: 'absent' });
    await rm(path.dirname(systemFile), { recursive: true });
    expect(await portFor(ownUid).read()).toEqual({ kind: 'absent' });
  });

  it('is loaded, and the answer names its path', async () => {
    await writeFile(systemFile, '{"siteName":"Ysgol y Bryn"}', { mode: 0o644 });
    expect(await portFor(ownUid).read()).toMatchObject({
      kind: 'loaded',
      from: systemFile,
      config: { siteName: 'Ysgol y Bryn' },
    });
  });

  it('is not trusted where the user could have changed it', async () => {
    await writeFile(systemFile, '{}', { mode: 0o644 });
    expect(await portFor(ownUid + 1).read()).toEqual(
      invalid(`the file does not belong to ${ownUid + 1 === 0 ? 'root' : `user ${ownUid + 1}`}`),
    );
    await chmod(systemFile, 0o664);
    expect(await portFor(ownUid).read()).toEqual(
      invalid('the file may be written to by others than its owner'),
    );
    await chmod(systemFile, 0o646);
    expect(await portFor(ownUid).read()).toEqual(
      invalid('the file may be written to by others than its owner'),
    );
    await chmod(systemFile, 0o644);
    await chmod(path.dirname(systemFile), 0o777);
    expect(await portFor(ownUid).read()).toEqual(
      invalid('its folder may be written to by others than its owner'),
    );
  });

  it('is invalid above 1 MiB, and read whole below', async () => {
    await writeFile(systemFile, `{"siteName":"x"${' '.repeat(1024 * 1024)}}`, { mode: 0o644 });
    expect(await portFor(ownUid).read()).toEqual(invalid('the file is larger than 1 MiB'));
    await writeFile(systemFile, `{"siteName":"x"${' '.repeat(1024 * 1024 - 16)}}`, { mode: 0o644 });
    expect(await portFor(ownUid).read()).toMatchObject({ kind: 'loaded' });
  });

  it('is unreadable at once if it is not a regular file', async () => {
    await mkdir(systemFile);
    expect(await portFor(ownUid).read()).toMatchObject({ kind: 'unreadable', from: systemFile });
  });

  it('is ignored completely where a developer names a file, even if that file is wrong or missing', async () => {
    await writeFile(systemFile, '{"siteName":"Ysgol y Bryn"}', { mode: 0o644 });
    const developmentFile = path.join(root, 'mine.json');
    expect(await portFor(ownUid, developmentFile).read()).toEqual({
      kind: 'unreadable',
      from: developmentFile,
      reason: 'there is no such file',
    });
    await writeFile(developmentFile, '{"siteNam":"x"}', { mode: 0o666 });
    expect(await portFor(ownUid, developmentFile).read()).toMatchObject({
      kind: 'invalid',
      from: developmentFile,
    });
    await writeFile(developmentFile, '{"language":"cy-GB"}');
    expect(await portFor(ownUid, developmentFile).read()).toMatchObject({
      kind: 'loaded',
      config: { siteName: '', language: 'cy-GB' },
    });
  });
});
