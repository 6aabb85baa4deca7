/**
 * Drives and volumes on Windows, as a standard user.
 *
 * Windows reports drives by messages to a window, or by calls from a thread of its own. The agent could receive neither
 * without a native module. So it reads the letters every two seconds, which costs a few microseconds. When a USB device
 * comes or goes, it reads them at once and often for a while. No letter shows that a volume was unlocked or encrypted:
 * while that is possible, the agent lists everything again now and then.
 */

import type { Drive } from '../../../shared/device/drive.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import type { Clock } from '../time/clock.ts';
import type { UsbPort } from '../usb/usb-port.ts';
import { describeWindowsDrive, type WindowsDrive, type WindowsVolume } from './describe-windows-drive.ts';
import { bootSectorBytes } from './parse-boot-sector.ts';
import { parseLocationPath, parseUsbInstanceId } from './parse-storage-device.ts';
import { createBitLockerReader } from './shell-property.win32.ts';
import { createStorage, type DeviceNode, driveTypes, leastPullable, type Storage } from './storage.win32.ts';
import type { VolumesPort, VolumesProblem } from './volumes-port.ts';

const pollMs = 2000;
/** The interval after a USB device has come or gone, until Windows has given its drives their letters. */
const closeLookMs = 150;
const closeLooks = 40;
/** The interval while a volume is locked: its user may be typing the password. */
const lockedLookMs = 5000;
/** The interval while a removable volume is not known to be encrypted: encrypting it takes many minutes. */
const openLookMs = 30_000;

interface Asking {
  readonly storage: Storage;
  readonly readBitLocker: (letter: string) => number | undefined;
}

/** `systemDrive` from the environment: the drive from which Windows runs, `C:`. */
export function createWindowsVolumesPort(
  clock: Clock,
  usb: UsbPort,
  systemDrive: string | undefined,
): VolumesPort {
  const systemLetter = (systemDrive ?? 'C:').slice(0, 1).toUpperCase();
  let capability: Capability = { name: 'volumes', level: 'full', reason: '' };
  let listAgainMs: number | undefined;
  let asking: Asking | undefined;

  /** Looks the functions of Windows up once. */
  const ask = async (): Promise<Result<Asking, VolumesProblem>> => {
    const native = await loadNative();
    if (!native.ok) return fail({ kind: 'none', reason: native.error });
    try {
      asking ??= {
        storage: createStorage(native.value),
        readBitLocker: createBitLockerReader(native.value),
      };
      return succeed(asking);
    } catch (error) {
      return fail({ kind: 'none', reason: describeError(error) });
    }
  };

  const list = async (): Promise<Result<readonly Drive[], VolumesProblem>> => {
    const windows = await ask();
    if (!windows.ok) return windows;
    try {
      const { drives, shortfall } = listDrives(windows.value, systemLetter);
      listAgainMs = findListAgainMs(drives);
      capability =
        shortfall === ''
          ? { name: 'volumes', level: 'full', reason: '' }
          : { name: 'volumes', level: 'degraded', reason: shortfall };
      return succeed(drives);
    } catch (error) {
      return fail({ kind: 'unreadable', reason: describeError(error) });
    }
  };

  return {
    capability: () => capability,
    list: async () => {
      const answer = await list();
      if (!answer.ok) {
        const level = answer.error.kind === 'none' ? 'none' : 'degraded';
        capability = { name: 'volumes', level, reason: answer.error.reason };
      }
      return answer;
    },
    watch: async (changed) => {
      const windows = await ask();
      if (!windows.ok) return windows;
      const { storage } = windows.value;
      try {
        return succeed(await watchLetters({ clock, usb, storage, changed, listAgainMs: () => listAgainMs }));
      } catch (error) {
        return fail({ kind: 'unreadable', reason: describeError(error) });
      }
    },
  };
}

/** A disc is never encrypted later, and the agent warns of no built-in drive. */
function findListAgainMs(drives: readonly Drive[]): number | undefined {
  if (drives.some(({ volumes }) => volumes.some(({ encryption }) => encryption === 'locked'))) {
    return lockedLookMs;
  }
  const mayBeEncrypted = drives.some(
    ({ bus, kind, volumes }) =>
      bus !== 'internal' &&
      bus !== 'unknown' &&
      kind === 'disk' &&
      volumes.some(({ encryption }) => encryption !== 'encrypted'),
  );
  return mayBeEncrypted ? openLookMs : undefined;
}

async function watchLetters(options: {
  readonly clock: Clock;
  readonly usb: UsbPort;
  readonly storage: Storage;
  readonly changed: () => void;
  /** The time from the last hint to the next, whatever the letters say; undefined where none follows. */
  readonly listAgainMs: () => number | undefined;
}): Promise<() => Promise<void>> {
  const { clock, storage } = options;
  let stopped = false;
  let looksLeft = 0;
  let before = describeLetters(storage);
  let lastHintMs = clock.monotonicMs();
  let callOff: () => void = () => undefined;

  const changed = () => {
    lastHintMs = clock.monotonicMs();
    options.changed();
  };
  const look = () => {
    if (stopped) return;
    const now = describeLetters(storage);
    const isDue = clock.monotonicMs() - lastHintMs >= (options.listAgainMs() ?? Number.POSITIVE_INFINITY);
    if (now !== before || isDue) changed();
    before = now;
    looksLeft = Math.max(0, looksLeft - 1);
    callOff = clock.setTimer(looksLeft > 0 ? closeLookMs : pollMs, look);
  };
  const lookClosely = () => {
    looksLeft = closeLooks;
    callOff();
    changed();
    look();
  };
  // Without USB, only the letters show changes. The port's own capability reports that it cannot watch.
  const usbWatch = await options.usb.watch({ onArrived: lookClosely, onDeparted: lookClosely });
  // A device may have come while the port was asked, and may have set a timer of its own.
  callOff();
  callOff = clock.setTimer(pollMs, look);
  return async () => {
    stopped = true;
    callOff();
    if (usbWatch.ok) await usbWatch.value();
  };
}

