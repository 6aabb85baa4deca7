/** Takes a drive out of use on Windows, as the tray icon for safe removal does, and *Eject* for discs and cards. */

import type { Drive } from '../../../shared/device/drive.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import type { Clock } from '../time/clock.ts';
import { createDriveQuestion } from './drive-question.ts';
import type { DriveTurns } from './drive-turns.ts';
import type { EjectPort, EjectProblem } from './eject-port.ts';
import { findUsbNode } from './list-drives.win32.ts';
import { classifyMediumError, classifyVeto } from './parse-veto.ts';
import { createStorage, type DeviceNode, leastPullable, type Storage } from './storage.win32.ts';

/** Together less than the 20 seconds of the port. */
const findDeadlineMs = 3000;
const ejectDeadlineMs = 15_000;

const noAnswer: EjectProblem = { kind: 'failed', reason: 'the drive does not answer' };

interface EjectOptions {
  readonly clock: Clock;
  /** Shared by everything that asks drives: while a drive is being ejected, the agent itself holds no handle on it. */
  readonly turns: DriveTurns;
}

export function createWindowsEjectPort(options: EjectOptions): EjectPort {
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
        return await ejectDrive(storage, drive, options);
      } catch (error) {
        return fail({ kind: 'failed', reason: describeError(error) });
      }
    },
  };
}

export async function ejectDrive(
  storage: Storage,
  drive: Drive,
  { clock, turns }: EjectOptions,
): Promise<Result<'ejected', EjectProblem>> {
  const letters = lettersOf(drive);
  const inTime = (names: readonly string[], work: () => Promise<EjectProblem | undefined>) =>
    ejectInTime(clock, turns.run(names, work));
  const ejectMedia = () => {
    if (letters.length === 0)
      return fail({ kind: 'failed', reason: 'Windows gives it no drive letter' } as const);
    return inTime(letters, () => letOutMedia(storage, letters));
  };
  if (drive.kind !== 'disk' || drive.usb === undefined) return ejectMedia();
  const { disks, isIncomplete } = await listUsbDisks(storage, { clock, turns });
  const own = disks.find(({ key }) => key === drive.key);
  if (own === undefined) {
    return fail(isIncomplete ? noAnswer : { kind: 'gone', reason: 'the drive is not there any more' });
  }
  // A disk that does not answer may belong to the same reader.
  const mayTakeOthers = isIncomplete && own.isRemovable;
  if (mayTakeOthers || !(await goesAsWhole(storage, own, disks))) return ejectMedia();
  const held = disks.filter((disk) => disk.node.instanceId === own.node.instanceId).map(({ path }) => path);
  return inTime([...held, ...letters], async () =>
    classifyVeto(await storage.devices.requestEject(own.node)),
  );
}

/** Windows goes on with an eject that is late, and the drive then goes without a word. */
async function ejectInTime(
  clock: Clock,
  work: Promise<EjectProblem | undefined>,
): Promise<Result<'ejected', EjectProblem>> {
  let callOff = () => {};
  const late = new Promise<EjectProblem>((resolve) => {
    callOff = clock.setTimer(ejectDeadlineMs, () => resolve(noAnswer));
  });
  try {
    const problem = await Promise.race([work, late]);
    return problem === undefined ? succeed('ejected') : fail(problem);
  } finally {
    callOff();
  }
}

interface UsbDisk {
  readonly path: string;
  readonly key: string;
  readonly isRemovable: boolean;
  readonly node: DeviceNode;
}

async function listUsbDisks(
  storage: Storage,
  options: EjectOptions,
): Promise<{ readonly disks: readonly UsbDisk[]; readonly isIncomplete: boolean }> {
  const question = createDriveQuestion({
    ...options,
    deadlineMs: findDeadlineMs,
    work: (path) => describeUsbDisk(storage, path),
    onLateAnswer: () => {},
  });
  const paths = await storage.devices.listInterfaces('disk');
  const answers = await Promise.all(paths.map((path) => question.ask(path)));
  return {
    disks: answers.flatMap((answer) => (answer.kind === 'answered' ? (answer.answer ?? []) : [])),
    isIncomplete: answers.some(({ kind }) => kind === 'silent'),
  };
}

async function describeUsbDisk(storage: Storage, path: string): Promise<UsbDisk | undefined> {
  const node = await findUsbNode(storage, await storage.devices.findDevice(path));
  if (node === undefined) return undefined;
  const answer = await storage.describeDevice(path);
  const number = answer?.number?.deviceNumber;
  if (number === undefined) return undefined;
  return { path, key: `disk ${number}`, isRemovable: answer?.device?.isRemovable === true, node };
}

/**
 * Whether the USB device is what the user wants to pull out. A built-in reader would be gone until the next start, and
 * a reader with several cards would take the others with it. A disk with no removable medium can only go as a whole.
 */
async function goesAsWhole(
  storage: Storage,
  { node, isRemovable }: UsbDisk,
  disks: readonly UsbDisk[],
): Promise<boolean> {
  if (!isRemovable) return true;
  const onSameDevice = disks.filter((disk) => disk.node.instanceId === node.instanceId);
  return onSameDevice.length === 1 && (await storage.devices.readRemovalPolicy(node)) >= leastPullable;
}

function lettersOf({ volumes }: Drive): readonly string[] {
  return volumes.flatMap(({ mountPoints }) =>
    mountPoints.flatMap((mountPoint) => /^(?<letter>[A-Z]):\\$/u.exec(mountPoint)?.groups?.['letter'] ?? []),
  );
}

/** The reader stays; its card or disc comes out. */
async function letOutMedia(storage: Storage, letters: readonly string[]): Promise<EjectProblem | undefined> {
  for (const letter of letters) {
    const problem = classifyMediumError(await storage.ejectMedium(letter));
    if (problem !== undefined) return problem;
  }
  return undefined;
}
