import type { KoffiFunc } from 'koffi';
import { describe, expect, it } from 'vitest';
import type { Native } from '../../../../../electron/platform/native/native.win32.ts';
import { createBitLockerReader } from '../../../../../electron/platform/volumes/shell-property.win32.ts';

type Call = (...values: never[]) => unknown;

/** A shell that gives 2 for every letter, on the threads where it is asked to. */
function makeShell(answers: { readonly inBackground: boolean; readonly onMainThread: boolean }) {
  const asked: string[] = [];
  const createItem = (isAnswered: boolean) => (_path: string, _context: null, _id: Buffer, item: Buffer) => {
    item.writeBigUInt64LE(isAnswered ? 77n : 0n, 0);
    return isAnswered ? 0 : -1;
  };
  const calls: Readonly<Record<string, { readonly main: Call; readonly background: Call }>> = {
    CoInitializeEx: { main: () => 0, background: () => 0 },
    CoUninitialize: { main: () => undefined, background: () => undefined },
    CoIncrementMTAUsage: { main: () => 0, background: () => 0 },
    PSGetPropertyKeyFromName: { main: () => 0, background: () => 0 },
    SHCreateItemFromParsingName: {
      main: createItem(answers.onMainThread) as Call,
      background: createItem(answers.inBackground) as Call,
    },
  };
  const readValue = (where: string, given: readonly unknown[]): number => {
    const value = given[1];
    if (Buffer.isBuffer(value)) {
      asked.push(where);
      value.writeInt32LE(2, 0);
    }
    return 0;
  };
  const unused = () => {
    throw new Error('not a call of the shell');
  };
  const native: Native = {
    pointerBytes: 8,
    define: <Wanted extends Call>(_library: string, name: string) => {
      const call = calls[name];
      if (call === undefined) throw new Error(`not a function of the shell: ${name}`);
      const { main, background } = call;
      const start = (...values: unknown[]) => {
        const done = values.pop() as (error: null, answer: unknown) => void;
        done(null, background(...(values as never[])));
      };
      return Object.assign((...values: never[]) => main(...values), {
        async: start,
      }) as unknown as KoffiFunc<Wanted>;
    },
    callMethod: (_object, _index, _values, ...given) => readValue('main thread', given),
    callMethodInBackground: (_object, _index, _values, ...given) =>
      Promise.resolve(readValue('background', given)),
    addressOf: unused,
    copyBytes: unused,
    copyText: unused,
    readPointer: (buffer, offset) => buffer.readBigUInt64LE(offset),
  };
  return { native, asked };
}

describe('the value of BitLocker', () => {
  it('is read in the background where the shell answers there', async () => {
    const { native, asked } = makeShell({ inBackground: true, onMainThread: true });
    expect(await createBitLockerReader(native, 'C')('E')).toBe(2);
    expect(asked).toEqual(['background', 'background']);
  });

  it('is read on the main thread where the shell answers there alone for the drive of the system', async () => {
    const { native, asked } = makeShell({ inBackground: false, onMainThread: true });
    expect(await createBitLockerReader(native, 'C')('E')).toBe(2);
    expect(asked).toEqual(['main thread', 'main thread']);
  });

  it('is missing, and never asked for on the main thread again, where the shell has none', async () => {
    const { native, asked } = makeShell({ inBackground: false, onMainThread: false });
    expect(await createBitLockerReader(native, 'C')('E')).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
