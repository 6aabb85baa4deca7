/** Follows the managed configuration while the agent runs: what is read again, what is believed, what is passed on. */
import { defaultManagedConfig, type ManagedConfig } from '../../../shared/config/managed-config.ts';
import type {
  ManagedConfigAnswer,
  ManagedConfigPort,
} from '../../platform/managed-config/managed-config-port.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** A file or a registry key that is just being written is whole again by then. */
const settleMs = 3000;

interface Options {
  readonly port: ManagedConfigPort;
  readonly clock: Clock;
  /** What was taken at start. */
  readonly inForce: ManagedConfig;
  /** Another good configuration than the last. The next one waits until this has been dealt with. */
  readonly onRead: (config: ManagedConfig, kind: 'loaded' | 'absent') => Promise<void>;
  /** What is there cannot be used; the last good one stays. Told at every reading that finds it so. */
  readonly onUnusable: (answer: Extract<ManagedConfigAnswer, { kind: 'invalid' | 'unreadable' }>) => void;
  /** What was passed on could not be dealt with. */
  readonly onFailed: (reason: string) => void;
}

export interface ConfigFollower {
  /** Something has happened after which a look is worth its while: the PC woke up. */
  check(): void;
  /** Resolves when nothing more is passed on. */
  stop(): Promise<void>;
}

/**
 * Whatever differs from what is in force is believed when two readings agree: Group Policy writes one value after the
 * other, and a file that is deleted and then written anew must not give a classroom the defaults in between.
 */
export function followConfig(options: Options): ConfigFollower {
  const { port, clock } = options;
  let inForce = options.inForce;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
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

  const look = async (): Promise<void> => {
    const first = await port.read();
    if (isStopped || isInForce(first)) return;
    await wait();
    if (isStopped) return;
    const answer = await port.read();
    if (isStopped) return;
    if (!isSame(answer, first)) {
      lookAgain = true;
      return;
    }
    if (answer.kind === 'invalid' || answer.kind === 'unreadable') {
      options.onUnusable(answer);
      return;
    }
    inForce = answer.kind === 'loaded' ? answer.config : defaultManagedConfig;
    await options.onRead(inForce, answer.kind);
  };

  const looks = async (): Promise<void> => {
    while (lookAgain && !isStopped) {
      lookAgain = false;
      await look().catch((error: unknown) => options.onFailed(String(error)));
    }
  };
  const check = () => {
    if (isStopped) return;
    lookAgain = true;
    looking ??= looks().finally(() => {
      looking = undefined;
      // What was asked for between the end of the last look and now.
      if (lookAgain) check();
    });
  };
  const stopWatching = port.watch(check);
  // What has changed between the reading at start and now was told to nobody.
  check();

  return {
    check,
    stop: async () => {
      isStopped = true;
      stopWatching();
      endWait();
      await looking;
    },
  };
}

/** Of parsed documents, whose keys always stand in the order of their schema. */
function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
