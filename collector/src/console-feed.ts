/** Tells open console pages of acknowledgements as they arrive. */
import type { AcknowledgementRecord, AcknowledgementRepository } from './repositories/acknowledgements.ts';

/**
 * The database is asked, rather than the request that stored: another process may have stored it.
 * Nobody is asked while nobody listens.
 */
const askEveryMs = 500;
const recordsPerQuestion = 200;

export interface ConsoleFeed {
  /** Calls `receive` with everything after a position, oldest first, until the returned function is called. */
  subscribe(after: number, receive: (record: AcknowledgementRecord) => Promise<void>): () => void;
}

export function createConsoleFeed(
  acknowledgements: AcknowledgementRepository,
  log: (line: string) => void,
): ConsoleFeed {
  return {
    subscribe(after, receive) {
      let position = after;
      let asking = false;
      let stopped = false;
      const ask = async (): Promise<void> => {
        if (asking) return;
        asking = true;
        try {
          for (const record of await acknowledgements.listAfter(position, recordsPerQuestion)) {
            if (stopped) return;
            position = record.position;
            await receive(record);
          }
        } catch (error) {
          // The next question tries again; the page shows no row that the database has not given.
          log(`console feed: ${error instanceof Error ? error.message : String(error)}`);
        } finally {
          asking = false;
        }
      };
      const timer = setInterval(() => void ask(), askEveryMs);
      void ask();
      return () => {
        stopped = true;
        clearInterval(timer);
      };
    },
  };
}
