/** How often the agent asks the collector for policies, and how long the user waits for them. */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { projectRoot } from '../../../../../build/runtime/paths.ts';
import type { Fetch } from '../../../../../electron/platform/network/network-port.ts';
import type { Clock } from '../../../../../electron/platform/time/clock.ts';
import { createPoliciesService } from '../../../../../electron/services/policies/policies-service.ts';
import { defaultManagedConfig, type ManagedConfig } from '../../../../../shared/config/managed-config.ts';
import { currentPacks } from '../../../../../shared/policy/current-packs.ts';
import type { PolicyPack } from '../../../../../shared/policy/pack.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { eventually } from '../../../../support/eventually.ts';
import { withDirectory } from '../../../../support/storage-fixtures.ts';

const noPolicies = () => Promise.resolve(Response.json({ policies: [] }, { headers: { etag: '"none"' } }));

/** The agent pauses for this long between two requests of a waiting user. */
const firstFetchAgainMs = 500;

const noNetwork = () => Promise.reject(new Error('net::ERR_INTERNET_DISCONNECTED'));
/** The agent has made the request and has handled its failure. */
const askedFor = async (times: number, asked: () => number) => {
  await eventually(() => expect(asked()).toBe(times));
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
};

/** A collector that gives no policies, or does not answer, and counts the requests. */
async function withPolicies(
  changes: Partial<ManagedConfig>,
  run: (world: {
    readonly policies: ReturnType<typeof createPoliciesService>;
    readonly clock: ReturnType<typeof createFakeClock>;
    readonly faults: readonly string[];
    /** Follows the policies until the first answer has been processed. */
    follow(): Promise<void>;
    asked(): number;
    /** Resolves when this many requests of a waiting user have failed, and the agent pauses before the next. */
    failedTimes(times: number): Promise<void>;
  }) => Promise<void>,
  answer: () => Promise<Response> = noPolicies,
): Promise<void> {
  await withDirectory(async (directory) => {
    const faults: string[] = [];
    const clock = createFakeClock();
    let asked = 0;
    let pauses = 0;
    const countingClock: Clock = {
      ...clock,
      setTimer: (delayMs, callback) => {
        if (delayMs === firstFetchAgainMs) pauses += 1;
        return clock.setTimer(delayMs, callback);
      },
    };
    let followOnce = () => {};
    const fetch: Fetch = () => {
      asked += 1;
      return answer();
    };
    const config = { ...defaultManagedConfig, collectorUrl: 'https://collector.example', ...changes };
    const policies = createPoliciesService({
      config,
      appliesAtOnce: () => config.policy.applyNewVersion === 'at-once',
      schoolDirectory: '',
      shippedDirectory: path.join(projectRoot, 'assets/policies'),
      ownDirectory: directory,
      stateDirectory: () => directory,
      clock: countingClock,
      fetch,
      onFault: ({ fault }) => void faults.push(fault),
    });
    const followed = new Promise<void>((resolve) => {
      followOnce = () =>
        policies.follow(
          () => 'staff',
          () => resolve(),
        );
    });
    const follow = async () => {
      followOnce();
      await followed;
    };
    const failedTimes = (times: number) => eventually(() => expect([asked, pauses]).toEqual([times, times]));
    await run({ policies, clock, faults, follow, asked: () => asked, failedTimes });
    policies.stop();
    expect(clock.pendingTimers()).toBe(0);
  });
}

const minuteMs = 60_000;
const atOnce = { ...defaultManagedConfig.policy, applyNewVersion: 'at-once' } as const;

test('the agent asks with the heartbeat for a new version that waits for the next login', async () => {
  await withPolicies({}, async ({ clock, follow, asked }) => {
    await follow();
    clock.advance(59 * minuteMs);
    await setImmediate();
    expect(asked()).toBe(1);
    clock.advance(minuteMs);
    await eventually(() => expect(asked()).toBe(2));
  });
});

