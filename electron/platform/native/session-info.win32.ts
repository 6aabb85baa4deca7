/** What Windows knows of the session that this process runs in. */
import type { Native } from './native.win32.ts';
import { windows } from './windows-numbers.ts';

const { current: currentSession, active } = windows.session;
/** These four numbers are from Microsoft's pages alone: the free headers do not have them. */
const sessionInfoEx = 25;
/** WTSINFOEXW: a level, then (aligned to 8) session id, state and flags. */
const stateOffset = 12;
const flagsOffset = 16;
/** WTS_SESSIONSTATE_LOCK */
const lockedFlags = 0;

export interface SessionInfo {
  readonly isActive: boolean;
  readonly isLocked: boolean;
}

/** The question answers undefined where Windows does not. */
export function createSessionQuestion(native: Native): () => SessionInfo | undefined {
  const query = native.define<
    (server: null, session: number, what: number, data: Buffer, bytes: Buffer) => number
  >('wtsapi32.dll', 'WTSQuerySessionInformationW', 'int32_t', [
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
    if (query(null, currentSession, sessionInfoEx, pointer, length) === 0) return undefined;
    const address = native.readPointer(pointer, 0);
    if (address === 0n) return undefined;
    try {
      if (length.readUInt32LE(0) < flagsOffset + 4) return undefined;
      const info = native.copyBytes(address, flagsOffset + 4);
      return {
        isActive: info.readInt32LE(stateOffset) === active,
        isLocked: info.readInt32LE(flagsOffset) === lockedFlags,
      };
    } finally {
      release(address);
    }
  };
}
