/**
 * Finds the removable media among all that is plugged in, by how a thing is connected and what kind of interface it
 * has. That a system calls a drive "removable" decides nothing: many built-in drives are, and some sticks are not
 * (santa#719).
 */

import type { Device, DeviceVolume } from '../../../shared/device/device.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import type { UsbDevice } from '../../../shared/device/usb-device.ts';

export interface GatherSettings {
  readonly includePortableDevices: boolean;
  readonly includeOptical: boolean;
}

/** USB class codes, from the list that usb.org keeps ("Defined Class Codes"). */
const massStorageClass = 0x08;
const stillImage = { classCode: 0x06, subclassCode: 0x01, protocolCode: 0x01 };

function isStorage({ interfaces }: UsbDevice): boolean {
  return interfaces.some(({ classCode }) => classCode === massStorageClass);
}

/** Cameras and phones that hand files over one by one (PTP, MTP). Old phones hide behind a class of their makers' own. */
function isPortableDevice({ interfaces }: UsbDevice): boolean {
  return interfaces.some(
    (one) =>
      one.classCode === stillImage.classCode &&
      one.subclassCode === stillImage.subclassCode &&
      one.protocolCode === stillImage.protocolCode,
  );
}

function isExternal(drive: Drive): boolean {
  return drive.bus === 'usb' || drive.bus === 'uas' || drive.bus === 'usb4' || drive.bus === 'sd';
}

/** Discs and floppies are looked at in built-in drives too: it is the disc that comes from elsewhere. */
function isWanted(drive: Drive, { includeOptical }: GatherSettings): boolean {
  if (isExternal(drive)) return true;
  return includeOptical && drive.bus === 'internal' && drive.kind !== 'disk';
}

/** `SanDisk` and `SanDisk Cruzer Blade` are one name, not two. */
function joinName(maker: string, model: string): string {
  if (maker === '' || model.toLowerCase().startsWith(maker.toLowerCase()))
    return model === '' ? maker : model;
  return model === '' ? maker : `${maker} ${model}`;
}

function serialOf(identity: Pick<UsbDevice, 'serial'> | undefined): string {
  return identity?.serial.kind === 'given' ? identity.serial.text : '';
}

type DriveUsb = NonNullable<Drive['usb']>;

function isSameModel(one: UsbDevice, other: DriveUsb): boolean {
  return (
    one.vendorId === other.vendorId && one.productId === other.productId && serialOf(one) === serialOf(other)
  );
}

/** The USB device of a drive. Where the system tells no port and two alike are plugged in, it stays open which. */
function deviceOf(drive: Drive, devices: readonly UsbDevice[]): UsbDevice | undefined {
  const { usb } = drive;
  if (usb === undefined) return undefined;
  if (usb.port !== '') return devices.find(({ port }) => port === usb.port);
  const alike = devices.filter((device) => isSameModel(device, usb));
  return alike.length === 1 ? alike[0] : undefined;
}

/** Drives of one thing stand together: a card reader with four slots, a stick with a part that looks like a CD. */
function groupKey(drive: Drive, device: UsbDevice | undefined): string {
  if (device !== undefined) return `usb ${device.key}`;
  if (drive.usb !== undefined && drive.usb.port !== '') return `port ${drive.usb.port}`;
  return `drive ${drive.key}`;
}

function toMedium(key: string, device: UsbDevice | undefined, drives: readonly Drive[]): Device | undefined {
  const identity = device ?? drives.find(({ usb }) => usb !== undefined)?.usb;
  const first = drives[0];
  const loaded = drives.filter(({ hasMedium }) => hasMedium);
  const isDisc = drives.length > 0 && drives.every(({ kind }) => kind !== 'disk');
  const volumes = loaded.flatMap((drive) =>
    drive.volumes.map(
      (volume): DeviceVolume => ({
        ...volume,
        driveKey: drive.key,
        isBurntIn: !isDisc && drive.kind === 'optical',
      }),
    ),
  );
  const usbName = identity === undefined ? '' : joinName(identity.manufacturer, identity.productName);
  const driveName = first === undefined ? '' : joinName(first.vendor, first.model);
  const data = loaded.filter(({ kind }) => isDisc || kind === 'disk');
  return {
    key,
    port: device?.port ?? identity?.port ?? '',
    kind: isDisc ? 'disc' : first?.bus === 'sd' ? 'card' : 'stick',
    bus: first?.bus ?? 'usb',
    vendorId: identity?.vendorId ?? '',
    productId: identity?.productId ?? '',
    serial: identity === undefined ? (first?.serial ?? '') : serialOf(identity),
    name: usbName === '' ? driveName : usbName,
    sizeBytes: data.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    driveKeys: loaded.map((drive) => drive.key),
    volumes,
    isReady: volumes.length > 0,
  };
}

/**
 * Keyboards, mice, hubs, webcams and built-in disks are never among the answer. A storage device whose drive has not
 * appeared yet is, and is not ready. `drives` is undefined where this PC's drives cannot be asked for: such devices are
 * then ready as they are, and nothing can be told of what is on them.
 */
export function gatherMedia(
  usbDevices: readonly UsbDevice[],
  drives: readonly Drive[] | undefined,
  settings: GatherSettings,
): readonly Device[] {
  const groups = new Map<string, { device: UsbDevice | undefined; drives: Drive[] }>();
  for (const drive of drives ?? []) {
    if (!isWanted(drive, settings)) continue;
    const device = deviceOf(drive, usbDevices);
    const key = groupKey(drive, device);
    const group = groups.get(key) ?? { device, drives: [] };
    group.drives.push(drive);
    groups.set(key, group);
  }
  const media: Device[] = [];
  for (const [key, group] of groups) {
    const medium = toMedium(key, group.device, group.drives);
    if (medium !== undefined && (medium.kind !== 'disc' || settings.includeOptical)) media.push(medium);
  }
  for (const device of usbDevices) {
    const key = `usb ${device.key}`;
    if (groups.has(key)) continue;
    const bare = toMedium(key, device, []);
    if (bare === undefined) continue;
    if (isStorage(device)) media.push({ ...bare, isReady: drives === undefined });
    else if (settings.includePortableDevices && isPortableDevice(device)) {
      media.push({ ...bare, kind: 'portable-device', isReady: true });
    }
  }
  return media;
}
