/** Runs refreshes one at a time; a request during a refresh starts another right after it. */

export interface RefreshLoop {
  start(): void;
  /** @param isReadWanted false if no plugged-in device can have changed. */
  refresh(isReadWanted: boolean): void;
  /** Resolves when the current refresh is over. */
  settled(): Promise<void>;
  /** No refresh starts after this call. */
  stop(): void;
}

export function createRefreshLoop(steps: {
  /** Reads the system. Resolves `false` if the next refresh has to read again. */
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
      // A request may have come between the end of the last refresh and now.
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
