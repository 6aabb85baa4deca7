/** Chooses the source of this PC's policies, and keeps those from a collector up to date. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import type { Fetch } from '../../platform/network/network-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { createCollectorPacksStore } from '../../storage/packs/collector-packs-store.ts';
import { createLastKnownPacks } from '../../storage/packs/last-known-packs.ts';
import { loadPacks, type RefusedPack } from '../../storage/packs/load-packs.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { createCollectorClient } from '../reporting/collector-client.ts';
import { type CollectorPacks, createCollectorPacks } from './collector-packs.ts';
import { createPolicySource, type PoliciesRead } from './policy-source.ts';

export interface Policies {
  /** Every source is on a disk, so it can be read before Electron is ready. */
  readonly areOnDisk: boolean;
  /**
   * The packs as this PC knows them. It waits for the collector only if one is set and has given this PC nothing yet,
   * for a few seconds at most. It calls `onWaiting` first, so that the gate covers the desktop meanwhile.
   */
  read(audience: string, onWaiting: () => void): Promise<PoliciesRead>;
  /**
   * Asks the collector at once, and again at intervals. They are short while the samples replace policies that never
   * came. Calls `onNew` for packs that were not there before. `atLogin` is true when they came soon enough after the
   * start to belong to this login.
   */
  follow(audience: () => string, onNew: (news: { readonly atLogin: boolean }) => void): void;
  /** The PC woke up, or news has become more urgent: asks at once. */
  wake(): void;
  stop(): void;
}

interface Options {
  readonly config: ManagedConfig;
  /** Whether a new version applies during work; it may change while the agent runs. */
  readonly appliesAtOnce: () => boolean;
  /** `policy.directory` with its variables filled in. */
  readonly schoolDirectory: string;
  readonly shippedDirectory: string;
  /** The agent's own folder that does not depend on the configuration. */
  readonly ownDirectory: string;
  /**
   * The state folder of this PC. A school may put it where it outlives a wiped profile. Called when policies are read.
   */
  readonly stateDirectory: () => string;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly onFault: (fault: StorageFault) => void;
}

/** The longest that the user waits at a covered desktop. */
const firstFetchMs = 3000;
/** A network that is not up yet fails at once; within that time the agent tries again this often. */
const firstFetchAgainMs = 500;
/** A user should sign a sample only while the school's own text is out of reach. */
const askForSamplesMs = 15_000;
/** News that comes this soon after the start was there before the user signed in. */
const loginWindowMs = 15_000;
/** Where a new version applies at once, the agent asks the collector as often as it reads the school's folder. */
const askForAtOnceMs = 10 * 60 * 1000;

/**
 * The folder that an administrator has named comes first. A school that has put its policies there may add a collector
 * for its reports. The samples that a fresh collector serves must not replace those policies. The collector comes
 * second, and the policies that Porthor brings come last.
 */
export function createPoliciesService(options: Options): Policies {
  const { config, clock, onFault } = options;
  const nowUtc = () => clock.nowUtc();
  const startedAtMs = clock.monotonicMs();
  const onRefused = ({ name, problem }: RefusedPack) =>
    onFault({
      fault: 'pack-refused',
      subject: name,
      reason: `${problem.kind}: ${problem.subject}: ${problem.reason}; ${problem.remedy}`,
    });
  const onDisk = createPolicySource(options.schoolDirectory, options.shippedDirectory, {
    clock,
    loadPacks,
    lastKnown: createLastKnownPacks({ directory: options.ownDirectory, nowUtc, onFault }),
    onRefused,
  });
  if (config.collectorUrl === '' || options.schoolDirectory !== '') {
    const nothing = () => undefined;
    return { areOnDisk: true, read: onDisk.read, follow: nothing, wake: nothing, stop: nothing };
  }

  let shippedOnce: Promise<readonly PolicyPack[]> | undefined;
  const shipped = () => {
    shippedOnce ??= onDisk.read().then(({ packs }) => packs);
    return shippedOnce;
  };
  const client = createCollectorClient({ collectorUrl: config.collectorUrl, fetch: options.fetch, clock });
  const fromCollector: CollectorPacks = createCollectorPacks({
    client,
    store: createCollectorPacksStore({ directory: options.stateDirectory, nowUtc, onFault }),
    shipped,
    onRefused,
  });
  const heartbeatMs = config.reporting.heartbeatSeconds * 1000;
  let showsSamples = false;
  const askEveryMs = () => {
    if (showsSamples) return Math.min(heartbeatMs, askForSamplesMs);
    return options.appliesAtOnce() ? Math.min(heartbeatMs, askForAtOnceMs) : heartbeatMs;
  };
  let following: (() => void) | undefined;
  let cancelTimer = () => {};

  const firstFetches = new Set<() => void>();

  /**
   * Why there are no policies; undefined if the collector has answered. An answer that comes too late counts when it
   * comes.
   */
  const firstFetch = (audience: string) =>
    new Promise<string | undefined>((resolve) => {
      let reason = 'it did not answer in time';
      let cancelPause = () => {};
      let isOver = false;
      const end = (problem: string | undefined) => {
        isOver = true;
        cancelDeadline();
        cancelPause();
        firstFetches.delete(breakOff);
        resolve(problem);
      };
      const cancelDeadline = clock.setTimer(firstFetchMs, () => end(reason));
      const breakOff = () => end(reason);
      firstFetches.add(breakOff);
      const ask = () =>
        void fromCollector.refresh(audience).then((answer) => {
          if (isOver) return;
          if (answer.kind !== 'not-reached') return end(undefined);
          ({ reason } = answer);
          // Once the samples are on the screen, no later reading of the policies delays them.
          if (answer.hasAnswered === true || showsSamples) end(reason);
          else cancelPause = clock.setTimer(firstFetchAgainMs, ask);
        });
      ask();
    });

  return {
    areOnDisk: false,
    read: async (audience, onWaiting) => {
      const cached = await fromCollector.cached(audience);
      if (cached !== undefined) return { packs: cached, problem: undefined, areInEffect: true };
      onWaiting();
      const problem = (await firstFetch(audience)) ?? 'nothing that it sent could be kept';
      const fetched = await fromCollector.cached(audience);
      if (fetched !== undefined) return { packs: fetched, problem: undefined, areInEffect: true };
      // A PC that no user can use does not help. Show the samples, record them as samples, and report the fault.
      showsSamples = true;
      onFault({
        fault: 'policies-not-fetched',
        subject: 'collector',
        reason: `The school's policies have never reached this PC, and the collector cannot be asked now (${problem}). Until it can, the sample policies that Porthor brings are shown, and the gate stays shut for whoever they have none for.`,
      });
      // The samples may hold nothing for this user, or their day may not have come by this PC's clock. The school
      // wanted neither.
      return { packs: (await onDisk.read()).packs, problem, areInEffect: true };
    },
    follow: (audience, onNew) => {
      const ask = () => {
        cancelTimer();
        cancelTimer = clock.setTimer(askEveryMs(), ask);
        void fromCollector.refresh(audience()).then(({ kind }) => {
          // A first answer that came late was not news to any user yet.
          const isNews = kind === 'changed' || (kind === 'unchanged' && showsSamples);
          if (isNews && following !== undefined) {
            showsSamples = false;
            onNew({ atLogin: clock.monotonicMs() - startedAtMs <= loginWindowMs });
          }
        });
      };
      following = ask;
      ask();
    },
    wake: () => following?.(),
    stop: () => {
      following = undefined;
      cancelTimer();
      for (const breakOff of firstFetches) breakOff();
      client.abortAll();
    },
  };
}
