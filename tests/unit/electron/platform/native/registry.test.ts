/** Reads the registry, from a registry in memory behind the calls of Windows. */
import type { KoffiFunc } from 'koffi';
import { afterEach, describe, expect, it } from 'vitest';
import type { Native } from '../../../../../electron/platform/native/native.win32.ts';
import { createRegistry } from '../../../../../electron/platform/native/registry.win32.ts';

interface Key {
  readonly numbers?: Readonly<Record<string, number>>;
  /** A number in the place of a key is the error code for opening it. */
  readonly keys?: Readonly<Record<string, Key | number>>;
}

const accessDenied = 5;
const fileNotFound = 2;
const noMoreItems = 259;
const numberType = 4;

interface OpenKey {
  readonly key: Key;
  readonly names: readonly string[];
}

const open = new Map<bigint, OpenKey>();
let opened = 0;

function find(from: Key, path: string): Key | number {
  let key: Key | number = from;
  for (const name of path.split('\\')) {
    if (typeof key === 'number') return key;
    key = key.keys?.[name] ?? fileNotFound;
  }
  return key;
}

const putName = (name: string, text: Buffer, length: Buffer) => {
  text.write(name, 'utf16le');
  length.writeUInt32LE(name.length, 0);
};

function createFakeNative(localMachine: Key): Native {
  const calls: Readonly<Record<string, (...values: never[]) => number>> = {
    RegOpenKeyExW: (parent: bigint, path: string, _options: number, _access: number, handle: Buffer) => {
      const key = find(open.get(parent)?.key ?? localMachine, path);
      if (typeof key === 'number') return key;
      opened += 1;
      open.set(BigInt(opened), { key, names: Object.keys(key.keys ?? {}) });
      handle.writeBigUInt64LE(BigInt(opened), 0);
      return 0;
    },
    RegCloseKey: (key: bigint) => (open.delete(key) ? 0 : 6),
    RegEnumValueW: (
      key: bigint,
      index: number,
      name: Buffer,
      nameLength: Buffer,
      _reserved: null,
      type: Buffer,
      data: Buffer,
      dataLength: Buffer,
    ) => {
      const found = Object.entries(open.get(key)?.key.numbers ?? {})[index];
      if (found === undefined) return noMoreItems;
      putName(found[0], name, nameLength);
      type.writeUInt32LE(numberType, 0);
      data.writeUInt32LE(found[1], 0);
      dataLength.writeUInt32LE(4, 0);
      return 0;
    },
    RegEnumKeyExW: (key: bigint, index: number, name: Buffer, nameLength: Buffer) => {
      const found = open.get(key)?.names[index];
      if (found === undefined) return noMoreItems;
      putName(found, name, nameLength);
      return 0;
    },
  };
  const unused = () => {
    throw new Error('not a call of the registry');
  };
  return {
    pointerBytes: 8,
    define: <Call extends (...values: never[]) => unknown>(_library: string, name: string) =>
      calls[name] as unknown as KoffiFunc<Call>,
    callMethod: unused,
    callMethodInBackground: unused,
    addressOf: unused,
    copyBytes: unused,
    copyText: unused,
    readPointer: (buffer, offset) => buffer.readBigUInt64LE(offset),
  };
}

afterEach(() => {
  expect(open.size, 'no key stays open').toBe(0);
});

const limits = { InactivityTimeoutSecs: 900 };
const limit = { kind: 'number', number: 900 };

describe('a key with an unreadable key below it', () => {
  const tooDeep: Key = {
    keys: { a: { keys: { b: { keys: { c: { keys: { d: { keys: { e: {} } } } } } } } } },
  };
  const tooMuch: Key = {
    keys: Object.fromEntries(Array.from({ length: 6001 }, (_, number) => [`key ${number}`, {}])),
  };

  it.each([
    ['closed to this person', { Closed: accessDenied }],
    ['nested too deeply', { Deep: tooDeep }],
    ['too much', { Large: tooMuch }],
  ])('gives its own values only: %s', (_what, keys) => {
    const registry = createRegistry(createFakeNative({ keys: { SOFTWARE: { numbers: limits, keys } } }));
    expect(registry.readTree('SOFTWARE')).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
    const values = registry.readValues('SOFTWARE');
    expect(values.ok && [...values.value]).toEqual([['InactivityTimeoutSecs', limit]]);
  });
});

it('a missing key is absent, a closed one is unreadable, and both answers name the key', () => {
  const registry = createRegistry(createFakeNative({ keys: { SOFTWARE: { keys: { SAM: accessDenied } } } }));
  for (const read of [registry.readTree, registry.readValues]) {
    expect(read('SOFTWARE\\Porthor')).toEqual({
      ok: false,
      error: { kind: 'absent', reason: 'there is no SOFTWARE\\Porthor' },
    });
    expect(read('SOFTWARE\\SAM')).toEqual({
      ok: false,
      error: { kind: 'unreadable', reason: 'SOFTWARE\\SAM: Windows error 5' },
    });
  }
});

it('a tree is read with every key below it', () => {
  const localMachine: Key = { keys: { Porthor: { keys: { idle: { numbers: limits } } } } };
  const tree = createRegistry(createFakeNative(localMachine)).readTree('Porthor');
  expect(tree.ok && tree.value.keys.get('idle')?.values.get('InactivityTimeoutSecs')).toEqual(limit);
});
