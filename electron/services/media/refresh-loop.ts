/** Runs refreshes one at a time; one that is asked for meanwhile follows right after. */

export interface RefreshLoop {
  start(): void;
  /** @param isReadWanted false where nothing that is plugged in can have changed. */
  refresh(isReadWanted: boolean): void;
  /** Resolves when the refresh that runs now is over. */
  settled(): Promise<void>;
  /** Starts no refresh after it. */
  stop(): void;
}

export function createRefreshLoop(steps: {
  /** Reads the system. Resolves `false` where the next refresh has to read again. */
  readonly read: () => Promise<boolean>;
  readonly evaluate: () => void;
}): RefreshLoop {
  let isStopped = true;
  let isWanted = false;
  let isReadWanted = false;
  let running: Promise<void> | undefined;

  const runWhileWanted = async (): Promise<void> => {
    while (isWanted && !isStopped) {
      isWanted = false;
      if (isReadWanted) {
        isReadWanted = false;
        const isRead = await steps.read();
        isReadWanted ||= !isRead;
        if (isStopped) return;
      }
      steps.evaluate();
    }
  };
  const refresh = (withRead: boolean): void => {
    if (isStopped) return;
    isWanted = true;
    isReadWanted ||= withRead;
    running ??= runWhileWanted().finally(() => {
      running = undefined;
      // Something may have asked for it between the end of the last refresh and now.
      if (isWanted) refresh(false);
    });
  };

  return {
    start: () => {
      isStopped = false;
    },
    refresh,
    settled: async () => {
      await running;
    },
    stop: () => {
      isStopped = true;
    },
  };
}
