/**
 * Drives and volumes on Linux: lsblk reports what is on them, sysfs where they are plugged in. The files of the device
 * manager (udev) show that something has changed.
 *
 * The agent watches those files in-process. `udevadm monitor` would be a child process that stays in memory for months.
 * Both signs come after udev has examined the content, which is what the agent waits for.
 */
import { existsSync, type FSWatcher, readdirSync, readlinkSync, realpathSync, watch } from 'node:fs';
import path from 'node:path';
import type { Drive } from '../../../shared/device/drive.ts';
import type { UsbIdentity } from '../../../shared/device/usb-device.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { findSystemTool, runTool } from '../run-tool.ts';
import type { Clock } from '../time/clock.ts';
import { describeIdentity } from '../usb/parse-usb-device.ts';
import { readAttribute, readUsbDescription } from '../usb/read-usb-sysfs.ts';
import {
  type DrivePlace,
  describeLinuxDrive,
  findUsbDevice,
  listPartitions,
} from './describe-linux-drive.ts';
import { createFirstSeen } from './first-seen.ts';
import { type BlockNode, lsblkColumns, parseLsblk } from './parse-lsblk.ts';
import type { VolumesPort, VolumesProblem } from './volumes-port.ts';

const lsblkDeadlineMs = 4500;
const udevRecords = '/run/udev/data';
/** There while udev has events to process (systemd, `udevd.c` and `udev-util.c`). */
const udevQueue = '/run/udev/queue';
const deviceNodes = '/dev';

/** Changes come in bursts; the agent waits this long for the next one of a burst. */
const gatherMs = 40;
/**
 * A desktop mounts a new drive a little later, and no event reports that. The last delay is for a udev that is stuck.
 */
const lookAgainMs: readonly number[] = [1000, 2200, 4400, 9000, 15_000, 22_000];
/** The interval where nothing can be watched. */
const pollMs = 5000;
/** A device that udev has not described by then is listed as it is. */
const udevDeadlineMs = 10_000;
/**
 * On a slow or still spinning medium, udev's first reading may find nothing and its second the truth. So the agent
 * believes that nothing is recognised only when that has lasted. Two seconds were seen to be too few on a busy PC.
 */
const unrecognisedForMs = 4000;
/** While udev is busy, its second reading is still to come. A queue that never empties holds no verdict up for longer. */
const udevBusyDeadlineMs = 15_000;