/** The letters, and whether there is a medium in those drives that can be empty. */
function describeLetters(storage: Storage): string {
  return storage
    .listLetters()
    .map((letter) => {
      const type = storage.driveType(letter);
      if (type !== driveTypes.removable && type !== driveTypes.disc) return letter;
      return storage.describeDevice(`\\\\.\\${letter}:`)?.hasMedium === true ? `${letter}+` : `${letter}-`;
    })
    .join('');
}

interface FoundDrive extends Omit<WindowsDrive, 'volumes'> {
  readonly volumes: WindowsVolume[];
}

function listDrives(
  { storage, readBitLocker }: Asking,
  systemLetter: string,
): {
  readonly drives: readonly Drive[];
  readonly shortfall: string;
} {
  const found = new Map<string, FoundDrive>();
  let shortfall = '';
  for (const kind of ['disk', 'disc'] as const) {
    for (const path of storage.devices.listInterfaces(kind)) {
      const answer = storage.describeDevice(path);
      if (answer === undefined) continue;
      const device = storage.devices.findDevice(path);
      const key = keyOf(kind, answer.number?.deviceNumber, path);
      found.set(key, {
        key,
        kind: kind === 'disc' ? 'optical' : 'disk',
        device: answer.device,
        ...findUsb(storage, device),
        mayBePulled: device !== undefined && storage.devices.readRemovalPolicy(device) >= leastPullable,
        sizeBytes: answer.sizeBytes,
        hasMedium: answer.hasMedium,
        volumes: [],
      });
    }
  }
  if (found.size === 0) shortfall = 'Windows lists no drives by device; only those with a letter are seen';
  for (const letter of storage.listLetters()) {
    const type = storage.driveType(letter);
    if (type !== driveTypes.removable && type !== driveTypes.fixed && type !== driveTypes.disc) continue;
    const answer = storage.describeDevice(`\\\\.\\${letter}:`);
    const kind = type === driveTypes.disc ? 'optical' : isFloppy(letter, type) ? 'floppy' : 'disk';
    // Floppy disk drives have their own numbering: by number alone, the first would be the first hard disk.
    const key =
      kind === 'floppy'
        ? `floppy ${letter}`
        : keyOf(kind === 'optical' ? 'disc' : 'disk', answer?.number?.deviceNumber, letter);
    const volume = readVolume(storage, readBitLocker, letter);
    const drive: FoundDrive = found.get(key) ?? {
      key,
      kind,
      device: answer?.device,
      usb: undefined,
      usbService: '',
      mayBePulled: false,
      sizeBytes: answer?.sizeBytes ?? volume.sizeBytes,
      hasMedium: answer?.hasMedium === true || volume.fileSystem !== '',
      volumes: [],
    };
    drive.volumes.push(volume);
    found.set(key, drive);
  }
  return { drives: [...found.values()].map((drive) => describeWindowsDrive(drive, systemLetter)), shortfall };
}

function keyOf(kind: 'disk' | 'disc', deviceNumber: number | undefined, otherwise: string): string {
  return deviceNumber === undefined ? `${kind} ${otherwise}` : `${kind} ${deviceNumber}`;
}

/** Windows keeps A and B for floppy disk drives. */
function isFloppy(letter: string, type: number): boolean {
  return type === driveTypes.removable && (letter === 'A' || letter === 'B');
}

function readVolume(storage: Storage, readBitLocker: Asking['readBitLocker'], letter: string): WindowsVolume {
  const names = storage.readVolumeNames(letter);
  const fileSystem = names?.fileSystem ?? '';
  return {
    letter,
    label: names?.label ?? '',
    fileSystem,
    sizeBytes: storage.readVolumeSize(letter),
    bitLockerProtection: readBitLocker(letter),
    beginning:
      (fileSystem === '' ? storage.readBeginning(letter, bootSectorBytes) : undefined) ?? Buffer.alloc(0),
  };
}

const maximumDepth = 12;

/** The USB device above a drive in the device tree. */
export function findUsbNode(storage: Storage, device: DeviceNode | undefined): DeviceNode | undefined {
  let at = device;
  for (let depth = 0; at !== undefined && depth < maximumDepth; depth += 1) {
    if (parseUsbInstanceId(at.instanceId) !== undefined) return at;
    at = storage.devices.parentOf(at);
  }
  return undefined;
}

function findUsb(storage: Storage, device: DeviceNode | undefined): Pick<WindowsDrive, 'usb' | 'usbService'> {
  const node = findUsbNode(storage, device);
  const identity = node === undefined ? undefined : parseUsbInstanceId(node.instanceId);
  if (node === undefined || identity === undefined) return { usb: undefined, usbService: '' };
  const port = storage.devices
    .readLocationPaths(node)
    .map(parseLocationPath)
    .find((place) => place !== '');
  return { usb: { ...identity, port: port ?? '' }, usbService: storage.devices.readService(node) };
}
