import { describe, expect, it } from 'vitest';
import { clamOutcome } from '../../../../../electron/platform/anti-virus/anti-virus.linux.ts';
import {
  defenderCapability,
  defenderOutcome,
} from '../../../../../electron/platform/anti-virus/anti-virus.win32.ts';
import { judgeBitLocker } from '../../../../../electron/platform/volumes/bitlocker-protection.ts';
import {
  describeWindowsDrive,
  describeWindowsVolume,
  type WindowsDrive,
} from '../../../../../electron/platform/volumes/describe-windows-drive.ts';
import { findEncryptedContent } from '../../../../../electron/platform/volumes/parse-boot-sector.ts';
import {
  parseDiskSize,
  parseLocationPath,
  parseStorageDescriptor,
  parseStorageNumber,
  parseTextList,
  parseUsbInstanceId,
} from '../../../../../electron/platform/volumes/parse-storage-device.ts';
import {
  classifyRefusal,
  describeRefusal,
} from '../../../../../electron/platform/volumes/parse-udisksctl.ts';
import { classifyMediumError, classifyVeto } from '../../../../../electron/platform/volumes/parse-veto.ts';
import {
  makeBootSector,
  makeGeometry,
  makeLuksHeader,
  makeStorageDescriptor,
  makeStorageNumber,
} from '../../../../fixtures/drive-structures.ts';

describe('STORAGE_DEVICE_DESCRIPTOR', () => {
  it.each([
    [7, 'usb'],
    [12, 'sd'],
    [13, 'mmc'],
    [17, 'nvme'],
    [11, 'other'],
    [15, 'other'],
    [0, 'unknown'],
  ] as const)('bus type %i is %s', (busType, bus) => {
    expect(parseStorageDescriptor(makeStorageDescriptor({ busType }))).toMatchObject({ bus });
  });

  it('gives its texts, trimmed, and none where the offset is 0', () => {
    const bytes = makeStorageDescriptor({
      busType: 7,
      removable: true,
      vendor: 'SanDisk ',
      model: 'Cruzer  Blade\u0001',
    });
    expect(parseStorageDescriptor(bytes)).toEqual({
      bus: 'usb',
      isRemovable: true,
      vendor: 'SanDisk',
      model: 'Cruzer Blade',
      serial: '',
    });
  });

  it('does not read past what it was given', () => {
    const bytes = makeStorageDescriptor({ busType: 7, vendor: 'SanDisk', serial: 'X1' });
    expect(parseStorageDescriptor(bytes.subarray(0, 31))).toBeUndefined();
    bytes.writeUInt32LE(0xffff_fff0, 12);
    bytes.writeUInt32LE(0xffff_ffff, 4);
    expect(parseStorageDescriptor(bytes)).toMatchObject({ vendor: '', serial: 'X1' });
    bytes.writeUInt32LE(8, 4);
    expect(parseStorageDescriptor(bytes)).toBeUndefined();
  });
});

describe('numbers and sizes of Windows', () => {
  it('STORAGE_DEVICE_NUMBER gives kind and number, and is none for a volume over several disks', () => {
    expect(parseStorageNumber(makeStorageNumber(7, 3))).toEqual({ deviceType: 7, deviceNumber: 3 });
    expect(parseStorageNumber(makeStorageNumber(7, 0xffff_ffff))).toBeUndefined();
    expect(parseStorageNumber(Buffer.alloc(11))).toBeUndefined();
  });

  it('DISK_GEOMETRY_EX gives the size, and an impossible size is none', () => {
    expect(parseDiskSize(makeGeometry(16_008_609_792n))).toBe(16_008_609_792);
    expect(parseDiskSize(makeGeometry(0n))).toBeUndefined();
    expect(parseDiskSize(makeGeometry(-1n))).toBeUndefined();
    expect(parseDiskSize(makeGeometry(2n ** 62n))).toBeUndefined();
    expect(parseDiskSize(Buffer.alloc(31))).toBeUndefined();
  });

  it('REG_MULTI_SZ ends at an empty text', () => {
    expect(parseTextList(Buffer.from('one\0two\0\0rest', 'utf16le'))).toEqual(['one', 'two']);
    expect(parseTextList(Buffer.alloc(0))).toEqual([]);
  });
});