export function createLinuxVolumesPort(clock: Clock): VolumesPort {
  let lastProblem: VolumesProblem | undefined;
  let watchShortfall: string | undefined;
  /** Devices without a record by udev. */
  const undescribed = createFirstSeen(clock);
  /** Devices on which no content is recognised. */
  const unrecognised = createFirstSeen(clock);
  /** The same devices, from the first look on, whether udev was busy or not. */
  const looked = createFirstSeen(clock);

  /** False while udev is still examining the content: an answer now would be wrong. */
  const isDescribed = (node: BlockNode): boolean => {
    if (existsSync(path.join(udevRecords, `b${node.deviceNumber}`))) {
      undescribed.forget(node.deviceNumber);
      return true;
    }
    return undescribed.hasLasted(node.deviceNumber, udevDeadlineMs);
  };
  const isRecognised = (node: BlockNode): boolean => {
    if (node.fsType !== '' || node.tableType !== '' || node.children.length > 0 || node.sizeBytes === 0) {
      unrecognised.forget(node.deviceNumber);
      looked.forget(node.deviceNumber);
      return true;
    }
    const waitedLong = looked.hasLasted(node.deviceNumber, udevBusyDeadlineMs);
    if (!waitedLong && existsSync(udevQueue)) {
      unrecognised.forget(node.deviceNumber);
      return false;
    }
    return unrecognised.hasLasted(node.deviceNumber, unrecognisedForMs);
  };
  /** Ask for every node, so that the waiting time of each starts now. */
  const isSettled = (drive: BlockNode): boolean => {
    const nodes = [drive, ...listPartitions(drive)];
    const described = nodes.filter(isDescribed).length === nodes.length || !hasUdev();
    return nodes.filter(isRecognised).length === nodes.length && described;
  };

  const list = async (): Promise<Result<readonly Drive[], VolumesProblem>> => {
    const answer = await runTool('lsblk', ['--json', '--bytes', '--output', lsblkColumns], {
      deadlineMs: lsblkDeadlineMs,
    });
    if (answer.kind === 'missing') return fail({ kind: 'none', reason: answer.reason });
    if (answer.kind === 'late') return fail({ kind: 'unreadable', reason: answer.reason });
    // With code 32 all devices vanished in between, with 64 some. The printed answer is complete all the same.
    const isEmpty = answer.stdout.trim() === '';
    if (isEmpty && answer.exitCode !== 0 && answer.exitCode !== 32) {
      return fail({ kind: 'unreadable', reason: describeLsblkFailure(answer.stderr) });
    }
    const nodes = isEmpty ? succeed([]) : parseLsblk(answer.stdout);
    if (!nodes.ok) return fail({ kind: 'unreadable', reason: nodes.error });
    const present = new Set<string>();
    const drives = nodes.value.flatMap((node) => {
      for (const { deviceNumber } of [node, ...listPartitions(node)]) present.add(deviceNumber);
      if (node.type !== 'disk' && node.type !== 'rom') return [];
      const place = readPlace(node.kernelName);
      if (place === undefined || !isSettled(node)) return [];
      if (node.type === 'rom' && hasUdev() && !hasDisc(node))
        return describeLinuxDrive({ ...node, sizeBytes: 0 }, place, readMappingId) ?? [];
      return describeLinuxDrive(node, place, readMappingId) ?? [];
    });
    undescribed.keepOnly(present);
    unrecognised.keepOnly(present);
    looked.keepOnly(present);
    return succeed(drives);
  };

  return {
    capability: () => capabilityOf(lastProblem, watchShortfall),
    list: async () => {
      const answer = await list();
      lastProblem = answer.ok ? undefined : answer.error;
      return answer;
    },
    watch: (changed) => {
      const reason = absence();
      if (reason !== undefined) {
        lastProblem = { kind: 'none', reason };
        return Promise.resolve(fail(lastProblem));
      }
      const watching = watchBlockDevices(clock, changed);
      watchShortfall = watching.shortfall;
      return Promise.resolve(
        succeed(() => {
          watching.stop();
          return Promise.resolve();
        }),
      );
    },
  };
}

function absence(): string | undefined {
  return findSystemTool('lsblk') === undefined ? 'lsblk is not installed' : undefined;
}

function hasUdev(): boolean {
  return existsSync('/run/udev/control');
}

function capabilityOf(problem: VolumesProblem | undefined, watchShortfall: string | undefined): Capability {
  const missing = absence();
  if (missing !== undefined) return { name: 'volumes', level: 'none', reason: missing };
  if (problem !== undefined) {
    return { name: 'volumes', level: problem.kind === 'none' ? 'none' : 'degraded', reason: problem.reason };
  }
  const shortfall =
    watchShortfall ??
    (hasUdev() || process.getuid?.() === 0
      ? undefined
      : 'no device manager (udev) runs, and without it only an administrator sees what is on a drive');
  return shortfall === undefined
    ? { name: 'volumes', level: 'full', reason: '' }
    : { name: 'volumes', level: 'degraded', reason: shortfall };
}

function describeLsblkFailure(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return /unknown column/u.test(line)
    ? 'lsblk is older than version 2.37 and cannot say what has to be known'
    : line.slice(0, 300) || 'lsblk failed without a word';
}

/** udev asks the drive whether it holds a disc. Until udev has, an apparently empty disc does not count as a disc. */
function hasDisc({ deviceNumber }: BlockNode): boolean {
  return /^E:ID_CDROM_MEDIA=1$/mu.test(readAttribute(udevRecords, `b${deviceNumber}`));
}

function readMappingId(kernelName: string): string {
  return readAttribute('/sys/class/block', kernelName, 'dm/uuid');
}

