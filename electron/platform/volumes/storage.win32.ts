/**
 * Asks Windows about drives. Everything here works for a standard user, without access to the files on them.
 *
 * Each call that opens a device, asks a volume or walks the device tree runs on a thread of the runtime's pool: a disc
 * that spins up or a stick with bad sectors holds such a call for seconds, and the gate must go on meanwhile.
 */
import { callForError, callInBackground, decodeText, type Native } from '../native/native.win32.ts';
import { windows, windowsGuids, windowsPropertyKeys } from '../native/windows-numbers.ts';
import {
  parseDiskSize,
  parseStorageDescriptor,
  parseStorageNumber,
  parseTextList,
} from './parse-storage-device.ts';

const kernel = 'kernel32.dll';
const configurationManager = 'cfgmgr32.dll';

const { file, control: controlCodes, configManager } = windows;

const diskInterface = Buffer.from(windowsGuids.GUID_DEVINTERFACE_DISK, 'hex');
const discInterface = Buffer.from(windowsGuids.GUID_DEVINTERFACE_CDROM, 'hex');

/** A DEVPROPKEY: a GUID and a number. */
function makeKey([guidHex, number]: readonly [guidHex: string, number: number]): Buffer {
  const key = Buffer.alloc(windows.propertyKey.bytes);
  Buffer.from(guidHex, 'hex').copy(key);
  key.writeUInt32LE(number, windows.propertyKey.pid);
  return key;
}
const deviceKeys = {
  instanceId: makeKey(windowsPropertyKeys.DEVPKEY_Device_InstanceId),
  locationPaths: makeKey(windowsPropertyKeys.DEVPKEY_Device_LocationPaths),
  service: makeKey(windowsPropertyKeys.DEVPKEY_Device_Service),
  removalPolicy: makeKey(windowsPropertyKeys.DEVPKEY_Device_RemovalPolicy),
  removalPolicyDefault: makeKey(windowsPropertyKeys.DEVPKEY_Device_RemovalPolicyDefault),
} as const;

export const driveTypes = windows.driveType;

interface VolumeNames {
  readonly label: string;
  readonly fileSystem: string;
}

/** The lowest removal policy of a device that Windows expects users to pull or take out. */
export const { leastPullable, pulledAtAnyTime } = configManager;

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

/** The functions of kernel32.dll that ask a volume by its letter. */
function defineVolumeCalls(native: Native) {
  const define = native.define.bind(native);
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
    ) => number
  >(kernel, 'GetVolumeInformationW', 'int32_t', [
    'str16',
    'void *',
    'uint32_t',
    'void *',
    'void *',
    'void *',
    'void *',
    'uint32_t',
  ]);
  const getDiskFreeSpace = define<(root: string, free: null, total: Buffer, allFree: null) => number>(
    kernel,
    'GetDiskFreeSpaceExW',
    'int32_t',
    ['str16', 'void *', 'void *', 'void *'],
  );
  return { getVolumeInformation, getDiskFreeSpace };
}