describe('names of devices on Windows', () => {
  it('an instance id gives vendor, product and serial number', () => {
    expect(parseUsbInstanceId('USB\\VID_0781&PID_5567\\4C530001230711104295')).toMatchObject({
      vendorId: '0781',
      productId: '5567',
      serial: { kind: 'given', text: '4C530001230711104295' },
    });
  });

  it('a serial number that Windows made up counts as absent', () => {
    expect(parseUsbInstanceId('USB\\VID_090C&PID_1000\\6&1A2B3C4D&0&2')).toMatchObject({
      vendorId: '090c',
      serial: { kind: 'absent' },
    });
  });

  it.each([
    'USBSTOR\\DISK&VEN_SANDISK&PROD_CRUZER\\4C53&0',
    'USB\\VID_0781&PID_5567&MI_00\\7&2',
    'USB\\ROOT_HUB30\\5&1',
    'PCI\\VEN_8086&DEV_A36D',
    '',
  ])('%s is not a USB device', (id) => {
    expect(parseUsbInstanceId(id)).toBeUndefined();
  });

  it('a location path becomes the port in the form of the USB package', () => {
    expect(parseLocationPath('PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)#USB(14)')).toBe(
      'PCIROOT(0)#PCI(1400)#USBROOT(0)-2.14',
    );
    expect(parseLocationPath('ACPI(_SB_)#ACPI(PCI0)#ACPI(RHUB)#ACPI(HS04)')).toBe('');
    expect(parseLocationPath(`PCIROOT(0)#USBROOT(0)${'#USB(1)'.repeat(5000)}`)).not.toContain('undefined');
  });
});

describe('the shell’s BitLocker state', () => {
  it.each([
    [1, 'NTFS', 'encrypted'],
    [2, 'NTFS', 'not-encrypted'],
    [2, 'exFAT', 'not-encrypted'],
    [3, 'NTFS', 'being-encrypted'],
    [4, 'NTFS', 'not-encrypted'],
    [5, 'NTFS', 'not-encrypted'],
    [6, '', 'locked'],
    // Contradictions and unknown states.
    [6, 'NTFS', 'cannot-tell'],
    [1, '', 'cannot-tell'],
    [2, '', 'cannot-tell'],
    [0, 'NTFS', 'cannot-tell'],
    [7, 'NTFS', 'cannot-tell'],
    [8, 'NTFS', 'cannot-tell'],
    [0, '', 'cannot-tell'],
    [5, '', 'cannot-tell'],
    [7, '', 'cannot-tell'],
    [8, '', 'cannot-tell'],
    [9, 'NTFS', 'cannot-tell'],
    [-1, 'NTFS', 'cannot-tell'],
    [undefined, 'NTFS', 'cannot-tell'],
  ] as const)('%s on "%s" is %s', (value, fileSystem, encryption) => {
    expect(judgeBitLocker(value, fileSystem).encryption).toBe(encryption);
  });

  it.each([
    [0, 'BitLocker protection 0 (not available here)'],
    [5, 'BitLocker protection 5 (suspended)'],
    [7, 'BitLocker protection 7 (perhaps of the used space only)'],
    [8, 'BitLocker protection 8 (waiting to be switched on)'],
    [9, 'BitLocker protection 9 (of unknown meaning)'],
  ])('%s is named for the technician who reads the report', (value, found) => {
    expect(judgeBitLocker(value, 'NTFS').probe).toEqual({ name: 'shell-property', found });
  });

  it('is never "encrypted" but for the one value that Chromium and Explorer agree on', () => {
    for (let value = -1; value < 100; value += 1) {
      expect(judgeBitLocker(value, 'NTFS').encryption === 'encrypted', String(value)).toBe(value === 1);
    }
  });
});

describe('the first bytes of a volume', () => {
  it('identify LUKS by its magic and version', () => {
    expect(findEncryptedContent(makeLuksHeader(1))).toBe('LUKS 1');
    expect(findEncryptedContent(makeLuksHeader(2))).toBe('LUKS 2');
    expect(findEncryptedContent(makeLuksHeader(3))).toBeUndefined();
    expect(findEncryptedContent(makeLuksHeader(2).subarray(0, 6))).toBeUndefined();
  });

  it('identify BitLocker by its name, and BitLocker To Go by its GUID', () => {
    expect(findEncryptedContent(makeBootSector('-FVE-FS-'))).toBe('BitLocker');
    const toGo = makeBootSector('MSWIN4.1');
    expect(findEncryptedContent(toGo)).toBeUndefined();
    Buffer.from('3bd66749292ed84a8399f6a339e3d001', 'hex').copy(toGo, 424);
    expect(findEncryptedContent(toGo)).toBe('BitLocker');
  });

  it('of any other kind identify nothing', () => {
    for (const name of ['NTFS    ', 'MSDOS5.0', 'EXFAT   ']) {
      expect(findEncryptedContent(makeBootSector(name))).toBeUndefined();
    }
    expect(findEncryptedContent(Buffer.alloc(4096, 0xa5))).toBeUndefined();
    expect(findEncryptedContent(Buffer.alloc(0))).toBeUndefined();
    const unsigned = makeBootSector('-FVE-FS-');
    unsigned.writeUInt16LE(0, 510);
    expect(findEncryptedContent(unsigned)).toBeUndefined();
  });
});

