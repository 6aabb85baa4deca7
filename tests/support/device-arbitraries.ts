/** Devices for the tests of decisions: a complete one, and arbitrary ones. */
import fc from 'fast-check';
import type { Device, DeviceVolume } from '../../shared/device/device.ts';
import { verdictSchema } from '../../shared/device/verdict.ts';

export function makeDeviceVolume(changes: Partial<DeviceVolume> = {}): DeviceVolume {
  return {
    key: 'sdb1',
    driveKey: 'sdb',
    mountPoints: ['E:\\'],
    label: 'TEACHING',
    fileSystem: 'FAT32',
    sizeBytes: 16_000_000_000,
    role: 'data',
    encryption: 'not-encrypted',
    probe: { name: 'signature', found: 'vfat' },
    isBurntIn: false,
    ...changes,
  };
}

export function makeDevice(changes: Partial<Device> = {}): Device {
  return {
    key: 'usb 1-2#7',
    port: '1-2',
    kind: 'stick',
    bus: 'usb',
    vendorId: '0781',
    productId: '5567',
    serial: '4C530001230711104295',
    name: 'SanDisk Cruzer Blade',
    sizeBytes: 16_000_000_000,
    driveKeys: ['sdb'],
    volumes: [makeDeviceVolume()],
    isReady: true,
    ...changes,
  };
}

const serials = fc.oneof(
  fc.constantFrom('', '0000000000', '4C530001230711104295', '4c530001230711104295 ', 'A1B2C3D4'),
  fc.string({ maxLength: 24 }),
);

const anyVolume: fc.Arbitrary<DeviceVolume> = fc.record({
  key: fc.constantFrom('sdb1', 'sdb2', 'E:'),
  driveKey: fc.constantFrom('sdb', 'sdc'),
  mountPoints: fc.subarray(['E:\\', '/media/porthor/SIAN']),
  label: fc.string({ maxLength: 8 }),
  fileSystem: fc.constantFrom('', 'vfat', 'NTFS', 'crypto_LUKS'),
  sizeBytes: fc.option(fc.nat(), { nil: undefined }),
  role: fc.constantFrom('data', 'boot'),
  encryption: fc.constantFrom(...verdictSchema.options),
  probe: fc.record({
    name: fc.constantFrom('signature', 'mapping', 'none'),
    found: fc.string({ maxLength: 8 }),
  }),
  isBurntIn: fc.boolean(),
});

export const anyDevice: fc.Arbitrary<Device> = fc.record({
  key: fc.constantFrom('usb 1-2#7', 'usb 1-2#8', 'usb 1-3#9', 'drive sr0'),
  port: fc.constantFrom('1-2', '1-3', ''),
  kind: fc.constantFrom('stick', 'card', 'disc', 'portable-device'),
  bus: fc.constantFrom('usb', 'uas', 'sd'),
  vendorId: fc.constantFrom('', '0781', '0951'),
  productId: fc.constantFrom('', '5567', '160d'),
  serial: serials,
  name: fc.string({ maxLength: 20 }),
  sizeBytes: fc.nat(),
  driveKeys: fc.constant(['sdb']),
  volumes: fc.array(anyVolume, { maxLength: 5 }),
  isReady: fc.boolean(),
});

export const anySources = fc.array(
  fc.array(
    fc.record(
      {
        vendorId: fc.constantFrom('0781', '0951'),
        productId: fc.constantFrom('5567', '160d'),
        serial: serials.filter((serial) => serial !== ''),
        label: fc.string({ maxLength: 8 }),
        expiresAt: fc.constantFrom('2026-11-22T08:39:59Z', '2026-11-22T08:40:01Z', '2030-01-01T00:00:00Z'),
      },
      { requiredKeys: ['vendorId', 'productId', 'label'] },
    ),
    { maxLength: 5 },
  ),
  { maxLength: 2 },
);
