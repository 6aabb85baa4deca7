/** Runs the tasks of a verification on several threads, and gives their reports back in order. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CollectorError } from '../collector-error.ts';
import type { RunTask, TaskReport, VerifyTask } from './verify-tasks.ts';

/** Where a thread finds the database. */
export interface VerifySource {
  readonly dataDirectory: string;
  readonly databaseUrl: string | undefined;
}

export type FromVerifyThread =
  | { readonly ok: true; readonly report: TaskReport }
  | { readonly ok: false; readonly message: string };

export interface VerifyPool {
  /** Reports in the order of the tasks. A few tasks ahead of the reader are under way. */
  run(tasks: Iterable<VerifyTask>): AsyncGenerator<TaskReport>;
  close(): Promise<void>;
}

/** Reports that may wait for their reader, for each thread; each is up to a megabyte. */
const aheadPerThread = 3;

/** One after the other, on the caller's own connection: a short verification is over before a thread has started. */
export function createPoolHere(run: RunTask): VerifyPool {
  return {
    async *run(tasks) {
      for (const task of tasks) yield await run(task);
    },
    close: () => Promise.resolve(),
  };
}

interface Thread {
  readonly worker: Worker;
  isBusy: boolean;
}

/** `threads` defaults to the number of processors. */
export function createVerifyPool(source: VerifySource, threads = availableParallelism()): VerifyPool {
  const pool = Array.from({ length: threads }, (): Thread => {
    const worker = new Worker(new URL('./verify-thread.ts', import.meta.url), {
      workerData: source,
      name: 'verify',
    });
    return { worker, isBusy: false };
  });
  const waiting: { task: VerifyTask; settle: (answer: FromVerifyThread) => void }[] = [];

  function startNext(thread: Thread): void {
    const job = waiting.shift();
    thread.isBusy = job !== undefined;
    if (job === undefined) return;
    const { worker } = thread;
    const finish = (answer: FromVerifyThread): void => {
      worker.removeAllListeners('message');
      worker.removeAllListeners('error');
      job.settle(answer);
      startNext(thread);
    };
    worker.on('message', finish);
    worker.on('error', (error: Error) => finish({ ok: false, message: error.message }));
    worker.postMessage(job.task);
  }

  function start(task: VerifyTask): Promise<TaskReport> {
    return new Promise((resolve, reject) => {
      waiting.push({
        task,
        settle: (answer) =>
          answer.ok
            ? resolve(answer.report)
            : reject(new CollectorError(`The database cannot be read (${answer.message}).`)),
      });
      const free = pool.find(({ isBusy }) => !isBusy);
      if (free !== undefined) startNext(free);
    });
  }

  return {
    async *run(tasks) {
      // A failure is thrown where the reader gets to it.
      type Settled = { readonly report: TaskReport } | { readonly error: unknown };
      const underWay: Promise<Settled>[] = [];
      const next = async (): Promise<TaskReport | undefined> => {
        const settled = await underWay.shift();
        if (settled !== undefined && 'error' in settled) throw settled.error;
        return settled?.report;
      };
      for (const task of tasks) {
        underWay.push(
          start(task).then(
            (report) => ({ report }),
            (error: unknown) => ({ error }),
          ),
        );
        if (underWay.length < threads * aheadPerThread) continue;
        const report = await next();
        if (report !== undefined) yield report;
      }
      for (let report = await next(); report !== undefined; report = await next()) yield report;
    },
    async close() {
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}
