/**
 * Finds the removable devices among everything that is plugged in, by bus and by class of interface. The system's own
 * "removable" flag decides nothing: many built-in drives have it, and some sticks do not (santa#719).
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

/** Cameras and phones that transfer files one by one (PTP, MTP). Old phones use a vendor-specific class instead. */
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

/** Discs and floppies count in built-in drives too: the disc comes from elsewhere. */
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

/** The USB device of a drive; undefined where the system gives no port and two devices of one model are plugged in. */
function usbDeviceOf(drive: Drive, usbDevices: readonly UsbDevice[]): UsbDevice | undefined {
  const { usb } = drive;
  if (usb === undefined) return undefined;
  if (usb.port !== '') return usbDevices.find(({ port }) => port === usb.port);
  const alike = usbDevices.filter((usbDevice) => isSameModel(usbDevice, usb));
  return alike.length === 1 ? alike[0] : undefined;
}

/** Drives of one device share a key: a card reader with four slots, a stick with a part that looks like a CD. */
function groupKey(drive: Drive, usbDevice: UsbDevice | undefined): string {
  if (usbDevice !== undefined) return `usb ${usbDevice.key}`;
  if (drive.usb !== undefined && drive.usb.port !== '') return `port ${drive.usb.port}`;
  return `drive ${drive.key}`;
}

function toDevice(key: string, usbDevice: UsbDevice | undefined, drives: readonly Drive[]): Device {
  const identity = usbDevice ?? drives.find(({ usb }) => usb !== undefined)?.usb;
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
    port: usbDevice?.port ?? identity?.port ?? '',
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
 * Keyboards, mice, hubs, webcams and built-in disks are never in the result. A storage device without a drive so far is
 * in it, and not ready.
 *
 * @param drives undefined where the system cannot list drives. Storage devices are then ready without volumes, and
 * their verdict is `cannot-tell`.
 */
export function gatherDevices(
  usbDevices: readonly UsbDevice[],
  drives: readonly Drive[] | undefined,
  settings: GatherSettings,
): readonly Device[] {
  const groups = new Map<string, { usbDevice: UsbDevice | undefined; drives: Drive[] }>();
  for (const drive of drives ?? []) {
    if (!isWanted(drive, settings)) continue;
    const usbDevice = usbDeviceOf(drive, usbDevices);
    const key = groupKey(drive, usbDevice);
    const group = groups.get(key) ?? { usbDevice, drives: [] };
    group.drives.push(drive);
    groups.set(key, group);
  }
  const devices: Device[] = [];
  for (const [key, group] of groups) {
    const device = toDevice(key, group.usbDevice, group.drives);
    if (device.kind !== 'disc' || settings.includeOptical) devices.push(device);
  }
  for (const usbDevice of usbDevices) {
    const key = `usb ${usbDevice.key}`;
    if (groups.has(key)) continue;
    const bare = toDevice(key, usbDevice, []);
    if (isStorage(usbDevice)) devices.push({ ...bare, isReady: drives === undefined });
    else if (settings.includePortableDevices && isPortableDevice(usbDevice)) {
      devices.push({ ...bare, kind: 'portable-device', isReady: true });
    }
  }
  return devices;
}
