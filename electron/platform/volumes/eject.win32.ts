/** Takes a drive out of use on Windows: what the tray icon for safe removal does, and what *Eject* does for discs and cards. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import type { EjectPort, EjectProblem } from './eject-port.ts';
import { classifyMediumError, classifyVeto } from './parse-veto.ts';
import { createStorage, type Storage } from './storage.win32.ts';
import { findUsbNode } from './volumes.win32.ts';
import type { Drive } from './volumes-port.ts';

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

function ejectDrive(storage: Storage, drive: Drive): Result<'ejected', EjectProblem> {
  const letters = drive.volumes.flatMap(({ mountPoints }) =>
    mountPoints.flatMap((mountPoint) => /^(?<letter>[A-Z]):\\$/u.exec(mountPoint)?.groups?.['letter'] ?? []),
  );
  if (drive.kind === 'disk' && drive.usb !== undefined) {
    const node = findNode(storage, drive);
    if (node === undefined) return fail({ kind: 'gone', reason: 'the drive is not there any more' });
    const problem = classifyVeto(storage.devices.requestEject(node));
    return problem === undefined ? succeed('ejected') : fail(problem);
  }
  // The reader stays, what is in it comes out.
  if (letters.length === 0) return fail({ kind: 'failed', reason: 'Windows gives it no drive letter' });
  for (const letter of letters) {
    const problem = classifyMediumError(storage.ejectMedium(letter));
    if (problem !== undefined) return fail(problem);
  }
  return succeed('ejected');
}

function findNode(storage: Storage, drive: Drive) {
  for (const path of storage.devices.listInterfaces('disk')) {
    const number = storage.describeDevice(path)?.number?.deviceNumber;
    if (number === undefined || drive.key !== `disk ${number}`) continue;
    return findUsbNode(storage, storage.devices.findDevice(path));
  }
  return undefined;
}
