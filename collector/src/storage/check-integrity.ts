/** Runs the check of the database beside everything else. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

/** What SQLite found, in its own words; empty for a sound database. `signal` ends the check early. */
export async function checkIntegrity(file: string, signal?: AbortSignal): Promise<readonly string[]> {
  const thread = new Worker(new URL('./integrity-thread.ts', import.meta.url), {
    workerData: { file },
    name: 'integrity',
  });
  try {
    const [message] = (await once(thread, 'message', signal === undefined ? {} : { signal })) as unknown[];
    return z.array(z.string()).parse(message);
  } finally {
    await thread.terminate();
  }
}
