/** Sends acknowledgements to open console pages as they arrive. */
import type { AcknowledgementRecord, AcknowledgementRepository } from './repositories/acknowledgements.ts';

/**
 * The feed reads the database instead of listening to requests: another process may have stored the acknowledgement.
 * It reads only while a page listens.
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
          // The next question tries again; the page shows only rows that the database has given.
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
