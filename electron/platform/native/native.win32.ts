/** Calls Windows in-process through koffi, which is loaded at the first call and not before. */
import type { KoffiFunc, LibraryHandle } from 'koffi';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { describeError } from '../describe-error.ts';

/** Buffers are passed where Windows wants memory to write to; pointers and handles are bigints. */
type NativeType = 'void *' | 'bool' | 'int32_t' | 'uint32_t' | 'str16' | 'void';

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
  addressOf(buffer: Buffer): bigint;
  /** Copies memory that Windows allocated. */
  copyBytes(pointer: bigint, length: number): Buffer;
  /** Copies text that ends with a NUL. */
  copyText(pointer: bigint): string;
  readPointer(buffer: Buffer, offset: number): bigint;
}

let loading: Promise<Result<Native, string>> | undefined;

/** Fails, with a reason, where koffi cannot be loaded: an allow-list may forbid its library. Never rejects. */
export function loadNative(): Promise<Result<Native, string>> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Result<Native, string>> {
  try {
    const { default: koffi } = await import('koffi');
    const libraries = new Map<string, LibraryHandle>();
    const methods = new Map<string, ReturnType<typeof koffi.proto>>();
    const pointerBytes = koffi.sizeof('void *');
    // Never `koffi.view`: it makes an external ArrayBuffer, which Electron forbids (V8 memory cage) and ends the process for.
    const copyBytes = (pointer: bigint, length: number): Buffer =>
      Buffer.from(koffi.decode(pointer, 'uint8_t', length) as Uint8Array);
    const readPointer = (buffer: Buffer, offset: number): bigint =>
      pointerBytes === 8 ? buffer.readBigUInt64LE(offset) : BigInt(buffer.readUInt32LE(offset));
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
        const pointerAt = (address: bigint) => readPointer(copyBytes(address, pointerBytes), 0);
        const method = pointerAt(pointerAt(object) + BigInt(index * pointerBytes));
        const signature = values.join(' ');
        const shape = methods.get(signature) ?? koffi.proto('__stdcall', 'int32_t', ['void *', ...values]);
        methods.set(signature, shape);
        return koffi.call(method, shape, object, ...given) as number;
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

/** Runs a call on a thread of the runtime's pool, for those that may ask a server. */
export function callInBackground<Values extends unknown[], Answer>(
  call: KoffiFunc<(...values: Values) => Answer>,
  ...values: Values
): Promise<Answer> {
  const start = call.async as (...all: unknown[]) => void;
  return new Promise((resolve, reject) => {
    start(...values, (error: unknown, answer: Answer) => {
      if (error === null || error === undefined) resolve(answer);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

/** A NUL-terminated UTF-16 text of a buffer that Windows filled. */
export function decodeText(buffer: Buffer): string {
  const text = buffer.toString('utf16le');
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}
