/** Checks the database at the start and once a day, and says what is damaged. */
import type { StandingFaults } from './standing-faults.ts';
import type { Storage } from './storage/storage.ts';

const intervalMs = 24 * 60 * 60 * 1000;

/** Returns the stop, which ends a check under way. */
export function watchIntegrity(storage: Storage, faults: StandingFaults): () => Promise<void> {
  const { checkIntegrity } = storage;
  // A database server checks itself.
  if (checkIntegrity === undefined) return () => Promise.resolve();
  const stopped = new AbortController();
  const check = async (): Promise<void> => {
    try {
      const damage = await checkIntegrity(stopped.signal);
      const [first] = damage;
      faults.set(
        'damaged database',
        first === undefined
          ? undefined
          : `The database is damaged (${first}). End the collector, then: npm run collector -- recover. If that does not ` +
              'help, restore a backup.',
      );
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
    }
  };
  let running = check();
  const timer = setInterval(() => {
    running = running.then(check);
  }, intervalMs);
  return async () => {
    clearInterval(timer);
    stopped.abort();
    await running;
  };
}
