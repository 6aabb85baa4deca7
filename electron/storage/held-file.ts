/** Waits while another program holds a file: on Windows virus scanners, the search index and folder sync do so for seconds. */
import { constants } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './storage-fault.ts';

/** The file-map flag is 0 everywhere except on Windows. */
export const isWindowsFileSystem = constants.UV_FS_O_FILEMAP !== 0;

/** The pauses grow by a step up to the longest. */
const pauseStepMs = 10;
const longestPauseMs = 100;

export interface Patience {
  /** Afterwards the refusal counts. */
  readonly forMs: number;
  readonly pause: (pauseMs: number) => Promise<unknown>;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/**
 * A user waits for some of these files in front of the gate, and nothing is blocked meanwhile. Elsewhere than on Windows
 * an open file can be replaced, and a refusal is one by permissions.
 */
export const usualPatience: Patience = {
  forMs: isWindowsFileSystem ? 8000 : 200,
  pause: (pauseMs) => delay(pauseMs),
  nowMs: () => performance.now(),
};

export interface HeldOptions {
  /** The system's codes for a held file. */
  readonly codes: readonly string[];
  readonly patience?: Patience;
  /** Asked after each refusal; false ends the waiting. */
  readonly isWorthWaiting?: () => Promise<boolean>;
}

/** Repeats `work` while it fails with one of the codes. Throws its last error. */
export async function whileHeld<Value>(
  work: () => Promise<Value>,
  { codes, patience = usualPatience, isWorthWaiting }: HeldOptions,
): Promise<Value> {
  const endsAtMs = patience.nowMs() + patience.forMs;
  for (let pauseMs = pauseStepMs; ; pauseMs = Math.min(pauseMs + pauseStepMs, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (!codes.includes(errorCode(error)) || patience.nowMs() + pauseMs > endsAtMs) throw error;
      if ((await isWorthWaiting?.()) === false) throw error;
      await patience.pause(pauseMs);
    }
  }
}
