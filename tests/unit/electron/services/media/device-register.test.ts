/** How often the agent asks for the school's device register, and what it knows of the register offline. */
import { describe, expect, it } from 'vitest';
import { createDeviceRegister } from '../../../../../electron/services/media/device-register.ts';
import type { CollectorSession } from '../../../../../electron/services/reporting/collector-session.ts';
import { openDeviceRegisterStore } from '../../../../../electron/storage/device-register/device-register-store.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import type { MediaAnswer, RegisterEntry } from '../../../../../shared/wire/media.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { withDirectory } from '../../../../support/storage-fixtures.ts';

const entry: RegisterEntry = { vendorId: '0781', productId: '5567', serial: '4C53000123', label: 'Office 3' };
const collectorUrl = 'https://collector.example';

type Answer = Awaited<ReturnType<CollectorSession['mediaRegister']>>;

const unreachable: Answer = fail({ kind: 'not-reached', reason: 'no network', retryAfterMs: undefined });
const answer: MediaAnswer = {
  insertionId: '0198f0a0-0000-4000-8000-000000000001',
  requestedAt: '2026-11-22T08:40:00Z',
  device: { kind: 'stick', vendorId: '0781', productId: '5567', serial: '', name: 'Blade', sizeBytes: 0 },
  decision: 'refused',
  decidedAt: '2026-11-22T12:00:00Z',
  decidedBy: 'Nia Huws',
  reason: '',
};
const changed: Answer = succeed({ changed: true, entries: [entry], answers: [answer], entityTag: '"1"' });
const unchanged: Answer = succeed({ changed: false });

function withSource(
  work: (parts: Awaited<ReturnType<typeof makeParts>>) => Promise<void>,
  options: { readonly configured?: boolean } = {},
): Promise<void> {
  return withDirectory(async (directory) => {
    const parts = await makeParts(directory, options.configured ?? true);
    try {
      await work(parts);
    } finally {
      parts.source.stop();
      expect(parts.clock.pendingTimers()).toBe(0);
    }
  });
}

async function makeParts(directory: string, configured: boolean) {
  const clock = createFakeClock();
  const faults: StorageFault[] = [];
  const open = (url = collectorUrl) =>
    openDeviceRegisterStore({
      directory,
      collectorUrl: url,
      nowUtc: () => clock.nowUtc(),
      onFault: (fault) => void faults.push(fault),
    });
  const state = { answer: unreachable };
  const askedWith: string[] = [];
  const changes: string[] = [];
  const source = createDeviceRegister({
    session: configured
      ? {
          mediaRegister: ({ entityTag, accountKey }) => {
            expect(accountKey).toBe('ysgol\\sprys');
            askedWith.push(entityTag);
            return Promise.resolve(state.answer);
          },
        }
      : undefined,
    store: await open(),
    accountKey: () => 'ysgol\\sprys',
    clock,
    random: () => 0.5,
    everySeconds: 3600,
    onChanged: () => void changes.push('changed'),
    log: () => undefined,
  });
  /** The copy is written to a real disk, so the test waits for its effect. */
  const asked = async (times: number) => {
    await expect.poll(() => askedWith.length).toBe(times);
    await expect.poll(() => clock.pendingTimers()).toBe(1);
  };
  return { clock, faults, open, state, askedWith, changes, source, asked };
}

describe('the device register', () => {
  it('is asked for at the start and then with the heartbeat, with its tag', () =>
    withSource(async ({ source, state, clock, asked, askedWith, changes }) => {
      state.answer = changed;
      source.start();
      await asked(1);
      expect(source.entries()).toEqual([entry]);
      state.answer = unchanged;
      clock.advance(3_599_999);
      expect(askedWith).toHaveLength(1);
      clock.advance(1);
      await asked(2);
      expect(askedWith).toEqual(['', '"1"']);
      expect(changes).toEqual(['changed']);
    }));

  it('is asked for soon after an approval request, less and less often', () =>
    withSource(async ({ source, clock, asked, askedWith }) => {
      source.start();
      await asked(1);
      source.expectAnswer();
      for (const [index, pauseMs] of [5000, 10_000, 20_000, 40_000].entries()) {
        clock.advance(pauseMs - 1);
        expect(askedWith).toHaveLength(index + 1);
        clock.advance(1);
        await asked(index + 2);
      }
    }));

  it('is asked for at least once a minute while a user waits, and no longer once the answer is there', () =>
    withSource(async ({ source, state, clock, asked, askedWith }) => {
      source.start();
      await asked(1);
      source.expectAnswer();
      for (const [index, pauseMs] of [5000, 10_000, 20_000, 40_000, 50_000, 50_000].entries()) {
        clock.advance(pauseMs);
        await asked(index + 2);
      }
      state.answer = changed;
      clock.advance(50_000);
      await asked(8);
      clock.advance(3_599_999);
      expect(askedWith).toHaveLength(8);
      clock.advance(1);
      await asked(9);
    }));

  it('is asked for at its usual pace when no answer has come within ten hours', () =>
    withSource(async ({ source, clock, asked, askedWith }) => {
      source.start();
      await asked(1);
      source.expectAnswer();
      clock.advance(10 * 3_600_000);
      await asked(2);
      clock.advance(3_599_999);
      expect(askedWith).toHaveLength(2);
    }));

  it('stays known when the school cannot be reached, and after a restart', () =>
    withSource(async ({ source, state, clock, asked, open, faults }) => {
      state.answer = changed;
      source.start();
      await asked(1);
      state.answer = unreachable;
      clock.advance(3_600_000);
      await asked(2);
      expect(source.entries()).toEqual([entry]);
      expect(source.answers()).toEqual([answer]);
      expect((await open()).read()).toMatchObject({ entries: [entry], answers: [answer], entityTag: '"1"' });
      expect((await open('https://another.example')).read()).toEqual({
        entries: [],
        answers: [],
        entityTag: '',
      });
      expect(faults).toEqual([]);
    }));

  it('is not asked for where no collector is set', () =>
    withSource(
      (parts) => {
        parts.source.start();
        parts.source.expectAnswer();
        expect(parts.clock.pendingTimers()).toBe(0);
        expect(parts.source.entries()).toEqual([]);
        return Promise.resolve();
      },
      { configured: false },
    ));
});
