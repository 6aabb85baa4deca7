/** Drives as Windows tells of them, as far as Wine has drives: letters, sizes and volumes, and no crash on the way. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlatform } from '../../../electron/platform/create-platform.ts';
import type { RemovableMedia } from '../../../electron/platform/removable-media.ts';
import type { Drive } from '../../../shared/device/drive.ts';

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

  it('every letter stands on one drive alone, and nothing is called encrypted', async () => {
    const volumes = (await list()).flatMap((drive) => drive.volumes);
    const keys = volumes.map(({ key }) => key);
    expect(keys).toContain('C:');
    expect(new Set(keys).size).toBe(keys.length);
    expect(volumes.map(({ encryption }) => encryption)).not.toContain('encrypted');
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
