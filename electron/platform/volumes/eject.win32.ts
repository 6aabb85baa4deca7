/** Takes a drive out of use on Windows, as the tray icon for safe removal does, and *Eject* for discs and cards. */

import type { Drive } from '../../../shared/device/drive.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import type { EjectPort, EjectProblem } from './eject-port.ts';
import { classifyMediumError, classifyVeto } from './parse-veto.ts';
import { createStorage, type DeviceNode, leastPullable, type Storage } from './storage.win32.ts';
import { findUsbNode } from './volumes.win32.ts';

export function createWindowsEjectPort(): EjectPort {
  let capability: Capability = { name: 'eject', level: 'full', reason: '' };
  let storage: Storage | undefined;
  return {
    capability: () => capability,
    eject: async (drive) => {
      const native = await loadNative();
      if (!native.ok) {
        capability = { name: 'eject', level: 'none', reason: native.error };
        return fail({ kind: 'none', reason: native.error });
      }
      try {
        storage ??= createStorage(native.value);
        return ejectDrive(storage, drive);
      } catch (error) {
        return fail({ kind: 'failed', reason: describeError(error) });
      }
    },
  };
}

export function ejectDrive(storage: Storage, drive: Drive): Result<'ejected', EjectProblem> {
  if (drive.kind !== 'disk' || drive.usb === undefined) return ejectMedia(storage, drive);
  const disks = listUsbDisks(storage);
  const own = disks.find(({ key }) => key === drive.key);
  if (own === undefined) return fail({ kind: 'gone', reason: 'the drive is not there any more' });
  if (!goesAsWhole(storage, own, disks)) return ejectMedia(storage, drive);
  const problem = classifyVeto(storage.devices.requestEject(own.node));
  return problem === undefined ? succeed('ejected') : fail(problem);
}

interface UsbDisk {
  readonly key: string;
  readonly isRemovable: boolean;
  readonly node: DeviceNode;
}

function listUsbDisks(storage: Storage): readonly UsbDisk[] {
  return storage.devices.listInterfaces('disk').flatMap((path) => {
    const answer = storage.describeDevice(path);
    const number = answer?.number?.deviceNumber;
    const node = findUsbNode(storage, storage.devices.findDevice(path));
    if (number === undefined || node === undefined) return [];
    return [{ key: `disk ${number}`, isRemovable: answer?.device?.isRemovable === true, node }];
  });
}

/**
 * Whether the USB device is what the user wants to pull out. A built-in reader would be gone until the next start, and
 * a reader with several cards would take the others with it. A disk with no removable medium can only go as a whole.
 */
function goesAsWhole(storage: Storage, { node, isRemovable }: UsbDisk, disks: readonly UsbDisk[]): boolean {
  if (!isRemovable) return true;
  const onSameDevice = disks.filter((disk) => disk.node.instanceId === node.instanceId);
  return onSameDevice.length === 1 && storage.devices.readRemovalPolicy(node) >= leastPullable;
}

/** The reader stays; its card or disc comes out. */
function ejectMedia(storage: Storage, drive: Drive): Result<'ejected', EjectProblem> {
  const letters = drive.volumes.flatMap(({ mountPoints }) =>
    mountPoints.flatMap((mountPoint) => /^(?<letter>[A-Z]):\\$/u.exec(mountPoint)?.groups?.['letter'] ?? []),
  );
  if (letters.length === 0) return fail({ kind: 'failed', reason: 'Windows gives it no drive letter' });
  for (const letter of letters) {
    const problem = classifyMediumError(storage.ejectMedium(letter));
    if (problem !== undefined) return fail(problem);
  }
  return succeed('ejected');
}
