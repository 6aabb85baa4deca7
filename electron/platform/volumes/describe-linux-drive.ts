/** Describes a drive from what Linux reports: lsblk's tree and the drive's place in sysfs. */

import type { Drive, DriveBus, Volume } from '../../../shared/device/drive.ts';
import type { UsbIdentity } from '../../../shared/device/usb-device.ts';
import { cleanDeviceText } from '../clean-device-text.ts';
import { findEncryption, type ReadMappingId } from './find-encryption.ts';
import type { BlockNode } from './parse-lsblk.ts';

/** What sysfs says about a whole drive. */
export interface DrivePlace {
  /** The real path below `/sys`, which names every bus on the way to the drive. */
  readonly path: string;
  /** Rises with every medium that the kernel has seen (Linux 5.15); empty on older kernels. */
  readonly diskSequence: string;
  /** The driver of the USB interface: `usb-storage` or `uas`. */
  readonly usbDriver: string;
  readonly usb: UsbIdentity | undefined;
  /** `SD`, `MMC` or empty; built-in flash is `MMC`. */
  readonly cardType: string;
  /** True if the kernel calls a PCI device on the way removable, as it does behind Thunderbolt and USB4. */
  readonly behindRemovablePci: boolean;
}

const usbInterface = /\/(?<port>\d+-\d+(?:\.\d+)*):\d+\.\d+\//u;

/** The port of the last USB device on the way to a drive, `1-2.1`, and the folder of that device below `/sys`. */
export function findUsbDevice(
  path: string,
): { readonly port: string; readonly folder: string; readonly interfaceFolder: string } | undefined {
  let found: ReturnType<typeof findUsbDevice>;
  let from = 0;
  for (let match = usbInterface.exec(path); match !== null; match = usbInterface.exec(path.slice(from))) {
    const start = from + match.index;
    const interfaceFolder = path.slice(0, start + match[0].length - 1);
    found = {
      port: match.groups?.['port'] ?? '',
      folder: path.slice(0, start),
      interfaceFolder,
    };
    from = start + match[0].length - 1;
  }
  return found;
}

function findBus(place: DrivePlace): DriveBus {
  if (findUsbDevice(place.path) !== undefined) return place.usbDriver === 'uas' ? 'uas' : 'usb';
  if (place.path.includes('/mmc_host/')) {
    if (place.cardType === 'SD') return 'sd';
    return place.cardType === 'MMC' ? 'internal' : 'unknown';
  }
  if (place.path === '') return 'unknown';
  return place.behindRemovablePci ? 'usb4' : 'internal';
}

/** The size that a disc drive without a disc reports: 0x1fffff sectors (Linux, drivers/scsi/sr.c). */
const noDiscBytes = 0x1fffff * 512;

/** Types of partitions that systems make for themselves: EFI, Microsoft reserved, recovery, BIOS and Apple boot. */
const bootPartitionTypes: ReadonlySet<string> = new Set([
  'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae',
  'de94bba4-06d1-4d40-a16a-bfd50179d6ac',
  '21686148-6449-6e6f-744e-656564454649',
  '426f6f74-0000-11aa-aa11-00306543ecac',
  '0xef',
]);
/** Any program may write the type into the table, so a large partition counts as one for files, whatever its type. */
const largestBootPartitionBytes = 1024 ** 3;

/** Containers of further partitions, with no files of their own. */
const extendedPartitionTypes: ReadonlySet<string> = new Set(['0x5', '0xf', '0x85']);

function isDrive({ type }: BlockNode): boolean {
  return type === 'disk' || type === 'rom';
}

/** Undefined for a node that is not a drive: loop devices, compressed memory, arrays, mappings. */
export function describeLinuxDrive(
  node: BlockNode,
  place: DrivePlace,
  mappingIdOf: ReadMappingId,
): Drive | undefined {
  if (!isDrive(node) || place.path.includes('/devices/virtual/')) return undefined;
  const usbDevice = findUsbDevice(place.path);
  const hasMedium = (node.sizeBytes ?? 0) > 0 && !isEmptyDiscDrive(node);
  return {
    key: place.diskSequence === '' ? node.kernelName : `${node.kernelName}@${place.diskSequence}`,
    bus: findBus(place),
    kind: node.type === 'rom' ? 'optical' : node.deviceNumber.startsWith('2:') ? 'floppy' : 'disk',
    usb:
      usbDevice === undefined || place.usb === undefined ? undefined : { ...place.usb, port: usbDevice.port },
    vendor: cleanDeviceText(node.vendor),
    model: cleanDeviceText(node.model),
    serial: cleanDeviceText(node.serial),
    sizeBytes: hasMedium ? node.sizeBytes : undefined,
    hasMedium,
    volumes: hasMedium ? describeVolumes(node, mappingIdOf) : [],
  };
}

function isEmptyDiscDrive({ type, sizeBytes, fsType }: BlockNode): boolean {
  return type === 'rom' && sizeBytes === noDiscBytes && fsType === '';
}

/** Partitions in their order on the drive, including those inside an extended one. */
export function listPartitions(node: BlockNode): readonly BlockNode[] {
  return node.children.flatMap((child) => {
    if (child.type !== 'part') return [];
    const inner = listPartitions(child);
    return extendedPartitionTypes.has(child.partitionType) ? inner : [child, ...inner];
  });
}

function describeVolumes(drive: BlockNode, mappingIdOf: ReadMappingId): readonly Volume[] {
  const partitions = listPartitions(drive);
  const describe = (node: BlockNode) => describeVolume(node, mappingIdOf);
  if (partitions.length === 0) return [describe(drive)];
  // An image of a disc is both at once: one file system over all of it, and partitions inside.
  const whole = drive.fsType === '' || drive.mountPoints.length === 0 ? [] : [describe(drive)];
  return [...whole, ...partitions.map(describe)];
}

function describeVolume(node: BlockNode, mappingIdOf: ReadMappingId): Volume {
  const { encryption, probe } = findEncryption(node, mappingIdOf);
  const inside = innermost(node);
  return {
    key: node.kernelName,
    mountPoints: mountPointsOf(node),
    label: cleanDeviceText(inside.label === '' ? node.label : inside.label),
    fileSystem: cleanDeviceText(inside.fsType),
    sizeBytes: node.sizeBytes,
    role:
      bootPartitionTypes.has(node.partitionType.toLowerCase()) &&
      (node.sizeBytes ?? Number.POSITIVE_INFINITY) <= largestBootPartitionBytes
        ? 'boot'
        : 'data',
    encryption,
    probe,
  };
}

/** The last node of a chain of mappings; a volume that branches is described by itself. */
function innermost(node: BlockNode): BlockNode {
  const [only, ...others] = node.children;
  return only === undefined || others.length > 0 || only.type === 'part' ? node : innermost(only);
}

function mountPointsOf(node: BlockNode): readonly string[] {
  const own = node.mountPoints;
  const inner = node.children.filter(({ type }) => type !== 'part').flatMap(mountPointsOf);
  return [...new Set([...own, ...inner])];
}
