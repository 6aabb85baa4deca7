import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceIdle,
  startIdle,
  warningSecondsLeft,
} from '../../../../../electron/domain/idle/idle-machine.ts';
import type { IdleSettings } from '../../../../../electron/domain/idle/idle-state.ts';
import {
  type Action,
  type Happening,
  type Planned,
  type Run,
  simulate,
} from '../../../../support/simulated-session.ts';

const settings: IdleSettings = {
  lockAfterSeconds: 600,
  warningSeconds: 30,
  holdCeilingSeconds: 3600,
  signOutAfterSeconds: 0,
};
const quick = { readMs: 10, paintMs: 100, lockMs: 50 };
const at = (afterSeconds: number, happening: Happening): Planned => ({ afterSeconds, happening });
const start = 1_000_000;

/** What the machine did and when, in seconds from the start, without its reads of the session. */
const story = ({ actions }: Run): readonly string[] =>
  actions
    .filter(({ effect }) => effect.kind !== 'read-session')
    .map(({ atMs, effect }) => `${Math.floor((atMs - start) / 1000)} ${effect.kind}`);

describe('a user who leaves', () => {
  it('is warned, and the screen locks at the limit', () => {
    const run = simulate(settings, [], quick, 3600);
    expect(story(run)).toEqual(['570 show-warning', '600 hide-warning', '600 lock', '600 report-locked']);
  });

  it('is warned once, whatever the sub-second phase of the last input', () => {
    const pauses = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 3000 }), (pausesMs, paintMs) => {
        const plan = pausesMs.map((pauseMs) => at(pauseMs / 1000, { what: 'input' }));
        const kinds = simulate(settings, plan, { ...quick, paintMs }, 700).actions.map(
          ({ effect }) => effect.kind,
        );
        expect(kinds.filter((kind) => kind !== 'read-session')).toEqual([
          'show-warning',
          'hide-warning',
          'lock',
          'report-locked',
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  it('wakes the agent seldom: by a timer, not by polling', () => {
    const busy = Array.from({ length: 3600 }, () => at(1, { what: 'input' }));
    expect(simulate(settings, busy, quick, 0).ticks).toBeLessThan(15);
  });

  it.each(['input', 'stay'] as const)('comes back during the warning: %s calls it off', (what) => {
    const run = simulate(settings, [at(580, { what })], quick, 500);
    expect(story(run)).toEqual(['570 show-warning', '580 hide-warning']);
  });

  it('is warned in full again after a warning that could not be shown, and the lock waits for it', () => {
    const plan = [at(1, { what: 'warnings', work: false }), at(700, { what: 'warnings', work: true })];
    const run = simulate(settings, plan, quick, 600);
    expect(story(run).slice(0, 3)).toEqual([
      '570 show-warning',
      '570 hide-warning',
      '570 report-warning-lost',
    ]);
    expect(story(run).at(-1)).toMatch(/^78\d report-locked$/u);
  });

  it('causes three tries, one report, and a try every five minutes, where the screen does not lock', () => {
    const run = simulate(settings, [at(1, { what: 'locking', works: false })], quick, 1300);
    const reported = story(run).filter((line) => !line.includes('warning'));
    expect(reported).toEqual([
      '600 lock',
      '605 lock',
      '620 lock',
      '620 report-lock-failed',
      '920 lock',
      '1220 lock',
    ]);
    const later = simulate(
      settings,
      [at(1, { what: 'locking', works: false }), at(700, { what: 'locking', works: true })],
      quick,
      600,
    );
    expect(story(later).slice(-2)).toEqual(['920 lock', '920 report-locked']);
  });

  it('is not warned of a lock that cannot happen', () => {
    const state = { ...startIdle(0), wakeAtMs: 570_000 };
    const session = { inFront: true, locked: false, presenting: false, canLock: false };
    const step = advanceIdle(
      state,
      { kind: 'session-read', nowMs: 570_000, idleSeconds: 570, session },
      settings,
    );
    expect(step.effects).toEqual([]);
    expect(step.state.phase.name).toBe('unlockable');
  });
});

describe('a presentation', () => {
  it('holds the lock off, and no longer than the ceiling', () => {
    const run = simulate(settings, [at(5, { what: 'presentation', on: true })], quick, 6000);
    expect(story(run)).toEqual(['4170 show-warning', '4200 hide-warning', '4200 lock', '4200 report-locked']);
  });

  it('that ends is followed by a warning within seconds', () => {
    const plan = [at(5, { what: 'presentation', on: true }), at(1000, { what: 'presentation', on: false })];
    const [first = ''] = story(simulate(settings, plan, quick, 100));
    expect(first).toMatch(/^10(?:0\d|1\d|20) show-warning$/u);
  });

  it('that starts during the warning hides the warning', () => {
    const run = simulate(settings, [at(580, { what: 'presentation', on: true })], quick, 600);
    expect(story(run)).toEqual(['570 show-warning', '600 hide-warning']);
    expect(run.state.phase).toEqual({ name: 'watching', holding: true });
  });

  it('does not hold the lock off where the school ignores presentations', () => {
    const run = simulate(
      { ...settings, holdCeilingSeconds: 0 },
      [at(5, { what: 'presentation', on: true })],
      quick,
      700,
    );
    expect(story(run)).toContain('600 lock');
  });
});

describe('time that the user did not spend at the PC', () => {
  it.each([
    { notified: true, sensorCounts: true },
    { notified: false, sensorCounts: true },
    { notified: true, sensorCounts: false },
    { notified: false, sensorCounts: false },
  ])('does not count while the PC sleeps: %o', (how) => {
    const run = simulate(settings, [at(300, { what: 'sleep', seconds: 50_000, ...how })], quick, 598);
    // The whole limit passes again after waking up, so that the warning comes in time.
    expect(story(run)).toEqual(['50870 show-warning']);
  });

  it('does not count while another session is in front, and counts from zero when this one is in front again', () => {
    const plan = [at(300, { what: 'to-back' }), at(5000, { what: 'to-front' })];
    const run = simulate(settings, plan, quick, 1000);
    expect(
      run.actions.every(({ session, effect }) => session.inFront || effect.kind === 'read-session'),
    ).toBe(true);
    expect(story(run)[0]).toMatch(/^5[89]\d\d show-warning$|^6[01]\d\d show-warning$/u);
  });

  it('causes no action where the sensor cannot be read', () => {
    let state = startIdle(0);
    for (let nowMs = 0; nowMs < 3_600_000; nowMs = state.wakeAtMs) {
      const step = advanceIdle(state, { kind: 'tick', nowMs, idleSeconds: undefined }, settings);
      expect(step.effects).toEqual([]);
      state = step.state;
    }
  });
});

describe('signing out', () => {
  const signingOut: IdleSettings = { ...settings, signOutAfterSeconds: 1800 };

  it('follows a lock before which it was announced, once', () => {
    const run = simulate(signingOut, [], quick, 10_000);
    expect(story(run)).toEqual([
      '570 show-warning',
      '600 hide-warning',
      '600 lock',
      '600 report-locked',
      '1800 sign-out',
      '1860 report-sign-out-failed',
    ]);
  });

  it('does not follow a lock by the user, because no warning announced it', () => {
    const run = simulate(signingOut, [at(20, { what: 'lock' })], quick, 10_000);
    expect(story(run)).toEqual([]);
  });

  it('is cancelled when the user unlocks the screen', () => {
    const run = simulate(signingOut, [at(1000, { what: 'unlock' })], quick, 600);
    expect(story(run)).not.toContain('1800 sign-out');
  });

  it('has a countdown of its own where the screen could not be locked', () => {
    const run = simulate(signingOut, [at(1, { what: 'locking', works: false })], quick, 2000);
    const reported = story(run).slice(-4);
    expect(reported[0]).toMatch(/^17[67]\d show-warning$/u);
    expect(reported[2]).toMatch(/^180\d sign-out$/u);
    const last = run.actions.findLast(({ effect }) => effect.kind === 'sign-out');
    expect(last?.warnedMs).toBeGreaterThanOrEqual(30_000);
  });
});

it('counts the seconds left from when the warning is on every display', () => {
  const warning = {
    ...startIdle(0),
    phase: { name: 'warning', purpose: 'lock', openedAtMs: 0, shownAtMs: 1000, readAtMs: 1000 },
  } as const;
  expect(warningSecondsLeft(warning, 1000, settings)).toBe(30);
  expect(warningSecondsLeft(warning, 1001, settings)).toBe(30);
  expect(warningSecondsLeft(warning, 30_999, settings)).toBe(1);
  expect(warningSecondsLeft(warning, 99_999, settings)).toBe(0);
  expect(warningSecondsLeft(startIdle(0), 0, settings)).toBeUndefined();
});

const anySettings: fc.Arbitrary<IdleSettings> = fc
  .record({
    lockAfterSeconds: fc.integer({ min: 60, max: 900 }),
    warningSeconds: fc.integer({ min: 20, max: 300 }),
    holdCeilingSeconds: fc.constantFrom(0, 60, 600, 3600),
    signOutLaterSeconds: fc.constantFrom(0, 0, 30, 600),
  })
  .map(({ signOutLaterSeconds, ...rest }) => ({
    ...rest,
    warningSeconds: Math.min(rest.warningSeconds, rest.lockAfterSeconds - 1),
    signOutAfterSeconds: signOutLaterSeconds === 0 ? 0 : rest.lockAfterSeconds + signOutLaterSeconds,
  }));

const anyLatencies = fc.record({
  readMs: fc.integer({ min: 0, max: 3000 }),
  paintMs: fc.integer({ min: 0, max: 4000 }),
  lockMs: fc.integer({ min: 0, max: 6000 }),
});

const person: readonly fc.Arbitrary<Happening>[] = [
  fc.constantFrom<Happening>({ what: 'input' }, { what: 'unlock' }, { what: 'stay' }),
  fc.boolean().map((on): Happening => ({ what: 'presentation', on })),
];
const everything: readonly fc.Arbitrary<Happening>[] = [
  ...person,
  fc.constantFrom<Happening>({ what: 'lock' }, { what: 'to-back' }, { what: 'to-front' }),
  fc.record({
    what: fc.constant('sleep' as const),
    seconds: fc.integer({ min: 1, max: 40_000 }),
    notified: fc.boolean(),
    sensorCounts: fc.boolean(),
  }),
  fc.boolean().map((work): Happening => ({ what: 'warnings', work })),
  fc.boolean().map((works): Happening => ({ what: 'locking', works })),
];
const planOf = (happenings: readonly fc.Arbitrary<Happening>[]): fc.Arbitrary<readonly Planned[]> =>
  fc.array(
    fc.record({
      afterSeconds: fc.oneof(
        fc.integer({ min: 0, max: 30 }).map((tenths) => tenths / 7),
        fc.integer({ min: 1, max: 900 }),
      ),
      happening: fc.oneof(...happenings),
    }),
    { maxLength: 30 },
  );

const kinds = (actions: readonly Action[], kind: Action['effect']['kind']) =>
  actions.filter(({ effect }) => effect.kind === kind);

describe('whatever happens', () => {
  it('never locks early, without a warning, from behind another session, or a screen that is locked already', () => {
    fc.assert(
      fc.property(anySettings, planOf(everything), anyLatencies, (chosen, plan, latencies) => {
        const { actions } = simulate(chosen, plan, latencies, 3000);
        let attemptsLeft = 0;
        for (const action of actions) {
          if (action.effect.kind === 'report-locked') attemptsLeft = 0;
          if (action.effect.kind !== 'lock') continue;
          expect(action.session).toMatchObject({ inFront: true, locked: false });
          expect(action.idleMs).toBeGreaterThanOrEqual(chosen.lockAfterSeconds * 1000);
          // Another try after the warning of this absence. Only a read shows that the session was behind another in between.
          if (action.warnedMs === undefined) expect(attemptsLeft).toBeGreaterThan(0);
          else {
            // A wake-up without a notification shows in the clock alone, from half a minute on.
            expect(action.sinceArmedMs).toBeGreaterThanOrEqual(chosen.warningSeconds * 1000);
            expect(action.warnedMs).toBeGreaterThanOrEqual(chosen.warningSeconds * 1000);
            attemptsLeft = Number.POSITIVE_INFINITY;
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('signs out only after the limit, announced on the screen, and once in an absence', () => {
    fc.assert(
      fc.property(anySettings, planOf(everything), anyLatencies, (chosen, plan, latencies) => {
        const { actions } = simulate(chosen, plan, latencies, 3000);
        if (chosen.signOutAfterSeconds === 0) expect(kinds(actions, 'sign-out')).toEqual([]);
        let lastAbsence = -1;
        for (const action of kinds(actions, 'sign-out')) {
          expect(action.session.inFront).toBe(true);
          expect(action.idleMs).toBeGreaterThanOrEqual(
            Math.min(chosen.signOutAfterSeconds, chosen.lockAfterSeconds + chosen.warningSeconds) * 1000,
          );
          if (action.session.locked) {
            // A warning announced it, was shown long enough, and no unlock came after it.
            const shown = actions.some(
              ({ effect, atMs }) => effect.kind === 'show-warning' && atMs <= action.atMs,
            );
            expect(shown).toBe(true);
          } else expect(action.warnedMs).toBeGreaterThanOrEqual(chosen.warningSeconds * 1000);
          expect(action.absence).toBeGreaterThan(lastAbsence);
          lastAbsence = action.absence;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never leaves an open screen longer than limit, ceiling and warning, where warnings and locking work', () => {
    fc.assert(
      fc.property(anySettings, planOf(person), anyLatencies, (chosen, plan, latencies) => {
        const run = simulate(chosen, plan, latencies, 9000);
        // The time that reading, painting and locking take, twice, and the two seconds of the sensor's steps.
        const slackMs = 2 * (latencies.readMs + latencies.paintMs + latencies.lockMs) + 2000;
        const { lockAfterSeconds, holdCeilingSeconds, warningSeconds } = chosen;
        expect(run.longestOpenMs).toBeLessThanOrEqual(
          (lockAfterSeconds + holdCeilingSeconds + warningSeconds) * 1000 + slackMs,
        );
      }),
      { numRuns: 400 },
    );
  });

  it('locks once in an absence, and ends with a locked screen', () => {
    fc.assert(
      fc.property(anySettings, planOf(person), anyLatencies, (chosen, plan, latencies) => {
        const run = simulate({ ...chosen, signOutAfterSeconds: 0 }, plan, latencies, 9000);
        expect(run.state.phase.name).toBe('away');
        expect(kinds(run.actions, 'lock').length).toBe(run.lockedAtMs.length);
        expect(kinds(run.actions, 'report-locked').length).toBe(run.lockedAtMs.length);
      }),
      { numRuns: 300 },
    );
  });
});
