/** Chooses where this PC's policies come from, and keeps those of a collector up to date. */
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
  /** Everything stands on disks, so it can be read before Electron is ready. */
  readonly areOnDisk: boolean;
  /**
   * The packs as this PC knows them. Only where a collector is named and nothing of it is known yet, it is waited for,
   * a few seconds at most; `onWaiting` is told first, so that the desktop is not open meanwhile.
   */
  read(audience: string, onWaiting: () => void): Promise<PoliciesRead>;
  /**
   * Asks the collector now and from then on now and again, soon where the samples stand in for what it has never given.
   * `onNew` is told when packs have come that were not there
   * before; `atLogin` when that was so soon after the start that it still belongs to this login.
   */
  follow(audience: () => string, onNew: (news: { readonly atLogin: boolean }) => void): void;
  /** The PC woke up, or news counts for more than before: asks at once. */
  wake(): void;
  stop(): void;
}

interface Options {
  readonly config: ManagedConfig;
  /** Whether a new version applies while people work; it may change while the agent runs. */
  readonly appliesAtOnce: () => boolean;
  /** `policy.directory` with its variables filled in. */
  readonly schoolDirectory: string;
  readonly shippedDirectory: string;
  /** Folder of the agent's own that does not depend on the configuration. */
  readonly ownDirectory: string;
  /** Folder of the state of this PC, which a school may put where it outlives a wiped profile. Asked when policies are read. */
  readonly stateDirectory: () => string;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly onFault: (fault: StorageFault) => void;
}

/** The person waits before a covered desktop for so long at most. */
const firstFetchMs = 3000;
/** A network that is not there yet fails at once; the rest of that time is tried again this often. */
const firstFetchAgainMs = 500;
/** Nobody should sign a sample for longer than the school's own text cannot be had. */
const askForSamplesMs = 15_000;
/** News within this time of the start was there before the person signed in. */
const loginWindowMs = 15_000;
/** Where a new version applies at once, the collector is asked as often as the school's folder is looked at. */
const askForAtOnceMs = 10 * 60 * 1000;

/**
 * The folder that an administrator has named comes first: a school that has put its policies there and now adds a
 * collector for its reports must not find them replaced by the samples that a fresh collector serves. Then the
 * collector, then what Porthor brings.
 */
export function startPolicies(options: Options): Policies {
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

  /** Why there is nothing; undefined where the collector has answered. An answer that takes too long counts when it comes. */
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
          // Once the samples are shown they are not kept back by every look at the policies.
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
      // A PC that nobody can use helps nobody: the samples are shown, recorded as what they are, and told.
      showsSamples = true;
      onFault({
        fault: 'policies-not-fetched',
        subject: 'collector',
        reason: `The school's policies have never reached this PC, and the collector cannot be asked now (${problem}). Until it can, the sample policies that Porthor brings are shown, and the gate stays shut for whoever they have none for.`,
      });
      // That they hold nothing for somebody, or that their day has not come by this PC's clock, is no wish of the school.
      return { packs: (await onDisk.read()).packs, problem, areInEffect: true };
    },
    follow: (audience, onNew) => {
      const ask = () => {
        cancelTimer();
        cancelTimer = clock.setTimer(askEveryMs(), ask);
        void fromCollector.refresh(audience()).then(({ kind }) => {
          // A first answer that came late was news to nobody yet.
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
