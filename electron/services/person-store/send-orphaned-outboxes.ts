/** Sends what waits in orphaned outboxes: session folders of this person in which no agent runs any more. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { outboxFileName } from '../../storage/outbox/log-file.ts';
import type { Reporting } from '../reporting/start-reporting.ts';
import {
  openPersonStoreIn,
  type PersonStore,
  type PersonStoreOptions,
  sessionFolders,
} from './open-person-store.ts';

interface Options {
  /** `directory` is the first session folder of this person on this PC. */
  readonly store: PersonStoreOptions;
  /** The session folder of this agent. */
  readonly ownDirectory: string;
  readonly startReporting: (store: PersonStore) => Reporting;
  /** Stops early; what has not been sent stays on disk. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** A second session that starts meanwhile finds the folder held, so the agent holds it no longer than this. */
const longestMs = 60_000;

/**
 * Call it when the collector answers; offline it would hold the folders for nothing. Each outbox is sent under the name
 * and key of the agent that wrote it, so its numbers and signatures stay valid. The collector recognises by its id an
 * event that was sent before but not settled. What cannot be sent now waits for the next start.
 */
export async function sendOrphanedOutboxes(options: Options): Promise<void> {
  const { store: storeOptions, ownDirectory, signal } = options;
  for (const [index, directory] of sessionFolders(storeOptions.directory).entries()) {
    if (signal.aborted) return;
    // Opening would create a folder that does not exist.
    if (directory === ownDirectory || !existsSync(join(directory, outboxFileName))) continue;
    const opened = await openPersonStoreIn(directory, storeOptions);
    if (!opened.ok) continue;
    try {
      const found = opened.value.outbox.pendingCount();
      if (found === 0 || opened.value.identity === undefined || signal.aborted) continue;
      await sendAll(opened.value, options);
      const left = opened.value.outbox.pendingCount();
      options.log(`orphaned outbox in folder ${index + 1}: ${found} reports, ${left} still unsent`);
    } finally {
      await opened.value.outbox.close();
    }
  }
}

async function sendAll(
  store: PersonStore,
  { startReporting, store: { clock }, signal }: Options,
): Promise<void> {
  const { sender } = startReporting(store);
  await new Promise<void>((resolve) => {
    const end = () => {
      stopListening();
      cancelDeadline();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancelDeadline = clock.setTimer(longestMs, end);
    const stopListening = sender.onChange(({ queueLength, reason }) => {
      if (queueLength === 0 || reason !== '') end();
    });
    signal.addEventListener('abort', end);
  });
  await sender.stop();
}
