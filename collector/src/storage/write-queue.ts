/** Limits the waiting writes, so that an overloaded collector answers so at once and its memory stays small. */
import { StorageError } from './storage.ts';

const defaultLimits = { bytes: 32 * 1024 * 1024, ageMs: 5000 };

export interface WriteQueue {
  /** Runs `work`, or rejects at once with StorageError when too much waits or the oldest write waits too long. */
  enter<Value>(bytes: number, work: () => Promise<Value>): Promise<Value>;
}

/** `nowMs` is a monotonic clock. */
export function createWriteQueue(
  limits: { readonly bytes: number; readonly ageMs: number } = defaultLimits,
  nowMs: () => number = () => performance.now(),
): WriteQueue {
  // In order of arrival, which is the order of a Set.
  const waiting = new Set<{ readonly bytes: number; readonly sinceMs: number }>();
  let waitingBytes = 0;
  return {
    async enter(bytes, work) {
      const [oldest] = waiting;
      const isTooLate = oldest !== undefined && nowMs() - oldest.sinceMs > limits.ageMs;
      if (isTooLate || (waiting.size > 0 && waitingBytes + bytes > limits.bytes)) {
        throw new StorageError(
          'overloaded',
          isTooLate ? 'the oldest write has waited too long' : `${waitingBytes} bytes wait to be written`,
        );
      }
      const entry = { bytes, sinceMs: nowMs() };
      waiting.add(entry);
      waitingBytes += bytes;
      try {
        return await work();
      } finally {
        waiting.delete(entry);
        waitingBytes -= bytes;
      }
    },
  };
}
