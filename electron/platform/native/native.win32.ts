/** Calls Windows in-process through koffi, which is loaded at the first call and not before. */
import type { KoffiFunc, LibraryHandle } from 'koffi';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { describeError } from '../describe-error.ts';

/**
 * Buffers are passed where Windows wants memory to write to; pointers and handles are bigints. There is no `bool`: a
 * BOOL of Windows is an `int32_t` and a BOOLEAN a `uint8_t`, and every value but 0 means yes. koffi would read the
 * lowest bit alone.
 */
type NativeType = 'void *' | 'uint8_t' | 'int32_t' | 'uint32_t' | 'str16' | 'void';

export interface Native {
  /** Bytes of a pointer: 8, or 4 in a 32-bit process. */
  readonly pointerBytes: number;
  /**
   * Declares a function of a system library. The caller states the types twice, for koffi and for the compiler;
   * nothing checks one against the other, so each declaration stands beside the only code that uses it.
   */
  define<Call extends (...values: never[]) => unknown>(
    library: string,
    name: string,
    result: NativeType,
    values: readonly NativeType[],
  ): KoffiFunc<Call>;
  /**
   * Calls the method at `index` in the table of a COM object, with the object as its first value. `values` leaves that
   * first one out.
   */
  callMethod(
    object: bigint,
    index: number,
    values: readonly NativeType[],
    ...given: readonly unknown[]
  ): number;
  /** The same on a thread of the runtime's pool. */
  callMethodInBackground(
    object: bigint,
    index: number,
    values: readonly NativeType[],
    ...given: readonly unknown[]
  ): Promise<number>;
  addressOf(buffer: Buffer): bigint;
  /** Copies memory that Windows allocated. */
  copyBytes(pointer: bigint, length: number): Buffer;
  /** Copies text that ends with a NUL. */
  copyText(pointer: bigint): string;
  readPointer(buffer: Buffer, offset: number): bigint;
}

let loading: Promise<Result<Native, string>> | undefined;

/**
 * koffi (3.3.4) calls in the background on a stack of its own of 128 KiB. The shell, and what anti-virus programs hook into
 * it, are written for the 1 MiB that Windows gives each thread.
 */
const backgroundStackBytes = 1024 * 1024;

/** Fails, with a reason, where koffi cannot be loaded: an allow-list may forbid its library. Never rejects. */
export function loadNative(): Promise<Result<Native, string>> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Result<Native, string>> {
  try {
    const { default: koffi } = await import('koffi');
    koffi.config({ async_stack_size: backgroundStackBytes });
    const libraries = new Map<string, LibraryHandle>();
    const methods = new Map<string, ReturnType<typeof koffi.proto>>();
    const pointerBytes = koffi.sizeof('void *');
    // Never `koffi.view`: it makes an external ArrayBuffer, which Electron forbids (V8 memory cage) and ends the process for.
    const copyBytes = (pointer: bigint, length: number): Buffer =>
      Buffer.from(koffi.decode(pointer, 'uint8_t', length) as Uint8Array);
    const readPointer = (buffer: Buffer, offset: number): bigint =>
      pointerBytes === 8 ? buffer.readBigUInt64LE(offset) : BigInt(buffer.readUInt32LE(offset));
    const findMethod = (object: bigint, index: number, values: readonly NativeType[]) => {
      const pointerAt = (address: bigint) => readPointer(copyBytes(address, pointerBytes), 0);
      const address = pointerAt(pointerAt(object) + BigInt(index * pointerBytes));
      const signature = values.join(' ');
      const shape = methods.get(signature) ?? koffi.proto('__stdcall', 'int32_t', ['void *', ...values]);
      methods.set(signature, shape);
      return { address, shape };
    };
    return succeed({
      pointerBytes,
      define: <Call extends (...values: never[]) => unknown>(
        library: string,
        name: string,
        result: NativeType,
        values: readonly NativeType[],
      ) => {
        const handle = libraries.get(library) ?? koffi.load(library);
        libraries.set(library, handle);
        return handle.func('__stdcall', name, result, [...values]) as unknown as KoffiFunc<Call>;
      },
      callMethod: (object, index, values, ...given) => {
        const { address, shape } = findMethod(object, index, values);
        return koffi.call(address, shape, object, ...given) as number;
      },
      callMethodInBackground: (object, index, values, ...given) => {
        const { address, shape } = findMethod(object, index, values);
        const method = koffi.decode(address, shape) as KoffiFunc<(...all: unknown[]) => number>;
        return callInBackground(method, object, ...given);
      },
      addressOf: (buffer) => koffi.address(buffer),
      copyBytes,
      copyText: (pointer) => koffi.decode.string16(pointer),
      readPointer,
    });
  } catch (error) {
    return fail(`Windows cannot be called: ${describeError(error)}`);
  }
}

/** Runs a call on a thread of the runtime's pool, for those that may ask a server or a drive. */
export async function callInBackground<Values extends unknown[], Answer>(
  call: KoffiFunc<(...values: Values) => Answer>,
  ...values: Values
): Promise<Answer> {
  const { answer } = await callForError(() => 0, call, ...values);
  return answer;
}

/**
 * The same, with what `getLastError` says of the call. koffi keeps the error of the thread that made the call, and gives
 * it back inside the call's own callback and nowhere else.
 */
export function callForError<Values extends unknown[], Answer>(
  getLastError: () => number,
  call: KoffiFunc<(...values: Values) => Answer>,
  ...values: Values
): Promise<{ readonly answer: Answer; readonly lastError: number }> {
  const start = call.async as (...all: unknown[]) => void;
  return new Promise((resolve, reject) => {
    // koffi keeps no reference to the buffers, so this callback must: Windows writes into them meanwhile.
    start(...values, (error: unknown, answer: Answer) => {
      if (error === null || error === undefined) resolve({ answer, lastError: getLastError() });
      else reject(error instanceof Error ? error : new Error(`${String(error)} (${values.length} values)`));
    });
  });
}

/** A NUL-terminated UTF-16 text of a buffer that Windows filled. */
export function decodeText(buffer: Buffer): string {
  const text = buffer.toString('utf16le');
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}
