/** Sends what waits in the folders beside the agent's own, where no agent runs in them any more. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { outboxFileName } from '../../storage/outbox/outbox.ts';
import type { Reporting } from '../reporting/start-reporting.ts';
import { type AgentState, openIn, type StateOptions, sessionFolders } from './open-person-store.ts';

interface Options {
  /** `directory` is the first of this account's folders on this PC. */
  readonly state: StateOptions;
  /** The folder in which this agent runs itself. */
  readonly ownDirectory: string;
  readonly startReporting: (state: AgentState) => Reporting;
  /** Ends it early; what has not been sent stays where it is. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** A second session that begins meanwhile finds the folder held, so it is held no longer. */
const longestMs = 60_000;

/**
 * To be called when the collector answers: offline the folders would be held for nothing. Each is sent under the name and
 * key of the agent that wrote it, so numbers and signatures stay as they are; what was sent before and not yet settled
 * is known to the collector by its ids. What cannot be sent now is for the next start.
 */
export async function sendLeftBehind(options: Options): Promise<void> {
  const { state: stateOptions, ownDirectory, signal } = options;
  for (const [index, directory] of sessionFolders(stateOptions.directory).entries()) {
    if (signal.aborted) return;
    // Opening would make what is not there.
    if (directory === ownDirectory || !existsSync(join(directory, outboxFileName))) continue;
    const opened = await openIn(directory, stateOptions);
    if (!opened.ok) continue;
    try {
      const found = opened.value.outbox.pendingCount();
      if (found === 0 || opened.value.identity === undefined || signal.aborted) continue;
      await sendAll(opened.value, options);
      const left = opened.value.outbox.pendingCount();
      options.log(`left behind in folder ${index + 1}: ${found} reports, of which ${left} still wait`);
    } finally {
      await opened.value.outbox.close();
    }
  }
}

async function sendAll(
  state: AgentState,
  { startReporting, state: { clock }, signal }: Options,
): Promise<void> {
  const { sender } = startReporting(state);
  await new Promise<void>((resolve) => {
    const end = () => {
      stopListening();
      callOff();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const callOff = clock.setTimer(longestMs, end);
    const stopListening = sender.onChange(({ queueLength, reason }) => {
      if (queueLength === 0 || reason !== '') end();
    });
    signal.addEventListener('abort', end);
  });
  await sender.stop();
}
