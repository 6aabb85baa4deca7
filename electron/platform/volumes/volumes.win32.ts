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
import { createSignal } from '../../../shared/lib/signal.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import type { Clock } from '../time/clock.ts';
import type { UsbPort } from '../usb/usb-port.ts';
import type { DriveTurns } from './drive-turns.ts';
import { createDriveLister, type DriveLister } from './list-drives.win32.ts';
import { createBitLockerReader } from './shell-property.win32.ts';
import { createStorage, type Storage } from './storage.win32.ts';
import type { VolumesPort, VolumesProblem } from './volumes-port.ts';
import { watchLetters } from './watch-letters.win32.ts';

/** The interval while a volume is locked: its user may be typing the password. */
const lockedLookMs = 5000;
/** The interval while a removable volume is not known to be encrypted: encrypting it takes many minutes. */
const openLookMs = 30_000;

export interface WindowsVolumesOptions {
  readonly clock: Clock;
  readonly usb: UsbPort;
  /** Shared by everything that asks drives. */
  readonly turns: DriveTurns;
  /** From the environment: the drive from which Windows runs, `C:`. */
  readonly systemDrive: string | undefined;
}

interface Asking {
  readonly storage: Storage;
  readonly lister: DriveLister;
}

export function createWindowsVolumesPort(options: WindowsVolumesOptions): VolumesPort {
  const { clock, usb, turns } = options;
  const systemLetter = (options.systemDrive ?? 'C:').slice(0, 1).toUpperCase();
  const answeredLate = createSignal();
  let capability: Capability = { name: 'volumes', level: 'full', reason: '' };
  let listAgainMs: number | undefined;
  let asking: Asking | undefined;

  /** Looks the functions of Windows up once. */
  const ask = async (): Promise<Result<Asking, VolumesProblem>> => {
    const native = await loadNative();
    if (!native.ok) return fail({ kind: 'none', reason: native.error });
    try {
      if (asking === undefined) {
        const storage = createStorage(native.value);
        const readBitLocker = createBitLockerReader(native.value, systemLetter);
        const lister = createDriveLister({
          clock,
          turns,
          storage,
          readBitLocker,
          systemLetter,
          onLateAnswer: answeredLate.emit,
        });
        asking = { storage, lister };
      }
      return succeed(asking);
    } catch (error) {
      return fail({ kind: 'none', reason: describeError(error) });
    }
  };

  const list = async (): Promise<Result<readonly Drive[], VolumesProblem>> => {
    const windows = await ask();
    if (!windows.ok) return windows;
    try {
      const listed = await windows.value.lister.list();
      if (!listed.ok) return fail({ kind: 'unreadable', reason: listed.error });
      const { drives, shortfall } = listed.value;
      listAgainMs = findListAgainMs(drives);
      capability = { name: 'volumes', level: shortfall === '' ? 'full' : 'degraded', reason: shortfall };
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
        const stop = await watchLetters({
          clock,
          usb,
          turns,
          storage,
          changed,
          listAgainMs: () => listAgainMs,
        });
        const unsubscribe = answeredLate.subscribe(changed);
        return succeed(async () => {
          unsubscribe();
          await stop();
        });
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
