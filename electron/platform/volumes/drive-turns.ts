/** Lets one piece of work at a time reach each drive, so that a drive that does not answer holds one thread alone. */

/**
 * The runtime's pool has four threads, and its own work on files and addresses needs one of them while drives are stuck.
 */
const mostAtOnce = 3;

export interface DriveTurns {
  /** Starts `work` when no other work holds one of these drives. Settles as the work does. */
  run<Answer>(drives: readonly string[], work: () => Promise<Answer>): Promise<Answer>;
}

interface Waiting {
  readonly drives: readonly string[];
  readonly start: () => void;
}

export function createDriveTurns(): DriveTurns {
  const held = new Set<string>();
  const waiting = new Set<Waiting>();
  let running = 0;

  const startNext = () => {
    // What waits longer comes first, also where it waits for several drives.
    const claimed = new Set(held);
    for (const one of [...waiting]) {
      if (running >= mostAtOnce) return;
      const isFree = one.drives.every((drive) => !claimed.has(drive));
      for (const drive of one.drives) claimed.add(drive);
      if (!isFree) continue;
      waiting.delete(one);
      running += 1;
      for (const drive of one.drives) held.add(drive);
      one.start();
    }
  };

  return {
    run: (drives, work) =>
      new Promise((resolve, reject) => {
        const start = () => {
          void work()
            .then(resolve, reject)
            .finally(() => {
              running -= 1;
              for (const drive of drives) held.delete(drive);
              startNext();
            });
        };
        waiting.add({ drives, start });
        startNext();
      }),
  };
}
