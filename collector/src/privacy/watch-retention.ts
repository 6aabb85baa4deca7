/** Erases at the start and once a day what each school no longer keeps. */
import { type Storage, storageTrouble } from '../storage/storage.ts';
import { applyRetention } from './retention.ts';

const intervalMs = 24 * 60 * 60 * 1000;

/** Returns the stop, which ends after the transaction under way. */
export function watchRetention(
  storage: Storage,
  { now, log }: { readonly now: () => Date; readonly log: (line: string) => void },
): () => Promise<void> {
  let isStopped = false;
  const apply = async (): Promise<void> => {
    try {
      await applyRetention(storage, now, () => isStopped);
    } catch (error) {
      // A database that is busy or away says so to those who use it; what is due stays due.
      if (storageTrouble(error) === undefined)
        log(`Events whose time is over were not erased: ${String(error)}`);
    }
  };
  let running = apply();
  const timer = setInterval(() => {
    running = running.then(apply);
  }, intervalMs);
  timer.unref();
  return async () => {
    isStopped = true;
    clearInterval(timer);
    await running;
  };
}
