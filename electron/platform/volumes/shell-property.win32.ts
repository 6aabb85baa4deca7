/** Asks the Windows shell about BitLocker on a drive: the only way that is open to a standard user. */
import type { Native } from '../native/native.win32.ts';

const apartmentThreaded = 2;
/** IID_IShellItem2 (shobjidl_core.h), in its byte order in memory. */
const shellItem2 = Buffer.from('d3b09f7e9f910743ab2e9b1860310c93', 'hex');
/** Indexes in the method table of IShellItem2: three of IUnknown, five of IShellItem, then its own. */
const releaseMethod = 2;
const getInt32Method = 16;

/**
 * Answers the value for the root of a drive letter; undefined where the shell has no value or is missing. Looks the
 * functions up once.
 */
export function createBitLockerReader(native: Native): (letter: string) => number | undefined {
  let shell: ReturnType<typeof defineShell> | undefined;
  try {
    shell = defineShell(native);
  } catch {
    return () => undefined;
  }
  const { initialize, uninitialize, keyFromName, createItem } = shell;
  return (letter) => {
    // A thread that already belongs to another kind of apartment may call too; then there is nothing to undo.
    const initialized = initialize(null, apartmentThreaded) >= 0;
    try {
      const key = Buffer.alloc(20);
      if (keyFromName('System.Volume.BitLockerProtection', key) < 0) return undefined;
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
