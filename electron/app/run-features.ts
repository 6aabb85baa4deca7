/** Starts the agent's features in the order of the list, passes events on to them, and stops them in reverse. */
import type { Capability } from '../../shared/wire/events.ts';
import { withDeadline } from '../platform/deadline.ts';
import type { ConfigChanges, Feature, SystemChange } from '../services/feature.ts';
import type { StorageFault } from '../storage/storage-fault.ts';

export interface RunningFeatures {
  /**
   * Resolves when every feature has started or failed to start; `not-here` when a feature says that the agent must end.
   * Rejects when a feature of the login cannot start: an agent without its gate ends and is restarted.
   */
  start(): Promise<'started' | 'not-here'>;
  /** The features of the login have started, and `stop` has not been called: no user waits at the gate for this agent. */
  isRunning(): boolean;
  noteSystem(change: SystemChange): void;
  /** Resolves when the changes are in effect in every feature. */
  applyChanges(changes: ConfigChanges): Promise<void>;
  capabilities(): readonly Capability[];
  /** Always resolves: a feature that does not end in time is reported, and the features before it still end. */
  stop(): Promise<void>;
}

/** The time that a feature has to end, a start included that is still under way. */
const stopDeadlineMs = 5000;

/**
 * `features` may still be empty: it is read only when needed, so that features can be built with the returned object.
 */
export function runFeatures(
  features: readonly Feature[],
  onFault: (fault: StorageFault) => void,
): RunningFeatures {
  const starting = new Map<Feature, Promise<unknown>>();
  let isSettled = false;
  let isStopped = false;

  const reportFailure = (fault: string, { name }: Feature, error: unknown): undefined =>
    void onFault({ fault, subject: name, reason: String(error) });
  const start = (feature: Feature) => {
    const starts = Promise.resolve().then(() => feature.start());
    const started =
      feature.startsAt === 'login'
        ? starts
        : starts.catch((error: unknown) => reportFailure('feature-not-started', feature, error));
    starting.set(feature, started);
    return started;
  };
  const end = async (feature: Feature): Promise<void> => {
    // A feature of the login may wait for the user: its `stop` ends that wait.
    if (feature.startsAt === 'gate-settled') await starting.get(feature);
    try {
      await feature.stop?.();
    } catch (error) {
      reportFailure('feature-not-stopped', feature, error);
    }
  };
  const inOrder = (startsAt: Feature['startsAt']) =>
    features.filter((feature) => feature.startsAt === startsAt);

  return {
    start: async () => {
      for (const feature of inOrder('login')) {
        if (isStopped) return 'started';
        if ((await start(feature)) === 'not-here') return 'not-here';
      }
      isSettled = true;
      for (const feature of inOrder('gate-settled')) {
        if (isStopped) return 'started';
        await start(feature);
      }
      return 'started';
    },
    isRunning: () => isSettled && !isStopped,
    noteSystem: (change) => {
      for (const feature of features) feature.onSystem?.(change);
    },
    applyChanges: async (changes) => {
      // The features of the login come last: the gate may wait for a collector that is slow to answer.
      for (const feature of [...inOrder('gate-settled'), ...inOrder('login')]) {
        if (isStopped) return;
        await feature.onConfigChanged?.(changes);
      }
    },
    capabilities: () => features.flatMap((feature) => feature.capabilities?.() ?? []),
    stop: async () => {
      isStopped = true;
      for (const feature of features.toReversed()) {
        const ended = await withDeadline(end(feature), stopDeadlineMs);
        if (!ended.ok) {
          reportFailure('feature-not-stopped', feature, `no answer within ${stopDeadlineMs / 1000} s`);
        }
      }
    },
  };
}
