/**
 * The secret store of Windows: DPAPI, called directly. Everything that is needed to open a text stands in the text.
 *
 * Not Electron's `safeStorage`: it seals with a key of its own, which it keeps in a second file, in the profile, and
 * writes seconds after its first use. A kill in between, or a roaming profile on two PCs, loses that key.
 */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { withDeadline } from '../deadline.ts';
import { callInBackground, type Native } from '../native/native.win32.ts';
import { createLine, createPoolThreads, type PoolThreads, poolThreads } from '../native/pool-threads.ts';
import { windows } from '../native/windows-numbers.ts';
import { createJoinedSeals, type Seal } from './joined-seals.ts';
import type { SecretStorePort } from './secret-store-port.ts';

/**
 * `noQuestions`: fail where DPAPI would ask the user something. `localMachine`: every account of this PC can open it.
 */
const { noQuestions, localMachine } = windows.seal;

/**
 * DPAPI asks a domain controller to keep a copy of a new key of the user. At a site with a read-only controller, or on
 * the move, that takes long and fails.
 */
const userDeadlineMs = 4000;
/** Not behind the questions for names: a key that is on the PC opens without a server. */
const userSeals = createLine(poolThreads);
const machineDeadlineMs = 4000;
/** The key of the PC asks no server, and so may take the thread that is kept free. */
const machineSeals = createPoolThreads(1);

/**
 * Each secret is sealed twice. The key of the PC opens it after a password reset, in a temporary profile and without a
 * domain controller. The key of the user opens it on a PC that is restored at each restart, whose own keys are lost with
 * every restart. Both texts are kept where the rights of the folder admit this account alone: the seal of the PC protects
 * against readers of a copy elsewhere, such as the server of a roaming profile.
 */
export function createWindowsSecretStorePort(
  native: Result<Native, string>,
  earlier: readonly SecretStorePort[],
): SecretStorePort {
  const capability: Capability = native.ok
    ? { name: 'secret-store', level: 'full', reason: '' }
    : { name: 'secret-store', level: 'none', reason: native.error };
  const refuse = () => Promise.reject(new Error(capability.reason));
  const { protect, unprotect } = native.ok
    ? createJoinedSeals({
        user: createSeal(native.value, { scope: 0, deadlineMs: userDeadlineMs, threads: userSeals }),
        machine: createSeal(native.value, {
          scope: localMachine,
          deadlineMs: machineDeadlineMs,
          threads: machineSeals,
        }),
      })
    : { protect: refuse, unprotect: refuse };
  return { name: 'dpapi', capability: () => capability, backend: () => '', protect, unprotect, earlier };
}

interface SealOptions {
  readonly scope: number;
  readonly deadlineMs: number;
  readonly threads: PoolThreads;
}

function createSeal(native: Native, options: SealOptions): Seal {
  return {
    seal: async (secret) => {
      const sealed = await callDpapi(native, 'CryptProtectData', Buffer.from(secret, 'utf8'), options);
      return sealed.toString('base64');
    },
    open: async (kept) => {
      const opened = await callDpapi(native, 'CryptUnprotectData', Buffer.from(kept, 'base64'), {
        ...options,
        scope: 0,
      });
      return opened.toString('utf8');
    },
  };
}

type Transform = (
  given: Buffer,
  description: null,
  entropy: null,
  reserved: null,
  prompt: null,
  flags: number,
  answer: Buffer,
) => number;

async function callDpapi(
  native: Native,
  name: 'CryptProtectData' | 'CryptUnprotectData',
  bytes: Buffer,
  { scope, deadlineMs, threads }: SealOptions,
): Promise<Buffer> {
  const pointer = 'void *';
  const transform = native.define<Transform>('crypt32.dll', name, 'int32_t', [
    pointer,
    pointer,
    pointer,
    pointer,
    pointer,
    'uint32_t',
    pointer,
  ]);
  // DATA_BLOB: a length, then (aligned) the address of the bytes.
  const given = Buffer.alloc(2 * native.pointerBytes);
  given.writeUInt32LE(bytes.length, 0);
  writePointer(given, native.pointerBytes, native.addressOf(bytes));
  const answer = Buffer.alloc(2 * native.pointerBytes);
  const call = threads
    .run(() => callInBackground(transform, given, null, null, null, null, noQuestions | scope, answer))
    .then((succeeded) => {
      // Keeps `bytes` alive until Windows has read them: koffi holds the address alone.
      bytes.fill(0);
      return succeeded !== 0 ? takeAnswer(native, answer) : undefined;
    });
  const done = await withDeadline(call, deadlineMs);
  if (!done.ok) throw new Error(`${name} did not answer within ${deadlineMs} ms`);
  if (done.value === undefined) throw new Error(`${name} failed`);
  return done.value;
}

/** Copies what Windows allocated, and releases it. */
function takeAnswer(native: Native, answer: Buffer): Buffer {
  const release = native.define<(memory: bigint) => bigint>('kernel32.dll', 'LocalFree', 'void *', [
    'void *',
  ]);
  const address = native.readPointer(answer, native.pointerBytes);
  const copy = native.copyBytes(address, answer.readUInt32LE(0));
  release(address);
  return copy;
}

function writePointer(buffer: Buffer, offset: number, pointer: bigint): void {
  if (offset === 8) buffer.writeBigUInt64LE(pointer, offset);
  else buffer.writeUInt32LE(Number(pointer), offset);
}