/** Undefined if the drive has gone meanwhile. */
function readPlace(kernelName: string): DrivePlace | undefined {
  try {
    const folder = realpathSync(path.join('/sys/class/block', kernelName));
    const usbDevice = findUsbDevice(folder);
    return {
      path: folder,
      diskSequence: readAttribute(folder, 'diskseq'),
      usbDriver: usbDevice === undefined ? '' : readDriver(usbDevice.interfaceFolder),
      usb: usbDevice === undefined ? undefined : readUsbIdentity(usbDevice.folder),
      cardType: folder.includes('/mmc_host/') ? readAttribute(folder, 'device/type') : '',
      behindRemovablePci: isBehindRemovablePci(folder),
    };
  } catch {
    return undefined;
  }
}

function readDriver(interfaceFolder: string): string {
  try {
    return path.basename(readlinkSync(path.join(interfaceFolder, 'driver')));
  } catch {
    return '';
  }
}

function readUsbIdentity(folder: string): UsbIdentity {
  const id = (name: string) => Number.parseInt(readAttribute(folder, name), 16) || 0;
  return describeIdentity({
    vendorId: id('idVendor'),
    productId: id('idProduct'),
    ...readUsbDescription(folder),
  });
}

const pciAddress = /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/u;

function isBehindRemovablePci(folder: string): boolean {
  for (let at = folder; at.length > 1; at = path.dirname(at)) {
    if (pciAddress.test(path.basename(at)) && readAttribute(at, 'removable') === 'removable') return true;
  }
  return false;
}

/** Names of files that represent a block device: udev's records, and the nodes of devices without a record. */
const recordName = /^b\d+:\d+$/u;
const nodeName = /^(sd[a-z]+\d*|sr\d+|mmcblk\d+.*|nvme\d+n.*|dm-\d+|fd\d)$/u;

function watchBlockDevices(
  clock: Clock,
  changed: () => void,
): { readonly stop: () => void; readonly shortfall: string | undefined } {
  const watchers: FSWatcher[] = [];
  const timers = new Set<() => void>();
  let gathers = false;
  let polls = false;
  let stopped = false;

  const later = (delayMs: number, work: () => void): (() => void) => {
    const callOff = clock.setTimer(delayMs, () => {
      timers.delete(callOff);
      work();
    });
    timers.add(callOff);
    return callOff;
  };
  let lookAgain: readonly (() => void)[] = [];
  const armLooks = () => {
    for (const callOff of lookAgain) {
      callOff();
      timers.delete(callOff);
    }
    lookAgain = lookAgainMs.map((delayMs) => later(delayMs, changed));
  };
  const notice = () => {
    if (stopped) return;
    if (gathers) return;
    gathers = true;
    later(gatherMs, () => {
      gathers = false;
      changed();
      armLooks();
    });
  };
  const poll = (before: string) => {
    polls = true;
    later(pollMs, () => {
      const now = describeBlockDevices();
      if (now !== before) notice();
      poll(now);
    });
  };
  const watchFolder = (folder: string, wanted: RegExp) => {
    const watcher = watch(folder, (_event, name) => {
      if (name === null || wanted.test(name)) notice();
    });
    watcher.on('error', () => {
      watcher.close();
      if (!stopped && !polls) poll(describeBlockDevices());
    });
    watchers.push(watcher);
  };

  let shortfall: string | undefined;
  try {
    if (hasUdev()) watchFolder(udevRecords, recordName);
    else watchFolder(deviceNodes, nodeName);
  } catch (error) {
    shortfall = `drives are looked for every ${pollMs / 1000} s only: ${describeError(error)}`;
    poll(describeBlockDevices());
  }
  // Drives that are already there must settle too: the first list leaves out the others, and no event reports when they
  // do.
  armLooks();
  return {
    shortfall,
    stop: () => {
      stopped = true;
      for (const watcher of watchers.splice(0)) watcher.close();
      for (const callOff of timers) callOff();
      timers.clear();
    },
  };
}

/** The names and sizes of all block devices: what a poll compares. */
function describeBlockDevices(): string {
  try {
    return readdirSync('/sys/class/block')
      .map((name) => `${name}@${readAttribute('/sys/class/block', name, 'diskseq')}`)
      .toSorted()
      .join(' ');
  } catch {
    return '';
  }
}