test.each([
  ['within ten minutes', 3600, 10],
  ['sooner, where there are more signs of life than that', 60, 1],
])('the agent notices a version that applies at once %s', async (_when, heartbeatSeconds, minutes) => {
  const reporting = { ...defaultManagedConfig.reporting, heartbeatSeconds };
  await withPolicies({ policy: atOnce, reporting }, async ({ clock, follow, asked }) => {
    await follow();
    clock.advance(minutes * minuteMs);
    await eventually(() => expect(asked()).toBe(2));
  });
});

test('a PC that wakes up asks at once, but not before it follows', async () => {
  await withPolicies({}, async ({ policies, follow, asked }) => {
    policies.wake();
    await setImmediate();
    expect(asked()).toBe(0);
    await follow();
    policies.wake();
    await eventually(() => expect(asked()).toBe(2));
  });
});

const ids = (packs: readonly PolicyPack[]) => packs.map(({ manifest }) => manifest.id);

test('without its collector the agent shows the sample policies, and never treats the failure as the school’s choice', async () => {
  await withPolicies(
    {},
    async ({ policies, clock, failedTimes, faults }) => {
      const onWaiting = vi.fn();
      const reading = policies.read('year-6', onWaiting);
      await failedTimes(1);
      clock.advance(3000);
      const read = await reading;
      expect(onWaiting).toHaveBeenCalledOnce();
      expect(read.problem).toContain('ERR_INTERNET_DISCONNECTED');
      expect(faults).toEqual(['policies-not-fetched']);
      expect(ids(currentPacks(read.packs, 'staff', undefined))).toEqual(['staff']);
      expect(ids(currentPacks(read.packs, 'year-6', undefined))).toEqual([]);
      // A wrong clock must not make the samples policies of the future.
      expect(read.areInEffect).toBe(true);
    },
    noNetwork,
  );
});

test('the agent accepts the collector’s answer that an audience has no policies', async () => {
  await withPolicies({}, async ({ policies }) => {
    expect(await policies.read('staff', () => undefined)).toMatchObject({ packs: [], problem: undefined });
  });
});

test('the agent uses a network that comes within the first three seconds, and shows no samples', async () => {
  let answer: () => Promise<Response> = noNetwork;
  await withPolicies(
    {},
    async ({ policies, clock, failedTimes }) => {
      const reading = policies.read('staff', () => undefined);
      for (let tries = 1; tries <= 4; tries += 1) {
        await failedTimes(tries);
        clock.advance(500);
      }
      await failedTimes(5);
      answer = noPolicies;
      clock.advance(500);
      expect(await reading).toEqual({ packs: [], problem: undefined, areInEffect: true });
      expect(clock.pendingTimers()).toBe(0);
    },
    () => answer(),
  );
});

test('without a network the user waits three seconds once, then sees the samples; the agent soon asks again', async () => {
  let answer: () => Promise<Response> = noNetwork;
  await withPolicies(
    {},
    async ({ policies, clock, follow, asked, failedTimes }) => {
      let isRead = false;
      void policies.read('staff', () => undefined).then(() => (isRead = true));
      await failedTimes(1);
      clock.advance(2999);
      await failedTimes(2);
      expect(isRead).toBe(false);
      clock.advance(1);
      await eventually(() => expect(isRead).toBe(true));
      // A later reading waits for one try, which fails at once.
      await policies.read('staff', () => undefined);
      const news = follow();
      await askedFor(4, asked);
      answer = noPolicies;
      clock.advance(15_000);
      await news;
      // The collector's answer replaces the samples; from then on the agent asks at the usual pace.
      clock.advance(15_000);
      await askedFor(6, asked);
      clock.advance(59 * minuteMs);
      await askedFor(6, asked);
    },
    () => answer(),
  );
});

test('the agent does not ask again and again while the user waits, if the collector answers without policies', async () => {
  await withPolicies(
    {},
    async ({ policies, clock, asked }) => {
      await policies.read('staff', () => undefined);
      expect(asked()).toBe(1);
      expect(clock.pendingTimers()).toBe(0);
    },
    () => Promise.resolve(new Response('<html>a portal</html>')),
  );
});

test('an agent that ends while it waits for policies leaves no timer', async () => {
  await withPolicies(
    {},
    async ({ policies, asked }) => {
      void policies.read('staff', () => undefined);
      await askedFor(1, asked);
    },
    noNetwork,
  );
});
