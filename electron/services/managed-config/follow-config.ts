/** Follows the managed configuration while the agent runs. */
import { defaultManagedConfig, type ManagedConfig } from '../../../shared/config/managed-config.ts';
import type {
  ManagedConfigAnswer,
  ManagedConfigPort,
} from '../../platform/managed-config/managed-config-port.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** Long enough for a file or a registry key that is being written to be complete. */
const settleMs = 3000;

interface Options {
  readonly port: ManagedConfigPort;
  readonly clock: Clock;
  /** The configuration that the agent started with. */
  readonly inForce: ManagedConfig;
  /** A good configuration that differs from the last. The next one waits until the returned promise settles. */
  readonly onRead: (config: ManagedConfig, kind: 'loaded' | 'absent') => Promise<void>;
  /** The configuration cannot be used and the last good one stays. Called at every such reading. */
  readonly onUnusable: (answer: Extract<ManagedConfigAnswer, { kind: 'invalid' | 'unreadable' }>) => void;
  /** `onRead` rejected, or the port did. */
  readonly onFailed: (reason: string) => void;
}

export interface ConfigFollower {
  /** Reads again, for instance after the PC woke up. */
  check(): void;
  /** Resolves when no callback comes any more. */
  stop(): Promise<void>;
}

/**
 * A change is believed when two readings agree: Group Policy writes one value after the other, and a file that is deleted
 * and then written must not give a classroom the defaults in between.
 */
export function followConfig(options: Options): ConfigFollower {
  const { port, clock } = options;
  let inForce = options.inForce;
  let refreshing: Promise<void> | undefined;
  let isDue = false;
  let isStopped = false;
  let endWait = () => {};

  const wait = () =>
    new Promise<void>((resolve) => {
      const stopTimer = clock.setTimer(settleMs, resolve);
      endWait = () => {
        stopTimer();
        resolve();
      };
    });

  const isInForce = (answer: ManagedConfigAnswer): boolean => {
    if (answer.kind === 'invalid' || answer.kind === 'unreadable') return false;
    return isSame(answer.kind === 'loaded' ? answer.config : defaultManagedConfig, inForce);
  };

  const refresh = async (): Promise<void> => {
    const first = await port.read();
    if (isStopped || isInForce(first)) return;
    await wait();
    if (isStopped) return;
    const answer = await port.read();
    if (isStopped) return;
    if (!isSame(answer, first)) {
      isDue = true;
      return;
    }
    if (answer.kind === 'invalid' || answer.kind === 'unreadable') {
      options.onUnusable(answer);
      return;
    }
    inForce = answer.kind === 'loaded' ? answer.config : defaultManagedConfig;
    await options.onRead(inForce, answer.kind);
  };

  const refreshWhileDue = async (): Promise<void> => {
    while (isDue && !isStopped) {
      isDue = false;
      await refresh().catch((error: unknown) => options.onFailed(String(error)));
    }
  };
  const check = () => {
    if (isStopped) return;
    isDue = true;
    refreshing ??= refreshWhileDue().finally(() => {
      refreshing = undefined;
      // A check that came between the end of the last refresh and now.
      if (isDue) check();
    });
  };
  const stopWatching = port.watch(check);
  // The port did not report a change between the first reading and now.
  check();

  return {
    check,
    stop: async () => {
      isStopped = true;
      stopWatching();
      endWait();
      await refreshing;
    },
  };
}

/** For parsed documents: their keys are always in the order of the schema. */
function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
