/** Asks the Windows shell about BitLocker on a drive: the only way that is open to a standard user. */
import { callInBackground, type Native } from '../native/native.win32.ts';
import { windows, windowsGuids } from '../native/windows-numbers.ts';
import { once } from '../once.ts';

/** The methods are indexes in the method table of IShellItem2. */
const { apartmentThreaded, releaseMethod, getInt32Method } = windows.shell;
const shellItem2 = Buffer.from(windowsGuids.IID_IShellItem2, 'hex');
const propertyName = 'System.Volume.BitLockerProtection';
const propertyKeyBytes = windows.propertyKey.bytes;

type ReadBitLocker = (letter: string) => Promise<number | undefined>;

/**
 * Answers the value for the root of a drive letter; undefined where the shell has no value or is missing.
 *
 * The shell opens the volume, so it is asked on a thread of the pool. Those threads belong to COM's multithreaded
 * apartment, in which Microsoft does not promise that shell objects work (KB 287087), though they are widely used there.
 * So the system's own drive decides once for this PC: where its value can be read on the main thread alone, the agent
 * reads all values there, and each after the drive has answered everything else.
 */
export function createBitLockerReader(native: Native, systemLetter: string): ReadBitLocker {
  let shell: ReturnType<typeof defineShell> | undefined;
  try {
    shell = defineShell(native);
  } catch {
    return () => Promise.resolve(undefined);
  }
  const inBackground = createBackgroundReader(native, shell);
  const onMainThread = createMainThreadReader(native, shell);
  const choose = once(async (): Promise<ReadBitLocker> => {
    if ((await inBackground(systemLetter)) !== undefined) return inBackground;
    return onMainThread(systemLetter) === undefined
      ? inBackground
      : (letter) => Promise.resolve(onMainThread(letter));
  });
  return async (letter) => (await choose())(letter);
}

function createBackgroundReader(native: Native, shell: ReturnType<typeof defineShell>): ReadBitLocker {
  const joinApartment = once(() => callInBackground(shell.keepApartment, Buffer.alloc(native.pointerBytes)));
  return async (letter) => {
    if ((await joinApartment()) < 0) return undefined;
    const key = Buffer.alloc(propertyKeyBytes);
    if (shell.keyFromName(propertyName, key) < 0) return undefined;
    const pointer = Buffer.alloc(native.pointerBytes);
    if ((await callInBackground(shell.createItem, `${letter}:\\`, null, shellItem2, pointer)) < 0)
      return undefined;
    const item = native.readPointer(pointer, 0);
    if (item === 0n) return undefined;
    try {
      const value = Buffer.alloc(4);
      const types = ['void *', 'void *'] as const;
      const answer = await native.callMethodInBackground(item, getInt32Method, types, key, value);
      return answer >= 0 ? value.readInt32LE(0) : undefined;
    } finally {
      await native.callMethodInBackground(item, releaseMethod, []);
    }
  };
}

function createMainThreadReader(
  native: Native,
  { initialize, uninitialize, keyFromName, createItem }: ReturnType<typeof defineShell>,
): (letter: string) => number | undefined {
  return (letter) => {
    // A thread that already belongs to another kind of apartment may call too; then there is nothing to undo.
    const initialized = initialize(null, apartmentThreaded) >= 0;
    try {
      const key = Buffer.alloc(propertyKeyBytes);
      if (keyFromName(propertyName, key) < 0) return undefined;
      const pointer = Buffer.alloc(native.pointerBytes);
      if (createItem(`${letter}:\\`, null, shellItem2, pointer) < 0) return undefined;
      const item = native.readPointer(pointer, 0);
      if (item === 0n) return undefined;
      try {
        const value = Buffer.alloc(4);
        const answered = native.callMethod(item, getInt32Method, ['void *', 'void *'], key, value) >= 0;
        return answered ? value.readInt32LE(0) : undefined;
      } finally {
        native.callMethod(item, releaseMethod, []);
      }
    } finally {
      if (initialized) uninitialize();
    }
  };
}

function defineShell(native: Native) {
  return {
    initialize: native.define<(reserved: null, kind: number) => number>(
      'ole32.dll',
      'CoInitializeEx',
      'int32_t',
      ['void *', 'uint32_t'],
    ),
    /** Makes every thread that belongs to no apartment a member of the multithreaded one, until the process ends. */
    keepApartment: native.define<(cookie: Buffer) => number>('ole32.dll', 'CoIncrementMTAUsage', 'int32_t', [
      'void *',
    ]),
    uninitialize: native.define<() => undefined>('ole32.dll', 'CoUninitialize', 'void', []),
    keyFromName: native.define<(name: string, key: Buffer) => number>(
      'propsys.dll',
      'PSGetPropertyKeyFromName',
      'int32_t',
      ['str16', 'void *'],
    ),
    createItem: native.define<(path: string, context: null, id: Buffer, item: Buffer) => number>(
      'shell32.dll',
      'SHCreateItemFromParsingName',
      'int32_t',
      ['str16', 'void *', 'void *', 'void *'],
    ),
  };
}
