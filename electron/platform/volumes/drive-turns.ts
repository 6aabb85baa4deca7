/** Lets one piece of work at a time reach each drive, so that a drive that does not answer holds one thread alone. */

import type { PoolThreads } from '../native/pool-threads.ts';

export interface DriveTurns {
  /** Starts `work` when no other work holds one of these drives, and a thread is free. Settles as the work does. */
  run<Answer>(drives: readonly string[], work: () => Promise<Answer>): Promise<Answer>;
}

interface Waiting {
  readonly drives: readonly string[];
  readonly start: () => void;
}

export function createDriveTurns(threads: PoolThreads): DriveTurns {
  const held = new Set<string>();
  const waiting = new Set<Waiting>();

  const startNext = () => {
    // What waits longer comes first, also where it waits for several drives.
    const claimed = new Set(held);
    for (const one of [...waiting]) {
      const isFree = one.drives.every((drive) => !claimed.has(drive));
      for (const drive of one.drives) claimed.add(drive);
      if (!isFree) continue;
      waiting.delete(one);
      for (const drive of one.drives) held.add(drive);
      one.start();
    }
  };

  return {
    run: (drives, work) =>
      new Promise((resolve, reject) => {
        const start = () => {
          void threads
            .run(work)
            .then(resolve, reject)
            .finally(() => {
              for (const drive of drives) held.delete(drive);
              startNext();
            });
        };
        waiting.add({ drives, start });
        startNext();
      }),
  };
}