describe('a drive on Windows', () => {
  const volume = {
    letter: 'E',
    label: 'TEACHING',
    fileSystem: 'FAT32',
    sizeBytes: 16_000_000_000,
    bitLockerProtection: 2,
    beginning: Buffer.alloc(0),
  };
  const stick: WindowsDrive = {
    key: 'disk 2',
    kind: 'disk',
    device: parseStorageDescriptor(makeStorageDescriptor({ busType: 7, vendor: 'SanDisk', model: 'Blade' })),
    usb: {
      vendorId: '0781',
      productId: '5567',
      serial: { kind: 'given', text: 'X1' },
      manufacturer: '',
      productName: '',
      port: 'PCIROOT(0)#USBROOT(0)-2',
    },
    usbService: 'USBSTOR',
    isPulledAtAnyTime: true,
    sizeBytes: 16_008_609_792,
    hasMedium: true,
    volumes: [volume],
  };
  const withBus = (busType: number, removable: boolean, changes: Partial<WindowsDrive> = {}) =>
    describeWindowsDrive(
      {
        ...stick,
        usb: undefined,
        usbService: '',
        device: parseStorageDescriptor(makeStorageDescriptor({ busType, removable })),
        ...changes,
      },
      'C',
    ).bus;

  it('is recognised by its bus, never by "removable" alone', () => {
    expect(describeWindowsDrive(stick, 'C').bus).toBe('usb');
    expect(describeWindowsDrive({ ...stick, usbService: 'UASPStor' }, 'C').bus).toBe('uas');
    expect(withBus(7, false)).toBe('usb');
    expect(withBus(11, true)).toBe('internal');
    expect(withBus(12, true)).toBe('sd');
    expect(withBus(13, true)).toBe('sd');
    // A PCI card reader speaks SCSI or RAID, and says that its medium can be taken out.
    for (const busType of [1, 8]) {
      expect(withBus(busType, true)).toBe('sd');
      expect(withBus(busType, false)).toBe('internal');
      expect(withBus(busType, true, { kind: 'optical' })).toBe('internal');
    }
    // Soldered-in flash reports MMC or SD, and that it is not removable.
    expect(withBus(12, false)).toBe('internal');
    expect(withBus(13, false)).toBe('internal');
    expect(withBus(17, false)).toBe('usb4');
    expect(withBus(17, false, { isPulledAtAnyTime: false })).toBe('internal');
    expect(withBus(0, true)).toBe('unknown');
    expect(withBus(7, true, { device: undefined })).toBe('unknown');
  });

  it('is internal where Windows itself runs from it, whatever its bus says', () => {
    const systemVolumes = [{ ...volume, letter: 'D' }, volume];
    const runsFrom = (systemLetter: string) =>
      [12, 13, 7].map(
        (busType) =>
          describeWindowsDrive(
            {
              ...stick,
              usb: busType === 7 ? stick.usb : undefined,
              device: parseStorageDescriptor(makeStorageDescriptor({ busType, removable: true })),
              volumes: systemVolumes,
            },
            systemLetter,
          ).bus,
      );
    expect(runsFrom(volume.letter)).toEqual(['internal', 'internal', 'internal']);
    expect(runsFrom('C')).not.toContain('internal');
  });

  it('has content of an unknown kind where Windows gives no letter, and none in an empty drive', () => {
    expect(describeWindowsDrive({ ...stick, volumes: [] }, 'C').volumes).toMatchObject([
      { encryption: 'cannot-tell', mountPoints: [] },
    ]);
    expect(describeWindowsDrive({ ...stick, volumes: [], hasMedium: false }, 'C')).toMatchObject({
      volumes: [],
      sizeBytes: undefined,
    });
  });

  it('is locked if the shell reports nothing and the volume starts with a LUKS header', () => {
    const raw = { ...volume, fileSystem: '', bitLockerProtection: undefined, beginning: makeLuksHeader(2) };
    expect(describeWindowsVolume(raw, 'disk')).toMatchObject({
      encryption: 'locked',
      probe: { name: 'boot-sector', found: 'LUKS 2' },
    });
    expect(describeWindowsVolume({ ...raw, fileSystem: 'NTFS' }, 'disk').encryption).toBe('cannot-tell');
  });

  it('is not encrypted if it is a disc, whatever the shell reports', () => {
    const disc = { ...volume, fileSystem: 'CDFS', bitLockerProtection: undefined };
    expect(describeWindowsVolume(disc, 'optical').encryption).toBe('not-encrypted');
    expect(describeWindowsVolume(disc, 'disk').encryption).toBe('cannot-tell');
  });
});

