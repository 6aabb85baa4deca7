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
  /** The removal policy of its USB device, and the default one of the disk itself. */
  readonly removalPolicy: number;
}

export interface FakeStorage {
  readonly storage: Storage;
  /** Sets the disks from now on. */
  show(disks: readonly FakeDisk[]): void;
  /** `device USB\VID_…` and `medium E`, oldest first. */
  letGo(): readonly string[];
  /** From now on this disk answers no question before the returned function is called. */
  hold(disk: FakeDisk): () => void;
  /** How many questions wait for a held disk. */
  waiting(): number;
  /** How often disks were described. */
  describedCount(): number;
}

export function createFakeStorage(): FakeStorage {
  let disks: readonly FakeDisk[] = [];
  const letGo: string[] = [];
  const held = new Map<number, Promise<void>>();
  let waiting = 0;
  let describedCount = 0;
  const pathOf = ({ deviceNumber }: FakeDisk) => `\\\\?\\disk${deviceNumber}`;
  const named = (name: string) =>
    disks.find((disk) => name === pathOf(disk) || name === `\\\\.\\${disk.letter}:`);
  /** The disk, when it answers; a disk that is pulled meanwhile answers nothing. */
  const reach = async (name: string): Promise<FakeDisk | undefined> => {
    const hold = held.get(named(name)?.deviceNumber ?? -1);
    if (hold !== undefined) {
      waiting += 1;
      await hold;
      waiting -= 1;
    }
    return named(name);
  };
  const byLetter = (letter: string) => reach(`\\\\.\\${letter}:`);
  const nodeOf = (instanceId: string) => {
    const at = disks.findIndex(({ usbInstanceId }) => usbInstanceId === instanceId);
    return at === -1 ? undefined : { node: 100 + at, instanceId };
  };
  const storage: Storage = {
    listLetters: () => disks.map(({ letter }) => letter),
    driveType: () => Promise.resolve(driveTypes.removable),
    describeDevice: async (name) => {
      describedCount += 1;
      const disk = await reach(name);
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
    hasMedium: async (letter) => (await byLetter(letter)) !== undefined,
    readVolumeNames: async (letter) => {
      const fileSystem = (await byLetter(letter))?.fileSystem ?? '';
      return fileSystem === '' ? undefined : { label: 'TEACHING', fileSystem };
    },
    readVolumeSize: async (letter) => ((await byLetter(letter)) === undefined ? undefined : 16_000_000_000),
    readBeginning: () => Promise.resolve(undefined),
    ejectMedium: async (letter) => {
      await byLetter(letter);
      letGo.push(`medium ${letter}`);
      return 0;
    },
    devices: {
      listInterfaces: (kind) => Promise.resolve(kind === 'disk' ? disks.map(pathOf) : []),
      findDevice: (path) => {
        const disk = named(path);
        return Promise.resolve(
          disk === undefined
            ? undefined
            : { node: disk.deviceNumber, instanceId: `USBSTOR\\DISK\\${disk.deviceNumber}` },
        );
      },
      parentOf: ({ node }) => {
        const disk = disks.find(({ deviceNumber }) => deviceNumber === node);
        return Promise.resolve(disk === undefined ? undefined : nodeOf(disk.usbInstanceId));
      },
      readLocationPaths: () => Promise.resolve([]),
      readService: () => Promise.resolve('USBSTOR'),
      readRemovalPolicy: ({ instanceId }) =>
        Promise.resolve(disks.find(({ usbInstanceId }) => usbInstanceId === instanceId)?.removalPolicy ?? 0),
      readDefaultRemovalPolicy: ({ node }) =>
        Promise.resolve(disks.find(({ deviceNumber }) => deviceNumber === node)?.removalPolicy ?? 0),
      requestEject: async ({ instanceId }) => {
        // Only the USB device may be let go: a hub above it or a disk below it is not what the user unplugs.
        if (parseUsbInstanceId(instanceId) === undefined) throw new Error(`no USB device: ${instanceId}`);
        const disk = disks.find(({ usbInstanceId }) => usbInstanceId === instanceId);
        if (disk !== undefined) await reach(pathOf(disk));
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
    hold: ({ deviceNumber }) => {
      let release = () => {};
      held.set(
        deviceNumber,
        new Promise((resolve) => {
          release = resolve;
        }),
      );
      return () => {
        held.delete(deviceNumber);
        release();
      };
    },
    waiting: () => waiting,
    describedCount: () => describedCount,
  };
}
