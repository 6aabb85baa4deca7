/** Asks Windows about drives. Everything here works for a standard user, without access to the files on them. */
import { decodeText, type Native } from '../native/native.win32.ts';
import {
  parseDiskSize,
  parseStorageDescriptor,
  parseStorageNumber,
  parseTextList,
} from './parse-storage-device.ts';

const kernel = 'kernel32.dll';
const configurationManager = 'cfgmgr32.dll';

const shareAll = 7;
const openExisting = 3;
const genericRead = 0x8000_0000;
const genericWrite = 0x4000_0000;

/** Control codes of winioctl.h. The first four ask for no access rights. */
const control = {
  queryProperty: 0x2d_1400,
  getDeviceNumber: 0x2d_1080,
  checkVerify2: 0x2d_0800,
  getGeometryEx: 0x07_00a0,
  ejectMedia: 0x2d_4808,
  lockVolume: 0x09_0018,
  dismountVolume: 0x09_0020,
} as const;

/** GUID_DEVINTERFACE_DISK and GUID_DEVINTERFACE_CDROM (ntddstor.h), in their byte order in memory. */
const diskInterface = Buffer.from('0763f553bfb6d01194f200a0c91efb8b', 'hex');
const discInterface = Buffer.from('0863f553bfb6d01194f200a0c91efb8b', 'hex');

/** A DEVPROPKEY: a GUID and a number. */
function makeKey(guidHex: string, number: number): Buffer {
  const key = Buffer.alloc(20);
  Buffer.from(guidHex, 'hex').copy(key);
  key.writeUInt32LE(number, 16);
  return key;
}
const deviceGuid = '4e255ca41cdffd4e802067d146a850e0';
/** Of devpkey.h. */
const deviceKeys = {
  instanceId: makeKey('c84fc3784a10ca4a9ea4524d52996e57', 256),
  locationPaths: makeKey(deviceGuid, 37),
  service: makeKey(deviceGuid, 6),
  removalPolicy: makeKey(deviceGuid, 33),
} as const;

export const driveTypes = { removable: 2, fixed: 3, remote: 4, disc: 5 } as const;

interface VolumeNames {
  readonly label: string;
  readonly fileSystem: string;
}

/** The lowest removal policy of a device that Windows expects users to pull or take out. */
export const leastPullable = 2;

/** A node of the device tree. */
export interface DeviceNode {
  readonly node: number;
  readonly instanceId: string;
}

interface EjectAnswer {
  readonly code: number;
  /** PNP_VETO_TYPE (cfg.h); 0 if no program objected. */
  readonly vetoType: number;
}

export type Storage = ReturnType<typeof createStorage>;

