/** The drives of a Windows PC behind the functions of Windows, and a record of the eject requests. */
import {
  parseStorageDescriptor,
  parseUsbInstanceId,
} from '../../../electron/platform/volumes/parse-storage-device.ts';
import { driveTypes, type Storage } from '../../../electron/platform/volumes/storage.win32.ts';
import { makeStorageDescriptor } from '../../fixtures/drive-structures.ts';

export interface FakeDisk {
  readonly deviceNumber: number;
  readonly letter: string;
  /** Empty where Windows can read none: a volume that is locked. */
  readonly fileSystem: string;
  /** STORAGE_BUS_TYPE: 7 for USB, 11 for SATA. */
  readonly busType: number;
  /** `USB\VID_…`: the device to which the disk belongs; empty for a disk that is not on USB. */
  readonly usbInstanceId: string;
  /** Whether Windows calls the media in the drive removable. */
  readonly isRemovable: boolean;
  /** The removal policy of its USB device, as `readRemovalPolicy` gives it. */
  readonly removalPolicy: number;
}

export interface FakeStorage {
  readonly storage: Storage;
  /** Sets the disks from now on. */
  show(disks: readonly FakeDisk[]): void;
  /** `device USB\VID_…` and `medium E`, oldest first. */
  letGo(): readonly string[];
}

export function createFakeStorage(): FakeStorage {
  let disks: readonly FakeDisk[] = [];
  const letGo: string[] = [];
  const pathOf = ({ deviceNumber }: FakeDisk) => `\\\\?\\disk${deviceNumber}`;
  const named = (name: string) =>
    disks.find((disk) => name === pathOf(disk) || name === `\\\\.\\${disk.letter}:`);
  const nodeOf = (instanceId: string) => {
    const at = disks.findIndex(({ usbInstanceId }) => usbInstanceId === instanceId);
    return at === -1 ? undefined : { node: 100 + at, instanceId };
  };
  const storage: Storage = {
    listLetters: () => disks.map(({ letter }) => letter),
    driveType: () => driveTypes.removable,
    describeDevice: (name) => {
      const disk = named(name);
      if (disk === undefined) return undefined;
      return {
        device: parseStorageDescriptor(
          makeStorageDescriptor({ busType: disk.busType, removable: disk.isRemovable }),
        ),
        number: { deviceType: 7, deviceNumber: disk.deviceNumber },
        sizeBytes: 16_008_609_792,
        hasMedium: true,
      };
    },
    readVolumeNames: (letter) => {
      const fileSystem = named(`\\\\.\\${letter}:`)?.fileSystem ?? '';
      return fileSystem === '' ? undefined : { label: 'TEACHING', fileSystem };
    },
    readVolumeSize: () => 16_000_000_000,
    readBeginning: () => undefined,
    ejectMedium: (letter) => {
      letGo.push(`medium ${letter}`);
      return 0;
    },
    devices: {
      listInterfaces: (kind) => (kind === 'disk' ? disks.map(pathOf) : []),
      findDevice: (path) => {
        const disk = named(path);
        if (disk === undefined) return undefined;
        return { node: disk.deviceNumber, instanceId: `USBSTOR\\DISK\\${disk.deviceNumber}` };
      },
      parentOf: ({ node }) => {
        const disk = disks.find(({ deviceNumber }) => deviceNumber === node);
        return disk === undefined ? undefined : nodeOf(disk.usbInstanceId);
      },
      readLocationPaths: () => [],
      readService: () => 'USBSTOR',
      readRemovalPolicy: ({ instanceId }) =>
        disks.find(({ usbInstanceId }) => usbInstanceId === instanceId)?.removalPolicy ?? 0,
      requestEject: ({ instanceId }) => {
        // Only the USB device may be let go: a hub above it or a disk below it is not what the user unplugs.
        if (parseUsbInstanceId(instanceId) === undefined) throw new Error(`no USB device: ${instanceId}`);
        letGo.push(`device ${instanceId}`);
        return { code: 0, vetoType: 0 };
      },
    },
  };
  return {
    storage,
    show: (next) => {
      disks = next;
    },
    letGo: () => letGo,
  };
}
