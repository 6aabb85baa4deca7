/** Reads keys of HKEY_LOCAL_MACHINE, in the 64-bit view whatever the process is. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Native } from './native.win32.ts';
import { parseRegistryValue, type RegistryKey, type RegistryValue } from './parse-registry-value.ts';
import { windows } from './windows-numbers.ts';

interface RegistryProblem {
  readonly kind: 'absent' | 'unreadable';
  readonly reason: string;
}

const { success, fileNotFound, pathNotFound, moreData, noMoreItems, readIn64BitView } = windows.registry;

/** Limits of Windows itself: 255 characters a key's name, 16,383 a value's. */
const maximumKeyNameCharacters = 256;
const maximumValueNameCharacters = 16_384;
/** Of ours: a policy with more than this is a mistake or an attack. */
const maximumValueBytes = 64 * 1024;
const maximumItems = 6000;
const maximumDepth = 4;

interface RegistryCalls {
  open: (root: bigint, path: string, options: number, access: number, key: Buffer) => number;
  close: (key: bigint) => number;
  nextValue: (
    key: bigint,
    index: number,
    name: Buffer,
    nameLength: Buffer,
    reserved: null,
    type: Buffer,
    data: Buffer,
    dataLength: Buffer,
  ) => number;
  nextKey: (
    key: bigint,
    index: number,
    name: Buffer,
    nameLength: Buffer,
    reserved: null,
    keyClass: null,
    classLength: null,
    lastWritten: null,
  ) => number;
}

export interface Registry {
  /** A key of the machine with everything below it. */
  readTree(path: string): Result<RegistryKey, RegistryProblem>;
  /** The values of this one key, whatever stands below it: much there is Windows' own, and some of it closed. */
  readValues(path: string): Result<RegistryKey['values'], RegistryProblem>;
}

export function createRegistry(native: Native): Registry {
  const advapi = 'advapi32.dll';
  const open = native.define<RegistryCalls['open']>(advapi, 'RegOpenKeyExW', 'int32_t', [
    'void *',
    'str16',
    'uint32_t',
    'uint32_t',
    'void *',
  ]);
  const close = native.define<RegistryCalls['close']>(advapi, 'RegCloseKey', 'int32_t', ['void *']);
  const enumeration = [
    'void *',
    'uint32_t',
    'void *',
    'void *',
    'void *',
    'void *',
    'void *',
    'void *',
  ] as const;
  const nextValue = native.define<RegistryCalls['nextValue']>(
    advapi,
    'RegEnumValueW',
    'int32_t',
    enumeration,
  );
  const nextKey = native.define<RegistryCalls['nextKey']>(advapi, 'RegEnumKeyExW', 'int32_t', enumeration);
  // The handle is a negative 32-bit number, widened with its sign.
  const localMachine = native.pointerBytes === 8 ? 0xffff_ffff_8000_0002n : 0x8000_0002n;
  let itemsLeft = maximumItems;

  const unreadable = (what: string, code: number) =>
    fail<RegistryProblem>({ kind: 'unreadable', reason: `${what}: Windows error ${code}` });

  const readValues = (key: bigint): Result<ReadonlyMap<string, RegistryValue>, RegistryProblem> => {
    const values = new Map<string, RegistryValue>();
    const name = Buffer.alloc(maximumValueNameCharacters * 2);
    const data = Buffer.alloc(maximumValueBytes);
    const nameLength = Buffer.alloc(4);
    const dataLength = Buffer.alloc(4);
    const type = Buffer.alloc(4);
    for (let index = 0; ; index += 1) {
      nameLength.writeUInt32LE(maximumValueNameCharacters, 0);
      dataLength.writeUInt32LE(maximumValueBytes, 0);
      const code = nextValue(key, index, name, nameLength, null, type, data, dataLength);
      if (code === noMoreItems) return succeed(values);
      if (code === moreData) return fail({ kind: 'unreadable', reason: 'a value is larger than 64 KiB' });
      if (code !== success) return unreadable('a value', code);
      if (itemsLeft === 0)
        return fail({ kind: 'unreadable', reason: `more than ${maximumItems} values and keys` });
      itemsLeft -= 1;
      values.set(
        name.toString('utf16le', 0, nameLength.readUInt32LE(0) * 2),
        parseRegistryValue(type.readUInt32LE(0), data.subarray(0, dataLength.readUInt32LE(0))),
      );
    }
  };

  const readKeyNames = (key: bigint): Result<readonly string[], RegistryProblem> => {
    const names: string[] = [];
    const name = Buffer.alloc(maximumKeyNameCharacters * 2);
    const nameLength = Buffer.alloc(4);
    for (let index = 0; ; index += 1) {
      nameLength.writeUInt32LE(maximumKeyNameCharacters, 0);
      const code = nextKey(key, index, name, nameLength, null, null, null, null);
      if (code === noMoreItems) return succeed(names);
      if (code !== success) return unreadable('a key', code);
      if (itemsLeft === 0)
        return fail({ kind: 'unreadable', reason: `more than ${maximumItems} values and keys` });
      itemsLeft -= 1;
      names.push(name.toString('utf16le', 0, nameLength.readUInt32LE(0) * 2));
    }
  };

  const withKey = <Answer>(
    parent: bigint,
    path: string,
    read: (key: bigint) => Result<Answer, RegistryProblem>,
  ): Result<Answer, RegistryProblem> => {
    const handle = Buffer.alloc(native.pointerBytes);
    const code = open(parent, path, 0, readIn64BitView, handle);
    if (code === fileNotFound || code === pathNotFound)
      return fail({ kind: 'absent', reason: `there is no ${path}` });
    if (code !== success) return unreadable(path, code);
    const key = native.readPointer(handle, 0);
    try {
      return read(key);
    } finally {
      close(key);
    }
  };

  const readKey = (parent: bigint, path: string, depth: number): Result<RegistryKey, RegistryProblem> => {
    if (depth > maximumDepth) return fail({ kind: 'unreadable', reason: `${path}: nested too deeply` });
    return withKey(parent, path, (key) => {
      const values = readValues(key);
      if (!values.ok) return values;
      const names = readKeyNames(key);
      if (!names.ok) return names;
      const keys = new Map<string, RegistryKey>();
      for (const name of names.value) {
        const child = readKey(key, name, depth + 1);
        if (!child.ok) return child;
        keys.set(name, child.value);
      }
      return succeed({ values: values.value, keys });
    });
  };

  return {
    readTree: (path) => {
      itemsLeft = maximumItems;
      return readKey(localMachine, path, 0);
    },
    readValues: (path) => {
      itemsLeft = maximumItems;
      return withKey(localMachine, path, readValues);
    },
  };
}
