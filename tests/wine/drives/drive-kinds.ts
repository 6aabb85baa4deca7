/**
 * Drives of every kind that Wine can show, read by the real adapter and gathered as the agent does it. The letters are
 * set up by `drive-kinds.test.ts`: A and F floppy, C and E fixed, D a disc, N on the network.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { gatherDevices } from '../../../electron/domain/media/gather-devices.ts';
import { createPlatform } from '../../../electron/platform/create-platform.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Drive } from '../../../shared/device/drive.ts';

describe('drives of each kind', () => {
  let drives: readonly Drive[] = [];
  const lettersOf = (drive: Drive | undefined) => drive?.volumes.map(({ key }) => key) ?? [];
  const driveOf = (letter: string) => drives.find((drive) => lettersOf(drive).includes(`${letter}:`));

  beforeAll(async () => {
    const platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
    const media = await platform.removableMedia();
    const answer = await media.volumes.list();
    if (!answer.ok) throw new Error(answer.error.reason);
    drives = answer.value;
  });

  it.each([
    ['A', 'floppy'],
    ['C', 'disk'],
    ['D', 'optical'],
    ['E', 'disk'],
    ['F', 'disk'],
  ])('%s: is a drive of the kind %s', (letter, kind) => {
    expect(driveOf(letter)).toMatchObject({ kind, hasMedium: true });
    const [volume] = driveOf(letter)?.volumes.filter(({ key }) => key === `${letter}:`) ?? [];
    expect(volume?.mountPoints).toEqual([`${letter}:\\`]);
    expect(volume?.sizeBytes ?? 0).toBeGreaterThan(0);
  });

  it('the adapter leaves out a network drive', () => {
    expect(driveOf('N')).toBeUndefined();
  });

  it('the first floppy disk and the first hard disk stay two drives, though both have the number 0', () => {
    expect(lettersOf(driveOf('A'))).toEqual(['A:']);
    expect(lettersOf(driveOf('C'))).not.toContain('A:');
    expect(new Set(drives.map(({ key }) => key)).size).toBe(drives.length);
  });

  it('a disc with a file system counts as not encrypted; for floppy and hard disks Wine cannot tell', () => {
    expect(driveOf('D')?.volumes).toMatchObject([
      { fileSystem: 'CDFS', encryption: 'not-encrypted', probe: { name: 'signature' } },
    ]);
    for (const letter of ['A', 'C', 'E', 'F']) {
      expect(driveOf(letter)?.volumes[0]?.encryption, letter).toBe('cannot-tell');
    }
  });

  it('discs and floppy disks count as media; hard disks and removable drives without a bus do not', () => {
    const media = gatherDevices([], drives, defaultManagedConfig.media);
    const seen = media.map(({ kind, volumes }) => `${kind} ${volumes.map(({ key }) => key).join(' ')}`);
    expect(seen.toSorted()).toEqual(['disc A:', 'disc D:']);
    expect(gatherDevices([], drives, { ...defaultManagedConfig.media, includeOptical: false })).toEqual([]);
  });
});