describe('the reason why a drive is not ejected', () => {
  it.each([
    [{ code: 0, vetoType: 0 }, undefined],
    [{ code: 0x17, vetoType: 6 }, 'in-use'],
    [{ code: 0x17, vetoType: 5 }, 'in-use'],
    [{ code: 0x17, vetoType: 12 }, 'refused'],
    [{ code: 0x17, vetoType: 9 }, 'failed'],
    [{ code: 0, vetoType: 6 }, 'in-use'],
    [{ code: 0x0d, vetoType: 0 }, 'gone'],
    [{ code: 0x33, vetoType: 0 }, 'refused'],
    [{ code: 0x13, vetoType: 0 }, 'failed'],
  ] as const)('Windows %j: %s', (answer, kind) => {
    expect(classifyVeto(answer)?.kind).toBe(kind);
  });

  it.each([
    [0, undefined],
    [5, 'in-use'],
    [21, 'gone'],
    [1117, 'failed'],
  ] as const)('a drive with Windows error %i: %s', (code, kind) => {
    expect(classifyMediumError(code)?.kind).toBe(kind);
  });

  it.each([
    [
      'Error unmounting /dev/sdb1: GDBus.Error:org.freedesktop.UDisks2.Error.DeviceBusy: target is busy',
      'in-use',
    ],
    ['Error unmounting: GDBus.Error:org.freedesktop.UDisks2.Error.NotAuthorizedCanObtain: …', 'refused'],
    ['Error: GDBus.Error:org.freedesktop.UDisks2.Error.NotMounted: Device is not mounted', 'not-there'],
    ['Error connecting to the udisks daemon: Could not connect: No such file or directory', 'not-there'],
    ['Error looking up object for device /dev/sdb', 'gone'],
    ['umount: /media/x: target is busy.', 'in-use'],
    ['umount: /media/x: must be superuser to unmount.', 'refused'],
    ['umount: /media/x: not mounted.', 'not-there'],
    ['eject: unable to eject', 'failed'],
    ['', 'failed'],
  ] as const)('Linux "%s": %s', (stderr, kind) => {
    expect(classifyRefusal(stderr)).toBe(kind);
  });

  it('omits the mount point, because users name it', () => {
    expect(describeRefusal('umount: /media/sprys/SIÂN: target is busy.\n')).toBe('target is busy.');
    expect(
      describeRefusal(
        'Error unmounting /dev/sdb1: GDBus.Error:org.freedesktop.UDisks2.Error.DeviceBusy: Error unmounting /dev/sdb1: target is busy\n',
      ),
    ).toBe('target is busy');
    expect(describeRefusal('umount: /media/sprys/A: B/C D: not mounted.')).toBe('not mounted.');
    expect(describeRefusal('umount: cannot find /media/sprys/LETTERS')).toBe('');
    expect(describeRefusal('')).toBe('');
  });
});

describe('the results of a virus scan', () => {
  it('follow from the documented exit codes', () => {
    expect([0, 1, 2].map(clamOutcome)).toEqual(['nothing-found', 'something-found', undefined]);
    expect([0, 2, 1].map(defenderOutcome)).toEqual(['nothing-found', 'unclear', undefined]);
  });
});

describe('Microsoft Defender', () => {
  it.each([
    [true, { ok: true, value: true }, 'full', ''],
    [
      true,
      { ok: true, value: false },
      'none',
      'Microsoft Defender does not run; another anti-virus is not asked',
    ],
    [
      false,
      { ok: true, value: true },
      'none',
      'Microsoft Defender is not installed; another anti-virus is not asked',
    ],
    [true, { ok: false, error: 'Windows cannot be called' }, 'none', 'Windows cannot be called'],
  ] as const)('installed %s, its service %j: %s', (isInstalled, running, level, reason) => {
    expect(defenderCapability(isInstalled, running)).toEqual({ name: 'anti-virus', level, reason });
  });
});
