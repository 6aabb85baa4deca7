/**
 * Shares the threads of the runtime's pool among calls that may wait long for a server or a drive.
 *
 * The pool has four threads, and the runtime's own work on files needs one of them: receipts must reach the disk also while
 * no domain controller answers.
 */
const mostAtOnce = 3;

export interface PoolThreads {
  /** Starts `work` when a thread is free, in the order of the calls. Settles as the work does. */
  run<Answer>(work: () => Promise<Answer>): Promise<Answer>;
}

export function createPoolThreads(most = mostAtOnce): PoolThreads {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    run: async (work) => {
      if (running < most) running += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        // A thread that is passed on is never free in between.
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}

/** Of this process: it has one pool. */
export const poolThreads = createPoolThreads();

/** Calls of one kind, one after the other: one silent server holds one thread of `threads`. */
export function createLine(threads: PoolThreads): PoolThreads {
  const line = createPoolThreads(1);
  return { run: (work) => line.run(() => threads.run(work)) };
}
