/**
 * A hundred thousand corrupted descriptors, lsblk outputs, boot sectors and answers of Windows: nothing throws, and no
 * drive is called encrypted without an intact fact that proves it. PORTHOR_FUZZ_RUNS sets how many, PORTHOR_FUZZ_SEED which.
 */
import { describe, expect, test } from 'vitest';
import { describeByOpening, parseUsbDevice } from '../../../../../electron/platform/usb/parse-usb-device.ts';
import { judgeBitLocker } from '../../../../../electron/platform/volumes/bitlocker-protection.ts';
import { describeLinuxDrive } from '../../../../../electron/platform/volumes/describe-linux-drive.ts';
import { describeWindowsVolume } from '../../../../../electron/platform/volumes/describe-windows-drive.ts';
import { findEncryptedContent } from '../../../../../electron/platform/volumes/parse-boot-sector.ts';
import { type BlockNode, parseLsblk } from '../../../../../electron/platform/volumes/parse-lsblk.ts';
import {
  parseDiskSize,
  parseLocationPath,
  parseStorageDescriptor,
  parseStorageNumber,
  parseTextList,
  parseUsbInstanceId,
} from '../../../../../electron/platform/volumes/parse-storage-device.ts';
import type { UsbIdentity } from '../../../../../shared/device/usb-device.ts';
import {
  makeBootSector,
  makeGeometry,
  makeLsblkDevice,
  makeLuksHeader,
  makeStorageDescriptor,
  makeStorageNumber,
  printLsblk,
} from '../../../../fixtures/drive-structures.ts';

const runs = Number(process.env['PORTHOR_FUZZ_RUNS'] ?? 100_000);
const seed = Number(process.env['PORTHOR_FUZZ_SEED'] ?? 20_261_122);
const deadlineMs = 30_000 + runs * 2;

/** Mulberry32: small, and the same sequence for a seed everywhere. */
function makeRandom(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
const random = makeRandom(seed);

function pick<Value>(values: readonly [Value, ...Value[]]): Value {
  return values[random(values.length)] ?? values[0];
}

/** Flips, interesting values, large numbers and cuts, near the beginning more often than far from it. */
function spoilBytes(original: Buffer): Buffer {
  const bytes = Buffer.from(original);
  for (let count = 1 + random(4); count > 0; count -= 1) {
    if (bytes.length === 0) return bytes;
    const at = random(random(2) === 0 ? Math.min(64, bytes.length) : bytes.length);
    switch (random(5)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        bytes[at] = pick([0, 1, 7, 0x7f, 0x80, 0xfe, 0xff]);
        break;
      case 2:
        bytes.fill(0xff, at, Math.min(at + 4, bytes.length));
        break;
      case 3:
        if (at + 4 <= bytes.length) bytes.writeUInt32LE(random(bytes.length * 2), at);
        break;
      default:
        if (random(4) === 0) return bytes.subarray(0, at);
    }
  }
  return bytes;
}

const hostileValues: readonly [unknown, ...unknown[]] = [
  null,
  undefined,
  '',
  'crypt',
  'crypto_LUKS',
  'vfat',
  'part',
  'disk',
  '../../etc/passwd',
  '\u0000\ud800\u202e',
  'x'.repeat(5000),
  -1,
  Number.NaN,
  1e300,
  {},
  [],
  [null, 5, '/media/x'],
  true,
];

/** Replaces values anywhere in a tree of plain objects. */
function spoilTree(value: unknown, share: number): unknown {
  if (random(share) === 0) return pick(hostileValues);
  if (Array.isArray(value)) return value.map((item) => spoilTree(item, share));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoilTree(item, share)]));
}

/** A text for a screen or a report holds no character that could deceive the user or break the display. */
const isClean = (text: string) => text.length <= 252 && !/\p{C}/u.test(text);
const texts = ({ serial, manufacturer, productName }: UsbIdentity) => [
  serial.kind === 'given' ? serial.text : '',
  manufacturer,
  productName,
];

