import { describe, expect, it } from 'vitest';
import {
  type DrivePlace,
  describeLinuxDrive,
  findUsbDevice,
} from '../../../../../electron/platform/volumes/describe-linux-drive.ts';
import { lsblkColumns, parseLsblk } from '../../../../../electron/platform/volumes/parse-lsblk.ts';
import type { Drive } from '../../../../../shared/device/drive.ts';
import { makeLsblkDevice, printLsblk } from '../../../../fixtures/drive-structures.ts';

const usbPath =
  '/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.3/1-2.3:1.0/host6/target6:0:0/6:0:0:0/block/sdb';
const usbPlace: DrivePlace = {
  path: usbPath,
  diskSequence: '12',
  usbDriver: 'usb-storage',
  usb: {
    vendorId: '0781',
    productId: '5567',
    serial: { kind: 'given', text: 'X1' },
    manufacturer: 'SanDisk',
    productName: 'Cruzer Blade',
  },
  cardType: '',
  behindRemovablePci: false,
};
const noMapping = () => '';

function readDrive(
  device: Readonly<Record<string, unknown>>,
  place: DrivePlace = usbPlace,
  mappingIdOf: (name: string) => string = noMapping,
): Drive {
  const nodes = parseLsblk(printLsblk([device]));
  if (!nodes.ok) throw new Error(nodes.error);
  const [node] = nodes.value;
  const drive = node === undefined ? undefined : describeLinuxDrive(node, place, mappingIdOf);
  if (drive === undefined) throw new Error('no drive');
  return drive;
}

const partition = (kname: string, changes: Readonly<Record<string, unknown>> = {}) =>
  makeLsblkDevice({ kname, 'maj:min': `8:${17 + Number(kname.at(-1))}`, type: 'part', ...changes });
const mapping = (kname: string, changes: Readonly<Record<string, unknown>> = {}) =>
  makeLsblkDevice({ kname, 'maj:min': '254:0', type: 'crypt', ...changes });

describe('the output of lsblk', () => {
  it('is asked for as a tree: without the name it would be a flat list', () => {
    expect(lsblkColumns.startsWith('NAME,')).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'lsblk: failed'],
    ['no list', '{"blockdevices":{}}'],
    ['a name that climbs', printLsblk([makeLsblkDevice({ kname: '../../etc' })])],
    ['a device without a number', printLsblk([makeLsblkDevice({ kname: 'sdb', 'maj:min': 'x' })])],
  ])('is refused as a whole when it is %s', (_what, output) => {
    expect(parseLsblk(output).ok).toBe(false);
  });

  it('may lack columns that older versions do not know, and have numbers as texts', () => {
    const answer = parseLsblk(
      '{"blockdevices":[{"kname":"sda","maj:min":"  8:0 ","type":"disk","size":"512"}]}',
    );
    expect(answer).toMatchObject({ ok: true, value: [{ sizeBytes: 512, fsType: '', mountPoints: [] }] });
  });
});

