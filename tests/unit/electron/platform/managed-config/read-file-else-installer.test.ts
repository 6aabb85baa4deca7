import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedConfigAnswer } from '../../../../../electron/platform/managed-config/managed-config-port.ts';
import { readFileElseInstaller } from '../../../../../electron/platform/managed-config/read-file-else-installer.ts';
import { defaultManagedConfig } from '../../../../../shared/config/managed-config.ts';

const told: ManagedConfigAnswer = {
  kind: 'loaded',
  from: 'HKLM\\SOFTWARE\\Porthor\\Setup',
  config: { ...defaultManagedConfig, siteName: 'Ysgol y Bryn' },
};
const pupil = 'the file does not belong to the administrators';

describe('the technician’s file beside the installer’s properties', () => {
  let root: string;
  let file: string;
  const read = (suspicion?: string, installer: ManagedConfigAnswer = told) =>
    readFileElseInstaller({ file, distrust: () => suspicion, readInstaller: () => installer });

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'porthor-places-'));
    file = path.join(root, 'Porthor', 'config.json');
    await mkdir(path.dirname(file));
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it('an administrator’s file comes first, also where it is wrong', async () => {
    await writeFile(file, '{"siteName":"Ysgol y Môr"}');
    expect(await read()).toMatchObject({
      answer: { kind: 'loaded', config: { siteName: 'Ysgol y Môr' } },
      passedOver: '',
    });
    await writeFile(file, '{"siteNmae":"x"}');
    expect(await read()).toMatchObject({ answer: { kind: 'invalid', from: file }, passedOver: '' });
    await rm(file);
    await mkdir(file);
    expect(await read()).toMatchObject({ answer: { kind: 'unreadable', from: file }, passedOver: '' });
  });

  it('without the file the installer’s properties apply', async () => {
    expect(await read()).toEqual({ answer: told, passedOver: '' });
    await rm(path.dirname(file), { recursive: true });
    expect(await read()).toEqual({ answer: told, passedOver: '' });
  });

  it('a pupil’s file or folder in its place changes nothing, and the answer says why it was passed over', async () => {
    const passedOver = `${file} is passed over: ${pupil}`;
    await writeFile(file, '{"siteName":"Ysgol y Môr"}');
    expect(await read(pupil)).toEqual({ answer: told, passedOver });
    await rm(file);
    await mkdir(file);
    expect(await read(pupil)).toEqual({ answer: told, passedOver });
  });

  it('a file that a pupil has closed to every other user changes nothing either', async () => {
    await writeFile(file, '{}');
    await chmod(path.dirname(file), 0o600);
    // Root can still read it; for root it is a readable file of a pupil.
    expect(await read(pupil)).toMatchObject({ answer: told });
    await chmod(path.dirname(file), 0o700);
  });

  it('a link to an administrator’s file in another folder is not followed', async () => {
    const elsewhere = path.join(root, 'Other program');
    await rm(path.dirname(file), { recursive: true });
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 'config.json'), '{"colour":"red"}');
    await symlink(elsewhere, path.dirname(file), 'junction');
    expect(await read()).toEqual({ answer: told, passedOver: `${file} is passed over: a link leads there` });
  });

  it('a pupil’s file is reported as invalid if the installer has no properties', async () => {
    await writeFile(file, '{}');
    expect(await read(pupil, { kind: 'absent' })).toEqual({
      answer: { kind: 'invalid', from: file, problems: [{ key: 'document', reason: pupil }] },
      passedOver: '',
    });
  });

  it('a pupil’s file does not hide an error in the installer’s properties', async () => {
    const wrong: ManagedConfigAnswer = { kind: 'unreadable', from: 'HKLM', reason: 'closed' };
    await writeFile(file, '{}');
    expect((await read(pupil, wrong)).answer).toEqual(wrong);
  });
});
