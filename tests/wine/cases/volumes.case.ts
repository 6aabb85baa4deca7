/** Drives as Windows tells of them, as far as Wine has drives: their kinds, letters and volumes, and no crash on the way. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlatform } from '../../../electron/platform/create-platform.ts';
import type { RemovableMedia } from '../../../electron/platform/removable-media.ts';
import type { Drive } from '../../../electron/platform/volumes/volumes-port.ts';

const kindsKey = 'HKLM\\Software\\Wine\\Drives';

describe('drives on Windows', () => {
  let media: RemovableMedia;
  const list = async (): Promise<readonly Drive[]> => {
    const answer = await media.volumes.list();
    if (!answer.ok) throw new Error(answer.error.reason);
    return answer.value;
  };
  const driveOf = (drives: readonly Drive[], letter: string) =>
    drives.find(({ volumes }) => volumes.some(({ key }) => key === `${letter}:`));

  beforeAll(async () => {
    const platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
    media = await platform.removableMedia();
  });

  it('the built-in drive has its letter and its size, and is not called encrypted', async () => {
    const drive = driveOf(await list(), 'C');
    expect(drive).toMatchObject({ kind: 'disk', hasMedium: true });
    const volume = drive?.volumes.find(({ key }) => key === 'C:');
    expect(volume?.mountPoints).toEqual(['C:\\']);
    expect(volume?.sizeBytes ?? 0).toBeGreaterThan(0);
    // Wine's shell keeps no such property; what is not known stays unknown.
    expect(volume?.encryption).toBe('cannot-tell');
  });

  it('a disc drive is one, and none of its letters is taken for a disk', async () => {
    const set = spawnSync('reg.exe', ['add', kindsKey, '/v', 'z:', '/t', 'REG_SZ', '/d', 'cdrom', '/f']);
    expect(set.status).toBe(0);
    const drive = driveOf(await list(), 'Z') ?? (await list()).find(({ kind }) => kind === 'optical');
    console.log(`Wine calls Z: ${JSON.stringify(drive)}`);
    expect(
      (await list()).every(({ volumes }) => volumes.every(({ encryption }) => encryption !== 'encrypted')),
    ).toBe(true);
  });

  it('a watch is ended without a trace, and what cannot be ejected is said', async () => {
    const watch = await media.volumes.watch(() => undefined);
    expect(watch.ok).toBe(true);
    if (watch.ok) {
      await watch.value();
      await watch.value();
    }
    const [drive] = await list();
    if (drive === undefined) throw new Error('no drive');
    const gone = { ...drive, key: 'disk 99', kind: 'disk', usb: undefined, volumes: [] } as const;
    expect(await media.eject.eject(gone)).toMatchObject({ ok: false });
  });

  it('says why USB cannot be asked, and that there is no anti-virus', async () => {
    const devices = await media.usb.list();
    if (!devices.ok) expect(devices.error.reason).not.toBe('');
    expect(media.antiVirus.capability()).toMatchObject({ level: 'none' });
    expect(await media.antiVirus.scan('C:\\')).toMatchObject({ ok: false, error: { kind: 'none' } });
  });
});