/** The functions of kernel32.dll that open a drive and ask it. */
function defineFileCalls(native: Native) {
  const define = native.define.bind(native);
  const getLogicalDrives = define<() => number>(kernel, 'GetLogicalDrives', 'uint32_t', []);
  const getDriveType = define<(root: string) => number>(kernel, 'GetDriveTypeW', 'uint32_t', ['str16']);
  const getLastError = define<() => number>(kernel, 'GetLastError', 'uint32_t', []);
  const closeHandle = define<(handle: bigint) => number>(kernel, 'CloseHandle', 'int32_t', ['void *']);
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
    ) => number
  >(kernel, 'DeviceIoControl', 'int32_t', [
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
    (handle: bigint, into: Buffer, length: number, read: Buffer, overlapped: null) => number
  >(kernel, 'ReadFile', 'int32_t', ['void *', 'void *', 'uint32_t', 'void *', 'void *']);
  return {
    getLogicalDrives,
    getDriveType,
    getLastError,
    closeHandle,
    createFile,
    deviceIoControl,
    readFile,
  };
}

export function createStorage(native: Native) {
  const { getLogicalDrives, getDriveType, getLastError, closeHandle, createFile, deviceIoControl, readFile } =
    defineFileCalls(native);
  const { getVolumeInformation, getDiskFreeSpace } = defineVolumeCalls(native);

  /** Undefined where Windows does not open it; `access` 0 asks about the device only, not for its content. */
  const withDevice = async <Answer>(
    name: string,
    access: number,
    use: (handle: bigint) => Promise<Answer>,
  ): Promise<Answer | undefined> => {
    const handle = await callInBackground(
      createFile,
      name,
      access,
      file.shareAll,
      null,
      file.openExisting,
      0,
      null,
    );
    const invalid = native.pointerBytes === 8 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
    if (handle === null || handle === invalid || handle === -1n) return undefined;
    try {
      return await use(handle);
    } finally {
      await callInBackground(closeHandle, handle);
    }
  };

  const control = async (
    handle: bigint,
    code: number,
    input: Buffer | null,
    outputBytes: number,
  ): Promise<{ readonly output: Buffer | undefined; readonly lastError: number }> => {
    const output = Buffer.alloc(outputBytes);
    const returned = Buffer.alloc(4);
    const { answer, lastError } = await callForError(
      getLastError,
      deviceIoControl,
      handle,
      code,
      input,
      input?.length ?? 0,
      outputBytes === 0 ? null : output,
      outputBytes,
      returned,
      null,
    );
    return answer === 0
      ? { output: undefined, lastError }
      : { output: output.subarray(0, Math.min(returned.readUInt32LE(0), outputBytes)), lastError: 0 };
  };
  const ask = async (handle: bigint, code: number, input: Buffer | null, outputBytes: number) =>
    (await control(handle, code, input, outputBytes)).output;
  const hasMedium = async (handle: bigint) =>
    (await ask(handle, controlCodes.checkVerify2, null, 0)) !== undefined;

  const describe = async (handle: bigint) => {
    // STORAGE_PROPERTY_QUERY with StorageDeviceProperty and PropertyStandardQuery: all zero.
    const descriptor = await ask(
      handle,
      controlCodes.queryProperty,
      Buffer.alloc(windows.storageQuery.bytes),
      1024,
    );
    const number = await ask(handle, controlCodes.getDeviceNumber, null, windows.storageNumber.bytes);
    const geometry = await ask(handle, controlCodes.getGeometryEx, null, 256);
    return {
      device: descriptor === undefined ? undefined : parseStorageDescriptor(descriptor),
      number: number === undefined ? undefined : parseStorageNumber(number),
      sizeBytes: geometry === undefined ? undefined : parseDiskSize(geometry),
      hasMedium: await hasMedium(handle),
    };
  };

  return {
    /** Reads a number that Windows keeps for the session: the one question that may run on the main thread. */
    listLetters: (): readonly string[] => {
      const mask = getLogicalDrives();
      return [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((_letter, index) => (mask & (1 << index)) !== 0);
    },
    driveType: (letter: string): Promise<number> => callInBackground(getDriveType, `${letter}:\\`),
    /** Asks the drive of a letter, or the device of an interface path. */
    describeDevice: (name: string) => withDevice(name, 0, describe),
    /** Whether there is a disc or a card in the drive of a letter. */
    hasMedium: async (letter: string): Promise<boolean> =>
      (await withDevice(`\\\\.\\${letter}:`, 0, hasMedium)) === true,
    readVolumeNames: async (letter: string): Promise<VolumeNames | undefined> => {
      const label = Buffer.alloc(261 * 2);
      const fileSystem = Buffer.alloc(261 * 2);
      const root = `${letter}:\\`;
      const answered = await callInBackground(
        getVolumeInformation,
        root,
        label,
        261,
        null,
        null,
        null,
        fileSystem,
        261,
      );
      return answered === 0 ? undefined : { label: decodeText(label), fileSystem: decodeText(fileSystem) };
    },
    readVolumeSize: async (letter: string): Promise<number | undefined> => {
      const total = Buffer.alloc(8);
      const answered = await callInBackground(getDiskFreeSpace, `${letter}:\\`, null, total, null);
      return answered === 0 ? undefined : Number(total.readBigUInt64LE(0));
    },
    /** The first bytes of a volume; undefined where this account may not read it, as is usual for built-in disks. */
    readBeginning: (letter: string, length: number): Promise<Buffer | undefined> =>
      withDevice(`\\\\.\\${letter}:`, file.genericRead, async (handle) => {
        const bytes = Buffer.alloc(length);
        const read = Buffer.alloc(4);
        const answered = await callInBackground(readFile, handle, bytes, length, read, null);
        return answered === 0 ? undefined : bytes.subarray(0, read.readUInt32LE(0));
      }),
    /** Ejects the medium of a disc drive or a card reader. Answers the error of Windows, 0 for success. */
    ejectMedium: async (letter: string): Promise<number> => {
      const eject = async (handle: bigint): Promise<number> => {
        for (const code of [controlCodes.lockVolume, controlCodes.dismountVolume, controlCodes.ejectMedia]) {
          const { output, lastError } = await control(handle, code, null, 0);
          if (output === undefined) return lastError;
        }
        return 0;
      };
      const name = `\\\\.\\${letter}:`;
      const answer =
        (await withDevice(name, file.genericRead + file.genericWrite, eject)) ??
        (await withDevice(name, file.genericRead, eject));
      if (answer !== undefined) return answer;
      const isGone = (getLogicalDrives() & (1 << (letter.charCodeAt(0) - 65))) === 0;
      return isGone ? windows.registry.fileNotFound : windows.mediumError.accessDenied;
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
      listInterfaces: () => Promise.resolve([]),
      findDevice: () => Promise.resolve(undefined),
      parentOf: () => Promise.resolve(undefined),
      readLocationPaths: () => Promise.resolve([]),
      readService: () => Promise.resolve(''),
      readRemovalPolicy: () => Promise.resolve(0),
      readDefaultRemovalPolicy: () => Promise.resolve(0),
      requestEject: () => Promise.resolve({ code: configManager.callNotImplemented, vetoType: 0 }),
    };
  }
}

/** The functions of cfgmgr32.dll. Throws where one of them is missing. */
function defineTreeCalls(native: Native) {
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
  return { getListSize, getList, getInterfaceProperty, locate, getParent, getId, getProperty, requestEject };
}

/** The configuration manager: which device a drive belongs to. */
function createDeviceTree(native: Native) {
  const { getListSize, getList, getInterfaceProperty, locate, getParent, getId, getProperty, requestEject } =
    defineTreeCalls(native);

  const readProperty = async (node: number, key: Buffer): Promise<Buffer | undefined> => {
    const into = Buffer.alloc(4096);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(into.length, 0);
    const code = await callInBackground(getProperty, node, key, Buffer.alloc(4), into, length, 0);
    return code === 0 ? into.subarray(0, length.readUInt32LE(0)) : undefined;
  };
  const readPolicy = async (node: number, key: Buffer): Promise<number> => {
    const bytes = await readProperty(node, key);
    return bytes === undefined || bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
  };
  const readId = async (node: number): Promise<string> => {
    const characters = configManager.idCharacters + 1;
    const into = Buffer.alloc(characters * 2);
    return (await callInBackground(getId, node, into, characters, 0)) === 0 ? decodeText(into) : '';
  };

  return {
    /** The interface paths of all disks, or of all disc drives, that are present. */
    listInterfaces: async (kind: 'disk' | 'disc'): Promise<readonly string[]> => {
      const guid = kind === 'disk' ? diskInterface : discInterface;
      const length = Buffer.alloc(4);
      if ((await callInBackground(getListSize, length, guid, null, 0)) !== 0) return [];
      const characters = Math.min(length.readUInt32LE(0), 1024 * 1024);
      if (characters === 0) return [];
      const list = Buffer.alloc(characters * 2);
      const code = await callInBackground(getList, guid, null, list, characters, 0);
      return code === 0 ? parseTextList(list) : [];
    },
    findDevice: async (interfacePath: string): Promise<DeviceNode | undefined> => {
      const id = Buffer.alloc(401 * 2);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(id.length, 0);
      const code = await callInBackground(
        getInterfaceProperty,
        interfacePath,
        deviceKeys.instanceId,
        Buffer.alloc(4),
        id,
        length,
        0,
      );
      if (code !== 0) return undefined;
      const instanceId = decodeText(id);
      const node = Buffer.alloc(4);
      return (await callInBackground(locate, node, instanceId, 0)) === 0
        ? { node: node.readUInt32LE(0), instanceId }
        : undefined;
    },
    parentOf: async ({ node }: DeviceNode): Promise<DeviceNode | undefined> => {
      const parent = Buffer.alloc(4);
      if ((await callInBackground(getParent, parent, node, 0)) !== 0) return undefined;
      const number = parent.readUInt32LE(0);
      return { node: number, instanceId: await readId(number) };
    },
    readLocationPaths: async ({ node }: DeviceNode): Promise<readonly string[]> =>
      parseTextList((await readProperty(node, deviceKeys.locationPaths)) ?? Buffer.alloc(0)),
    readService: async ({ node }: DeviceNode): Promise<string> =>
      decodeText((await readProperty(node, deviceKeys.service)) ?? Buffer.alloc(0)),
    /**
     * CM_REMOVAL_POLICY (cfgmgr32.h): 1 never comes out, 2 is taken out in an orderly way, 3 may be pulled out at any
     * time. 0 where Windows does not say.
     */
    readRemovalPolicy: ({ node }: DeviceNode): Promise<number> => readPolicy(node, deviceKeys.removalPolicy),
    /** The same before a user chose another for this drive in the Device Manager. */
    readDefaultRemovalPolicy: ({ node }: DeviceNode): Promise<number> =>
      readPolicy(node, deviceKeys.removalPolicyDefault),
    /**
     * In the background above all: Windows asks the windows of every program whether the device may go, and those of the
     * agent can only answer while its main thread does not wait.
     */
    requestEject: async ({ node }: DeviceNode): Promise<EjectAnswer> => {
      const vetoType = Buffer.alloc(4);
      const vetoName = Buffer.alloc(261 * 2);
      // If the caller gives buffers for the objector, Windows shows no message of its own. The agent does not read the
      // name of the program or file: it may say more about a person than a report should.
      const code = await callInBackground(requestEject, node, vetoType, vetoName, 261, 0);
      return { code, vetoType: vetoType.readUInt32LE(0) };
    },
  };
}