export function createStorage(native: Native) {
  const define = native.define.bind(native);
  const getLogicalDrives = define<() => number>(kernel, 'GetLogicalDrives', 'uint32_t', []);
  const getDriveType = define<(root: string) => number>(kernel, 'GetDriveTypeW', 'uint32_t', ['str16']);
  const getLastError = define<() => number>(kernel, 'GetLastError', 'uint32_t', []);
  const closeHandle = define<(handle: bigint) => boolean>(kernel, 'CloseHandle', 'bool', ['void *']);
  const createFile = define<
    (
      name: string,
      access: number,
      share: number,
      security: null,
      disposition: number,
      flags: number,
      template: null,
    ) => bigint | null
  >(kernel, 'CreateFileW', 'void *', [
    'str16',
    'uint32_t',
    'uint32_t',
    'void *',
    'uint32_t',
    'uint32_t',
    'void *',
  ]);
  const deviceIoControl = define<
    (
      handle: bigint,
      code: number,
      input: Buffer | null,
      inputLength: number,
      output: Buffer | null,
      outputLength: number,
      returned: Buffer,
      overlapped: null,
    ) => boolean
  >(kernel, 'DeviceIoControl', 'bool', [
    'void *',
    'uint32_t',
    'void *',
    'uint32_t',
    'void *',
    'uint32_t',
    'void *',
    'void *',
  ]);
  const readFile = define<
    (handle: bigint, into: Buffer, length: number, read: Buffer, overlapped: null) => boolean
  >(kernel, 'ReadFile', 'bool', ['void *', 'void *', 'uint32_t', 'void *', 'void *']);
  const getVolumeInformation = define<
    (
      root: string,
      label: Buffer,
      labelLength: number,
      serial: null,
      component: null,
      flags: null,
      fileSystem: Buffer,
      fileSystemLength: number,
    ) => boolean
  >(kernel, 'GetVolumeInformationW', 'bool', [
    'str16',
    'void *',
    'uint32_t',
    'void *',
    'void *',
    'void *',
    'void *',
    'uint32_t',
  ]);
  const getDiskFreeSpace = define<(root: string, free: null, total: Buffer, allFree: null) => boolean>(
    kernel,
    'GetDiskFreeSpaceExW',
    'bool',
    ['str16', 'void *', 'void *', 'void *'],
  );

  /** Undefined where Windows does not open it; `access` 0 asks about the device only, not for its content. */
  const withDevice = <Answer>(
    name: string,
    access: number,
    use: (handle: bigint) => Answer,
  ): Answer | undefined => {
    const handle = createFile(name, access, shareAll, null, openExisting, 0, null);
    const invalid = native.pointerBytes === 8 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
    if (handle === null || handle === invalid || handle === -1n) return undefined;
    try {
      return use(handle);
    } finally {
      closeHandle(handle);
    }
  };

  const ask = (
    handle: bigint,
    code: number,
    input: Buffer | null,
    outputBytes: number,
  ): Buffer | undefined => {
    const output = Buffer.alloc(outputBytes);
    const returned = Buffer.alloc(4);
    const answered = deviceIoControl(
      handle,
      code,
      input,
      input?.length ?? 0,
      outputBytes === 0 ? null : output,
      outputBytes,
      returned,
      null,
    );
    return answered ? output.subarray(0, Math.min(returned.readUInt32LE(0), outputBytes)) : undefined;
  };

  const describe = (handle: bigint) => {
    // STORAGE_PROPERTY_QUERY with StorageDeviceProperty and PropertyStandardQuery: all zero.
    const descriptor = ask(handle, control.queryProperty, Buffer.alloc(12), 1024);
    const number = ask(handle, control.getDeviceNumber, null, 12);
    const geometry = ask(handle, control.getGeometryEx, null, 256);
    return {
      device: descriptor === undefined ? undefined : parseStorageDescriptor(descriptor),
      number: number === undefined ? undefined : parseStorageNumber(number),
      sizeBytes: geometry === undefined ? undefined : parseDiskSize(geometry),
      hasMedium: ask(handle, control.checkVerify2, null, 0) !== undefined,
    };
  };

  return {
    listLetters: (): readonly string[] => {
      const mask = getLogicalDrives();
      return [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((_letter, index) => (mask & (1 << index)) !== 0);
    },
    driveType: (letter: string): number => getDriveType(`${letter}:\\`),
    /** Asks the drive of a letter, or the device of an interface path. */
    describeDevice: (name: string) => withDevice(name, 0, describe),
    readVolumeNames: (letter: string): VolumeNames | undefined => {
      const label = Buffer.alloc(261 * 2);
      const fileSystem = Buffer.alloc(261 * 2);
      return getVolumeInformation(`${letter}:\\`, label, 261, null, null, null, fileSystem, 261)
        ? { label: decodeText(label), fileSystem: decodeText(fileSystem) }
        : undefined;
    },
    readVolumeSize: (letter: string): number | undefined => {
      const total = Buffer.alloc(8);
      return getDiskFreeSpace(`${letter}:\\`, null, total, null)
        ? Number(total.readBigUInt64LE(0))
        : undefined;
    },
    /** The first bytes of a volume; undefined where this account may not read it, as is usual for built-in disks. */
    readBeginning: (letter: string, length: number): Buffer | undefined =>
      withDevice(`\\\\.\\${letter}:`, genericRead, (handle) => {
        const bytes = Buffer.alloc(length);
        const read = Buffer.alloc(4);
        return readFile(handle, bytes, length, read, null)
          ? bytes.subarray(0, read.readUInt32LE(0))
          : undefined;
      }),
    /** Ejects the medium of a disc drive or a card reader. Answers the error of Windows, 0 for success. */
    ejectMedium: (letter: string): number => {
      const open = (access: number) =>
        withDevice(`\\\\.\\${letter}:`, access, (handle) => {
          for (const code of [control.lockVolume, control.dismountVolume, control.ejectMedia]) {
            if (ask(handle, code, null, 0) === undefined) return getLastError();
          }
          return 0;
        });
      return open(genericRead + genericWrite) ?? open(genericRead) ?? getLastError();
    },
    devices: createDeviceTreeOrNone(native),
  };
}

type DeviceTree = ReturnType<typeof createDeviceTree>;

/** Windows 7 and Wine lack the configuration manager's newer functions. There the agent knows only the letters. */
function createDeviceTreeOrNone(native: Native): DeviceTree {
  try {
    return createDeviceTree(native);
  } catch {
    return {
      listInterfaces: () => [],
      findDevice: () => undefined,
      parentOf: () => undefined,
      readLocationPaths: () => [],
      readService: () => '',
      readRemovalPolicy: () => 0,
      requestEject: () => ({ code: callNotImplemented, vetoType: 0 }),
    };
  }
}

/** CR_CALL_NOT_IMPLEMENTED of cfgmgr32.h. */
const callNotImplemented = 0x20;

/** The configuration manager: which device a drive belongs to. */
function createDeviceTree(native: Native) {
  const define = native.define.bind(native);
  const getListSize = define<(length: Buffer, guid: Buffer, id: null, flags: number) => number>(
    configurationManager,
    'CM_Get_Device_Interface_List_SizeW',
    'uint32_t',
    ['void *', 'void *', 'void *', 'uint32_t'],
  );
  const getList = define<(guid: Buffer, id: null, into: Buffer, length: number, flags: number) => number>(
    configurationManager,
    'CM_Get_Device_Interface_ListW',
    'uint32_t',
    ['void *', 'void *', 'void *', 'uint32_t', 'uint32_t'],
  );
  const getInterfaceProperty = define<
    (path: string, key: Buffer, type: Buffer, into: Buffer, length: Buffer, flags: number) => number
  >(configurationManager, 'CM_Get_Device_Interface_PropertyW', 'uint32_t', [
    'str16',
    'void *',
    'void *',
    'void *',
    'void *',
    'uint32_t',
  ]);
  const locate = define<(node: Buffer, id: string, flags: number) => number>(
    configurationManager,
    'CM_Locate_DevNodeW',
    'uint32_t',
    ['void *', 'str16', 'uint32_t'],
  );
  const getParent = define<(parent: Buffer, node: number, flags: number) => number>(
    configurationManager,
    'CM_Get_Parent',
    'uint32_t',
    ['void *', 'uint32_t', 'uint32_t'],
  );
  const getId = define<(node: number, into: Buffer, length: number, flags: number) => number>(
    configurationManager,
    'CM_Get_Device_IDW',
    'uint32_t',
    ['uint32_t', 'void *', 'uint32_t', 'uint32_t'],
  );
  const getProperty = define<
    (node: number, key: Buffer, type: Buffer, into: Buffer, length: Buffer, flags: number) => number
  >(configurationManager, 'CM_Get_DevNode_PropertyW', 'uint32_t', [
    'uint32_t',
    'void *',
    'void *',
    'void *',
    'void *',
    'uint32_t',
  ]);
  const requestEject = define<
    (node: number, vetoType: Buffer, vetoName: Buffer, length: number, flags: number) => number
  >(configurationManager, 'CM_Request_Device_EjectW', 'uint32_t', [
    'uint32_t',
    'void *',
    'void *',
    'uint32_t',
    'uint32_t',
  ]);

  const readProperty = (node: number, key: Buffer): Buffer | undefined => {
    const into = Buffer.alloc(4096);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(into.length, 0);
    if (getProperty(node, key, Buffer.alloc(4), into, length, 0) !== 0) return undefined;
    return into.subarray(0, length.readUInt32LE(0));
  };
  const readId = (node: number): string => {
    const into = Buffer.alloc(201 * 2);
    return getId(node, into, 201, 0) === 0 ? decodeText(into) : '';
  };

  return {
    /** The interface paths of all disks, or of all disc drives, that are present. */
    listInterfaces: (kind: 'disk' | 'disc'): readonly string[] => {
      const guid = kind === 'disk' ? diskInterface : discInterface;
      const length = Buffer.alloc(4);
      if (getListSize(length, guid, null, 0) !== 0) return [];
      const characters = Math.min(length.readUInt32LE(0), 1024 * 1024);
      const list = Buffer.alloc(characters * 2);
      return characters > 0 && getList(guid, null, list, characters, 0) === 0 ? parseTextList(list) : [];
    },
    findDevice: (interfacePath: string): DeviceNode | undefined => {
      const id = Buffer.alloc(401 * 2);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(id.length, 0);
      const code = getInterfaceProperty(interfacePath, deviceKeys.instanceId, Buffer.alloc(4), id, length, 0);
      if (code !== 0) return undefined;
      const instanceId = decodeText(id);
      const node = Buffer.alloc(4);
      return locate(node, instanceId, 0) === 0 ? { node: node.readUInt32LE(0), instanceId } : undefined;
    },
    parentOf: ({ node }: DeviceNode): DeviceNode | undefined => {
      const parent = Buffer.alloc(4);
      if (getParent(parent, node, 0) !== 0) return undefined;
      const number = parent.readUInt32LE(0);
      return { node: number, instanceId: readId(number) };
    },
    readLocationPaths: ({ node }: DeviceNode): readonly string[] =>
      parseTextList(readProperty(node, deviceKeys.locationPaths) ?? Buffer.alloc(0)),
    readService: ({ node }: DeviceNode): string =>
      decodeText(readProperty(node, deviceKeys.service) ?? Buffer.alloc(0)),
    /**
     * CM_REMOVAL_POLICY (cfgmgr32.h): 1 never comes out, 2 is taken out in an orderly way, 3 may be pulled out at any
     * time. 0 where Windows does not say.
     */
    readRemovalPolicy: ({ node }: DeviceNode): number => {
      const bytes = readProperty(node, deviceKeys.removalPolicy);
      return bytes === undefined || bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
    },
    requestEject: ({ node }: DeviceNode): EjectAnswer => {
      const vetoType = Buffer.alloc(4);
      const vetoName = Buffer.alloc(261 * 2);
      // If the caller gives buffers for the objector, Windows shows no message of its own. The agent does not read the
      // name of the program or file: it may say more about a person than a report should.
      const code = requestEject(node, vetoType, vetoName, 261, 0);
      return { code, vetoType: vetoType.readUInt32LE(0) };
    },
  };
}