describe('corrupted answers of the system', () => {
  test('USB descriptors', { timeout: deadlineMs }, () => {
    let taken = 0;
    const good = {
      handle: 'DeviceId(3)',
      vendorId: 0x0781,
      productId: 0x5567,
      bus: '001',
      address: 7,
      ports: [2, 3],
      serialNumber: '4C53',
      manufacturerName: 'SanDisk',
      productName: 'Cruzer Blade',
      configuration: {
        interfaces: [{ alternate: { interfaceClass: 8, interfaceSubclass: 6, interfaceProtocol: 80 } }],
      },
    };
    for (let run = 0; run < runs * 0.2; run += 1) {
      const spoilt = spoilTree(good, 12);
      const raw =
        random(4) === 0 && typeof spoilt === 'object' && spoilt !== null
          ? Object.defineProperty({ ...spoilt }, pick(['serialNumber', 'productName', 'configuration']), {
              get: () => {
                throw new Error('open error: access denied');
              },
            })
          : spoilt;
      const parsed = parseUsbDevice(raw, describeByOpening);
      if (parsed === undefined) continue;
      taken += 1;
      const { device } = parsed;
      if (!/^[0-9a-f]{4}:[0-9a-f]{4}$/u.test(`${device.vendorId}:${device.productId}`))
        throw new Error(device.port);
      if (![device.port, ...texts(device)].every(isClean)) throw new Error(JSON.stringify(device));
    }
    expect(taken).toBeGreaterThan(runs * 0.02);
    expect(taken).toBeLessThan(runs * 0.19);
  });

  test('lsblk outputs', { timeout: deadlineMs }, () => {
    const inside = makeLsblkDevice({ kname: 'dm-0', 'maj:min': '254:0', type: 'crypt', fstype: 'ext4' });
    const devices = [
      makeLsblkDevice({
        kname: 'sdb',
        pttype: 'dos',
        children: [
          makeLsblkDevice({ kname: 'sdb1', type: 'part', 'maj:min': '8:17', fstype: 'vfat' }),
          makeLsblkDevice({
            kname: 'sdb2',
            type: 'part',
            'maj:min': '8:18',
            fstype: 'crypto_LUKS',
            fsver: '2',
            children: [inside],
          }),
        ],
      }),
      makeLsblkDevice({ kname: 'sdc', 'maj:min': '8:32', fstype: 'BitLocker' }),
    ];
    const whole = printLsblk(devices);
    const mappings = ['CRYPT-LUKS2-ab-opened', 'CRYPT-VERITY-ab-opened', ''] as const;
    let taken = 0;
    let encrypted = 0;
    for (let run = 0; run < runs * 0.3; run += 1) {
      const output =
        run % 2 === 0
          ? printLsblk(devices.map((device) => spoilTree(device, 24) as typeof device))
          : spoilBytes(Buffer.from(whole)).toString('utf8');
      const nodes = parseLsblk(output);
      if (!nodes.ok) continue;
      taken += 1;
      const mappingId = pick(mappings);
      const mappingIdOf = (name: string) => (name === 'dm-0' ? mappingId : '');
      for (const node of nodes.value) {
        const drive = describeLinuxDrive(
          node,
          {
            path: '',
            diskSequence: '1',
            usbDriver: '',
            usb: undefined,
            cardType: '',
            behindRemovablePci: false,
          },
          mappingIdOf,
        );
        for (const volume of drive?.volumes ?? []) {
          if (![volume.label, volume.fileSystem].every(isClean)) throw new Error(JSON.stringify(volume));
          if (volume.encryption !== 'encrypted') continue;
          encrypted += 1;
          // Only the kernel's own entry of an open mapping proves it, and the test did not corrupt that entry.
          if (mappingId !== mappings[0] || !holdsMapping(node, volume.key)) throw new Error(output);
        }
      }
    }
    expect(taken).toBeGreaterThan(runs * 0.03);
    expect(encrypted).toBeGreaterThan(0);
  });

  test('boot sectors', { timeout: deadlineMs }, () => {
    const sectors: readonly [Buffer, ...Buffer[]] = [
      makeLuksHeader(1).subarray(0, 1024),
      makeLuksHeader(2).subarray(0, 1024),
      makeBootSector('-FVE-FS-').subarray(0, 1024),
      makeBootSector('NTFS    ').subarray(0, 1024),
      makeBootSector('MSWIN4.1').subarray(0, 1024),
      Buffer.alloc(1024),
    ];
    let found = 0;
    for (let run = 0; run < runs * 0.25; run += 1) {
      const bytes = spoilBytes(pick(sectors));
      if (findEncryptedContent(bytes) !== undefined) found += 1;
      const volume = describeWindowsVolume(
        {
          letter: 'E',
          label: '',
          fileSystem: pick(['', 'NTFS', 'RAW']),
          sizeBytes: undefined,
          bitLockerProtection: undefined,
          beginning: bytes,
        },
        pick(['disk', 'optical', 'floppy']),
      );
      // Whatever its first bytes, they never show that a volume is encrypted and open.
      if (volume.encryption === 'encrypted') throw new Error(bytes.toString('hex'));
    }
    expect(found).toBeGreaterThan(runs * 0.05);
  });

  test('answers of Windows', { timeout: deadlineMs }, () => {
    const descriptor = makeStorageDescriptor({
      busType: 7,
      removable: true,
      vendor: 'SanDisk',
      model: 'Cruzer Blade',
      serial: '4C53',
    });
    const texts16 = Buffer.from(
      'PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)\0USB\\VID_0781&PID_5567\\4C53\0\0',
      'utf16le',
    );
    for (let run = 0; run < runs * 0.25; run += 1) {
      const device = parseStorageDescriptor(spoilBytes(descriptor));
      if (device !== undefined && ![device.vendor, device.model, device.serial].every(isClean))
        throw new Error(JSON.stringify(device));
      parseStorageNumber(spoilBytes(makeStorageNumber(7, random(40))));
      const size = parseDiskSize(spoilBytes(makeGeometry(BigInt(random(2 ** 31)))));
      if (size !== undefined && !(Number.isSafeInteger(size) && size > 0)) throw new Error(String(size));
      for (const text of parseTextList(spoilBytes(texts16))) {
        if (!isClean(parseLocationPath(text).slice(0, 252))) throw new Error(text);
        const identity = parseUsbInstanceId(text);
        if (identity !== undefined && !texts(identity).every(isClean)) throw new Error(text);
      }
      const value = random(3) === 0 ? random(2 ** 32) - 2 ** 31 : random(10);
      const fileSystem = pick(['', 'NTFS']);
      const isEncrypted = judgeBitLocker(value, fileSystem).encryption === 'encrypted';
      if (isEncrypted !== (value === 1 && fileSystem === 'NTFS')) throw new Error(`${value} ${fileSystem}`);
    }
    expect(judgeBitLocker(1, 'NTFS').encryption).toBe('encrypted');
  });
});

/** Whether the volume, or a node on the way down from it, carries the mapping that was not corrupted. */
function holdsMapping(node: BlockNode, key: string): boolean {
  const carries = (one: BlockNode): boolean =>
    one.children.some((child) => child.kernelName === 'dm-0' || carries(child));
  return (
    (node.kernelName === key && carries(node)) || node.children.some((child) => holdsMapping(child, key))
  );
}
