/** Rewrites the database file beside everything else. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CollectorError } from '../collector-error.ts';

/** Others wait with their writes meanwhile. Throws CollectorError where it does not succeed; the file is then as before. */
export async function rewriteFile(file: string): Promise<void> {
  const thread = new Worker(new URL('./rewrite-thread.ts', import.meta.url), {
    workerData: { file },
    name: 'rewrite',
  });
  try {
    const [problem] = (await once(thread, 'message')) as unknown[];
    if (problem === '') return;
    throw new CollectorError(
      `The text is erased, and free space of the database file may still hold it: the file cannot be rewritten ` +
        `(${String(problem)}). Make room, end other programs that use it, and run privacy erase with --account again.`,
    );
  } finally {
    await thread.terminate();
  }
}
