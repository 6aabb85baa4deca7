/** Drives as Windows reports them, as far as Wine has drives: letters, sizes and volumes, without a crash. */
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlatform } from '../../../electron/platform/create-platform.ts';
import type { RemovableMedia } from '../../../electron/platform/removable-media.ts';
import type { Drive } from '../../../shared/device/drive.ts';

describe('drives on Windows', () => {
  let media: RemovableMedia;
  /** Wine's first answers take longer than the adapter's deadline where the cores are busy: ask until all have come. */
  const list = async (): Promise<readonly Drive[]> => {
    for (const endsAtMs = performance.now() + 120_000; ; await wait(200)) {
      const answer = await media.volumes.list();
      const isLate = !answer.ok || /not answer/u.test(media.volumes.capability().reason);
      if (answer.ok && !isLate) return answer.value;
      if (performance.now() > endsAtMs) throw new Error(media.volumes.capability().reason);
    }
  };
  const driveOf = (drives: readonly Drive[], letter: string) =>
    drives.find(({ volumes }) => volumes.some(({ key }) => key === `${letter}:`));

  beforeAll(async () => {
    const platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
    media = await platform.removableMedia();
  });

  it('the built-in drive has its letter and size, and does not count as encrypted', async () => {
    const drive = driveOf(await list(), 'C');
    expect(drive).toMatchObject({ kind: 'disk', hasMedium: true });
    const volume = drive?.volumes.find(({ key }) => key === 'C:');
    expect(volume?.mountPoints).toEqual(['C:\\']);
    expect(volume?.sizeBytes ?? 0).toBeGreaterThan(0);
    // Wine's shell has no such property, so the encryption stays unknown.
    expect(volume?.encryption).toBe('cannot-tell');
  });

  it('every letter belongs to one drive only, and no volume counts as encrypted', async () => {
    const volumes = (await list()).flatMap((drive) => drive.volumes);
    const keys = volumes.map(({ key }) => key);
    expect(keys).toContain('C:');
    expect(new Set(keys).size).toBe(keys.length);
    expect(volumes.map(({ encryption }) => encryption)).not.toContain('encrypted');
  });

  it('the adapter ends a watch twice without an error, and reports a drive that it cannot eject', async () => {
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

  it('the adapter says why it cannot read USB, and that there is no anti-virus program', async () => {
    const devices = await media.usb.list();
    if (!devices.ok) expect(devices.error.reason).not.toBe('');
    expect(media.antiVirus.capability()).toMatchObject({ level: 'none' });
    expect(await media.antiVirus.scan('C:\\')).toMatchObject({ ok: false, error: { kind: 'none' } });
  });
});
