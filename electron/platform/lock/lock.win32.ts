/** Locks the screen on Windows. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative, type Native } from '../native/native.win32.ts';
import type { Clock } from '../time/clock.ts';
import type { LockPort, LockProblem } from './lock-port.ts';
import { waitUntilLocked } from './wait-until-locked.ts';

const currentSession = 0xffff_ffff;
const sessionInfoEx = 25;
/** WTSINFOEXW: a level, then (aligned to 8) session id, state and flags; 0 in the flags means locked. */
const flagsOffset = 16;
const lockedFlags = 0;

export function createWindowsLockPort(clock: Clock): LockPort {
  let capability: Capability = { name: 'lock', level: 'full', reason: '' };

  const request = async (): Promise<Result<'requested' | 'confirmed', LockProblem>> => {
    const native = await loadNative();
    if (!native.ok) return fail({ kind: 'none', reason: native.error });
    try {
      const lockWorkStation = native.value.define<() => boolean>('user32.dll', 'LockWorkStation', 'bool', []);
      const getLastError = native.value.define<() => number>('kernel32.dll', 'GetLastError', 'uint32_t', []);
      if (!lockWorkStation()) {
        return fail({ kind: 'refused', reason: `Windows did not lock: error ${getLastError()}` });
      }
      // That the call returned true says only that it was started.
      const isLocked = createLockQuestion(native.value);
      const locked = await waitUntilLocked(clock, () => Promise.resolve(isLocked()));
      return succeed(locked ? 'confirmed' : 'requested');
    } catch (error) {
      return fail({ kind: 'unreadable', reason: describeError(error) });
    }
  };

  return {
    capability: () => capability,
    lock: async () => {
      const answer = await request();
      if (!answer.ok) {
        const level = answer.error.kind === 'none' ? 'none' : 'degraded';
        capability = { name: 'lock', level, reason: answer.error.reason };
      } else if (answer.value === 'requested') {
        capability = {
          name: 'lock',
          level: 'degraded',
          reason: 'Windows did not say that the session is locked',
        };
      } else {
        capability = { name: 'lock', level: 'full', reason: '' };
      }
      return answer;
    },
  };
}

function createLockQuestion(native: Native): () => boolean {
  const query = native.define<
    (server: null, session: number, what: number, data: Buffer, bytes: Buffer) => boolean
  >('wtsapi32.dll', 'WTSQuerySessionInformationW', 'bool', [
    'void *',
    'uint32_t',
    'uint32_t',
    'void *',
    'void *',
  ]);
  const release = native.define<(data: bigint) => undefined>('wtsapi32.dll', 'WTSFreeMemory', 'void', [
    'void *',
  ]);
  return () => {
    const pointer = Buffer.alloc(native.pointerBytes);
    const length = Buffer.alloc(4);
    if (!query(null, currentSession, sessionInfoEx, pointer, length)) return false;
    const address = native.readPointer(pointer, 0);
    if (address === 0n) return false;
    try {
      if (length.readUInt32LE(0) < flagsOffset + 4) return false;
      return native.copyBytes(address, flagsOffset + 4).readInt32LE(flagsOffset) === lockedFlags;
    } finally {
      release(address);
    }
  };
}
