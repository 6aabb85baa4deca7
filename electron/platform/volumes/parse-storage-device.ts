/** Reads the structures with which Windows describes drives, and trusts nothing in them. */

import type { UsbIdentity } from '../../../shared/device/usb-device.ts';
import { cleanDeviceText } from '../clean-device-text.ts';
import { windows } from '../native/windows-numbers.ts';
import { describeUsbPort } from '../usb/parse-usb-device.ts';

/** STORAGE_BUS_TYPE (winioctl.h) by number. A missing number is a connection inside the PC, or an unknown one. */
const busNames: ReadonlyMap<number, 'usb' | 'sd' | 'mmc' | 'nvme' | 'scsi'> = new Map([
  [windows.busType.usb, 'usb'],
  [windows.busType.sd, 'sd'],
  [windows.busType.mmc, 'mmc'],
  [windows.busType.nvme, 'nvme'],
  [windows.busType.scsi, 'scsi'],
  [windows.busType.raid, 'scsi'],
]);

interface StorageDevice {
  /** `scsi`: what speaks SCSI to Windows, arrays and PCI card readers among them. */
  readonly bus: 'usb' | 'sd' | 'mmc' | 'nvme' | 'scsi' | 'other' | 'unknown';
  readonly isRemovable: boolean;
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
}

const descriptor = windows.storageDescriptor;
const { storageNumber, geometry } = windows;

/**
 * STORAGE_DEVICE_DESCRIPTOR: the answer to IOCTL_STORAGE_QUERY_PROPERTY for StorageDeviceProperty. The texts are
 * zero-terminated bytes at offsets from the beginning; offset 0 means none. Undefined where it is cut short.
 */
export function parseStorageDescriptor(bytes: Buffer): StorageDevice | undefined {
  if (bytes.length < descriptor.headerBytes) return undefined;
  const size = Math.min(bytes.readUInt32LE(descriptor.size), bytes.length);
  if (size < descriptor.headerBytes) return undefined;
  const textAt = (field: number): string => {
    const at = bytes.readUInt32LE(field);
    if (at < descriptor.headerBytes || at >= size) return '';
    const end = bytes.indexOf(0, at);
    return cleanDeviceText(bytes.toString('latin1', at, end === -1 || end > size ? size : end));
  };
  const busType = bytes.readUInt32LE(descriptor.busType);
  return {
    bus: busNames.get(busType) ?? (busType === windows.busType.unknown ? 'unknown' : 'other'),
    isRemovable: bytes.readUInt8(descriptor.isRemovable) !== 0,
    vendor: textAt(descriptor.vendor),
    model: textAt(descriptor.product),
    serial: textAt(descriptor.serial),
  };
}

interface StorageNumber {
  /** FILE_DEVICE_DISK is 7, FILE_DEVICE_CD_ROM 2. */
  readonly deviceType: number;
  readonly deviceNumber: number;
}

/** STORAGE_DEVICE_NUMBER: the answer to IOCTL_STORAGE_GET_DEVICE_NUMBER. */
export function parseStorageNumber(bytes: Buffer): StorageNumber | undefined {
  if (bytes.length < storageNumber.bytes) return undefined;
  const deviceNumber = bytes.readUInt32LE(storageNumber.deviceNumber);
  // A volume that spans several disks has no number, and Windows answers this instead.
  if (deviceNumber === 0xffff_ffff) return undefined;
  return { deviceType: bytes.readUInt32LE(storageNumber.deviceType), deviceNumber };
}

/**
 * The size from DISK_GEOMETRY_EX, the answer to IOCTL_DISK_GET_DRIVE_GEOMETRY_EX; undefined where there is no medium.
 */
export function parseDiskSize(bytes: Buffer): number | undefined {
  if (bytes.length < geometry.leastBytes) return undefined;
  const size = bytes.readBigInt64LE(geometry.diskSize);
  return size > 0n && size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : undefined;
}

const usbInstance =
  /^USB\\VID_(?<vendor>[0-9A-F]{4})&PID_(?<product>[0-9A-F]{4})\\(?<serial>[^\\]{1,200})$/iu;

/**
 * A USB device's instance id: `USB\VID_0781&PID_5567\4C530001230711104295`. Where the device has no serial number,
 * Windows makes one up from its location, with ampersands in it. Undefined for other devices, and for the single
 * functions of a composite device (`…&MI_00`), which are below the device.
 */
export function parseUsbInstanceId(id: string): UsbIdentity | undefined {
  const match = usbInstance.exec(id)?.groups;
  if (match === undefined) return undefined;
  const serial = cleanDeviceText(match['serial'] ?? '');
  return {
    vendorId: (match['vendor'] ?? '').toLowerCase(),
    productId: (match['product'] ?? '').toLowerCase(),
    serial:
      serial === '' || serial.includes('&')
        ? { kind: 'absent', reason: 'Windows made one up, since the device gives none' }
        : { kind: 'given', text: serial },
    manufacturer: '',
    productName: '',
  };
}

const usbLocation = /^(?<bus>.*#USBROOT\(\d+\))(?<ports>(?:#USB\(\d{1,3}\))+)/u;

/**
 * Where a device is plugged in, in the terms of the USB port, from DEVPKEY_Device_LocationPaths:
 * `PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)#USB(1)`. Empty where it names no USB port.
 */
export function parseLocationPath(location: string): string {
  const match = usbLocation.exec(location.slice(0, 1024))?.groups;
  if (match === undefined) return '';
  const ports = [...(match['ports'] ?? '').matchAll(/\((\d+)\)/gu)].map(([, port]) => Number(port));
  return describeUsbPort(cleanDeviceText(match['bus']), ports);
}

/** A list of zero-terminated texts (REG_MULTI_SZ); an empty text ends it. */
export function parseTextList(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (const text of bytes.toString('utf16le').split('\0')) {
    if (text === '') break;
    texts.push(text);
  }
  return texts;
}