describe('a drive on Linux', () => {
  it('is a stick where its path leads through a USB interface', () => {
    expect(findUsbDevice(usbPath)).toMatchObject({
      port: '1-2.3',
      folder: expect.stringMatching(/1-2\.3$/u) as string,
    });
    const drive = readDrive(makeLsblkDevice({ kname: 'sdb', fstype: 'vfat', label: 'TEACHING' }));
    expect(drive).toMatchObject({
      key: 'sdb@12',
      bus: 'usb',
      kind: 'disk',
      usb: { port: '1-2.3', vendorId: '0781' },
      vendor: 'SanDisk',
      volumes: [{ key: 'sdb', label: 'TEACHING', encryption: 'not-encrypted' }],
    });
  });

  it('is recognised by its bus, never by "removable" alone', () => {
    const device = makeLsblkDevice({ kname: 'sdb' });
    const busAt = (place: Partial<DrivePlace>) =>
      readDrive(device, { ...usbPlace, usb: undefined, ...place }).bus;
    const internal = '/sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sdb';
    const card = '/sys/devices/pci0000:00/0000:00:1c.0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0';
    expect(busAt({ usbDriver: 'uas' })).toBe('uas');
    expect(busAt({ path: internal })).toBe('internal');
    expect(busAt({ path: internal, behindRemovablePci: true })).toBe('usb4');
    expect(busAt({ path: card, cardType: 'SD' })).toBe('sd');
    expect(busAt({ path: card, cardType: 'MMC' })).toBe('internal');
    expect(busAt({ path: card, cardType: '' })).toBe('unknown');
    expect(busAt({ path: '' })).toBe('unknown');
  });

  it('is left out where it is made of memory or files', () => {
    const nodes = parseLsblk(
      printLsblk([makeLsblkDevice({ kname: 'zram0' }), makeLsblkDevice({ kname: 'loop0', type: 'loop' })]),
    );
    if (!nodes.ok) throw new Error(nodes.error);
    const place = { ...usbPlace, path: '/sys/devices/virtual/block/zram0' };
    expect(nodes.value.map((node) => describeLinuxDrive(node, place, noMapping))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('has no volumes while a disc drive is empty', () => {
    expect(readDrive(makeLsblkDevice({ kname: 'sr0', type: 'rom', size: 1_073_741_312 }))).toMatchObject({
      kind: 'optical',
      hasMedium: false,
      volumes: [],
    });
  });

  it('has its partitions as volumes, those inside an extended one too, and not the frame', () => {
    const drive = readDrive(
      makeLsblkDevice({
        kname: 'sdb',
        pttype: 'dos',
        children: [
          partition('sdb1', { fstype: 'exfat', parttype: '0x7' }),
          partition('sdb2', { size: 1024, parttype: '0x5' }),
          partition('sdb5', { fstype: 'crypto_LUKS', fsver: '2', parttype: '0x83' }),
        ],
      }),
    );
    expect(drive.volumes.map(({ key, encryption }) => `${key} ${encryption}`)).toEqual([
      'sdb1 not-encrypted',
      'sdb5 locked',
    ]);
  });

  it('calls a partition a system partition only where it is small', () => {
    const efi = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
    const roleOf = (size: number) =>
      readDrive(
        makeLsblkDevice({
          kname: 'sdb',
          pttype: 'gpt',
          children: [partition('sdb1', { parttype: efi, size, fstype: 'vfat' })],
        }),
      ).volumes[0]?.role;
    expect(roleOf(200 * 1024 ** 2)).toBe('boot');
    expect(roleOf(2 * 1024 ** 3)).toBe('data');
  });
});

describe('the encryption of a volume on Linux', () => {
  const whole = (changes: Readonly<Record<string, unknown>>, mappingId = '') =>
    readDrive(makeLsblkDevice({ kname: 'sdb', ...changes }), usbPlace, () => mappingId).volumes[0];

  it.each([
    ['vfat', 'not-encrypted'],
    ['ntfs', 'not-encrypted'],
    ['iso9660', 'not-encrypted'],
    ['crypto_LUKS', 'locked'],
    ['BitLocker', 'locked'],
    ['apfs', 'cannot-tell'],
    ['zfs_member', 'cannot-tell'],
    ['LVM2_member', 'cannot-tell'],
    ['', 'cannot-tell'],
  ])('with %s in it is %s', (fstype, encryption) => {
    expect(whole({ fstype })?.encryption).toBe(encryption);
  });

  it.each(['CRYPT-LUKS2-ab-x', 'CRYPT-LUKS1-ab-x', 'CRYPT-BITLK-ab-x', 'CRYPT-TCRYPT-x', 'CRYPT-PLAIN-x'])(
    'is encrypted while %s is open on it, and shows its content',
    (mappingId) => {
      const inside = mapping('dm-0', { fstype: 'ext4', label: 'PRIVATE', mountpoints: ['/media/private'] });
      expect(whole({ fstype: 'crypto_LUKS', children: [inside] }, mappingId)).toMatchObject({
        encryption: 'encrypted',
        fileSystem: 'ext4',
        label: 'PRIVATE',
        mountPoints: ['/media/private'],
      });
    },
  );

  it('is being encrypted while cryptsetup rewrites it below the open mapping', () => {
    const opened = mapping('dm-0', { fstype: 'ext4', mountpoints: ['/media/private'] });
    const children = [mapping('dm-1', { children: [opened] }), mapping('dm-2', { children: [opened] })];
    for (const part of ['overlay', 'hotzone-forward', 'hotzone-backward']) {
      expect(whole({ fstype: 'crypto_LUKS', children }, `CRYPT-SUBDEV-ab-opened-${part}`)).toMatchObject({
        encryption: 'being-encrypted',
        mountPoints: ['/media/private'],
      });
    }
    // Integrity and chains of ciphers lie below an open volume too.
    for (const id of ['CRYPT-SUBDEV-ab-opened_dif', 'CRYPT-SUBDEV-opened_1']) {
      expect(whole({ fstype: 'crypto_LUKS', children }, id)?.encryption).not.toBe('being-encrypted');
    }
  });

  // lsblk calls all of these "crypt", and none of them encrypts.
  it.each(['CRYPT-VERITY-ab-x', 'CRYPT-INTEGRITY-x', 'CRYPT-LUKS9-x', 'LVM-ab', ''])(
    'is not called encrypted because of a mapping %s on it',
    (mappingId) => {
      for (const fstype of ['DM_verity_hash', 'crypto_LUKS', '', 'ext4']) {
        const found = whole({ fstype, children: [mapping('dm-0', { fstype: 'ext4' })] }, mappingId);
        expect(found?.encryption).not.toBe('encrypted');
      }
    },
  );

  it('of a volume group follows from the volumes in the group', () => {
    const inside = (fstype: string) => mapping('dm-0', { type: 'lvm', fstype });
    expect(whole({ fstype: 'LVM2_member', children: [inside('ext4')] }, 'LVM-ab')?.encryption).toBe(
      'not-encrypted',
    );
    expect(whole({ fstype: 'LVM2_member', children: [inside('crypto_LUKS')] }, 'LVM-ab')?.encryption).toBe(
      'locked',
    );
  });
});
