import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyWatch,
  fallAsleep,
  type Observation,
  observe,
  returnWithinMs,
  settleAfterWakingMs,
  type Watch,
  wakeUp,
} from '../../../../../electron/domain/media/insertions.ts';
import { isWarningDue, noteWarning } from '../../../../../electron/domain/media/warn-again.ts';
import type { Device } from '../../../../../shared/device/device.ts';
import { anyMedium, makeMedium } from '../../../../support/media-arbitraries.ts';

const stick = makeMedium();
const again = makeMedium({ key: 'usb 1-2#8' });
const elsewhere = makeMedium({ key: 'usb 1-3#9', port: '1-3' });

/** Looks at what is there at each moment and answers how each insertion came. */
function follow(steps: readonly (readonly [atMs: number, media: readonly Device[]])[], start = emptyWatch) {
  let watch: Watch = start;
  const arrived: string[] = [];
  let last: Observation | undefined;
  for (const [atMs, media] of steps) {
    last = observe(watch, media, atMs);
    watch = last.watch;
    arrived.push(...last.arrived.map(({ arrival, medium }) => `${arrival} ${medium.key}`));
  }
  return { arrived, watch, there: watch.insertions.length, lookAgainAtMs: last?.lookAgainAtMs };
}

describe('insertions', () => {
  it('tells what was there from what is put in', () => {
    expect(
      follow([
        [0, [stick]],
        [1000, [stick, elsewhere]],
      ]).arrived,
    ).toEqual(['present usb 1-2#7', 'inserted usb 1-3#9']);
  });

  it('calls present what was there at the start although its volumes came later', () => {
    const waiting = makeMedium({ isReady: false, volumes: [] });
    expect(
      follow([
        [0, [waiting]],
        [2000, [stick]],
      ]).arrived,
    ).toEqual(['present usb 1-2#7']);
    expect(
      follow([
        [0, [waiting]],
        [60_000, [stick]],
      ]).arrived,
    ).toEqual(['inserted usb 1-2#7']);
  });

  it('makes one of a reset of the port, and two of a stick that is pulled and put in again', () => {
    const reset = follow([
      [0, []],
      [1000, [stick]],
      [5000, []],
      [6500, [again]],
    ]);
    expect(reset.arrived).toEqual(['inserted usb 1-2#7']);
    expect(reset.watch.insertions[0]?.medium.key).toBe('usb 1-2#8');
    const plugged = follow([
      [0, []],
      [1000, [stick]],
      [5000, []],
      [5000 + returnWithinMs, []],
      [9000, [again]],
    ]);
    expect(plugged.arrived).toEqual(['inserted usb 1-2#7', 'inserted usb 1-2#8']);
  });

  it('takes another stick at the same port as another, however fast', () => {
    const other = makeMedium({ key: 'usb 1-2#8', serial: 'ANOTHER-ONE-7' });
    expect(
      follow([
        [0, []],
        [1000, [stick]],
        [2000, []],
        [2100, [other]],
      ]).arrived,
    ).toHaveLength(2);
  });

  it('asks to be called when something that left may be gone for good', () => {
    const left = follow([
      [0, [stick]],
      [5000, []],
    ]);
    expect(left.lookAgainAtMs).toBe(5000 + returnWithinMs);
    const gone = observe(left.watch, [], 5000 + returnWithinMs);
    expect(gone.ended).toHaveLength(1);
    expect(gone.lookAgainAtMs).toBeUndefined();
  });

  it('keeps through sleep what comes back elsewhere, and calls present what is new after it', () => {
    const asleep = fallAsleep(
      follow([
        [0, []],
        [1000, [stick]],
      ]).watch,
    );
    const inTheNight = observe(asleep, [], 2000);
    expect(inTheNight.ended).toEqual([]);
    const awake = wakeUp(observe(inTheNight.watch, [], 900_000).watch, 1_000_000);
    const other = makeMedium({ key: 'usb 2-1#2', port: '2-1', serial: 'ANOTHER-ONE-7' });
    const morning = follow(
      [
        [1_000_100, []],
        [1_004_000, [elsewhere]],
        [1_008_000, [elsewhere, other]],
      ],
      awake,
    );
    expect(morning.arrived).toEqual(['present usb 2-1#2']);
    expect(morning.there).toBe(2);
  });

  it('lets go after waking up of what does not come back', () => {
    const awake = wakeUp(fallAsleep(follow([[0, [stick]]]).watch), 10_000);
    const first = observe(awake, [], 10_100);
    expect(first.ended).toEqual([]);
    expect(first.lookAgainAtMs).toBe(10_000 + settleAfterWakingMs);
    expect(observe(first.watch, [], 10_000 + settleAfterWakingMs).ended).toHaveLength(1);
  });

  it('follows any coming and going without losing or doubling anything', () => {
    const looks = fc.array(
      fc.record({
        media: fc.uniqueArray(anyMedium, { maxLength: 4, selector: ({ key }) => key }),
        afterMs: fc.integer({ min: 0, max: 5000 }),
        sleep: fc.constantFrom('no', 'no', 'no', 'sleep', 'wake'),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(looks, (all) => {
        let watch = emptyWatch;
        let nowMs = 0;
        let isFirst = true;
        for (const { media, afterMs, sleep } of all) {
          nowMs += afterMs;
          if (sleep === 'sleep') watch = fallAsleep(watch);
          if (sleep === 'wake') watch = wakeUp(watch, nowMs);
          const before = watch;
          const seen = observe(watch, media, nowMs);
          watch = seen.watch;
          const there = watch.insertions.filter(({ leftAtMs }) => leftAtMs === undefined);
          expect(there.map(({ medium }) => medium.key).toSorted()).toEqual(
            media
              .filter(({ isReady }) => isReady)
              .map(({ key }) => key)
              .toSorted(),
          );
          const numbers = watch.insertions.map(({ number }) => number);
          expect(new Set(numbers).size).toBe(numbers.length);
          expect(watch.insertions.length).toBe(
            before.insertions.length + seen.arrived.length - seen.ended.length,
          );
          if (isFirst) expect(seen.arrived.every(({ arrival }) => arrival === 'present')).toBe(true);
          isFirst = false;
          // Looking again at the same moment changes nothing.
          expect(observe(watch, media, nowMs).arrived).toEqual([]);
        }
        for (const atMs of [nowMs + settleAfterWakingMs, nowMs + 2 * settleAfterWakingMs + returnWithinMs]) {
          watch = observe(wakeUp(watch, atMs), [], atMs).watch;
        }
        nowMs += 4 * settleAfterWakingMs;
        watch = observe(watch, [], nowMs).watch;
        expect(watch.insertions).toEqual([]);
      }),
    );
  });
});

describe('warning again', () => {
  const hourMs = 3_600_000;

  it('waits an hour for the same thing and the same problem, at whichever port', () => {
    const given = noteWarning([], stick, ['not-encrypted'], 0, hourMs);
    expect(isWarningDue(elsewhere, ['not-encrypted'], given, hourMs - 1, hourMs)).toBe(false);
    expect(isWarningDue(elsewhere, ['not-encrypted'], given, hourMs, hourMs)).toBe(true);
    expect(isWarningDue(stick, ['not-encrypted', 'not-approved'], given, 10, hourMs)).toBe(true);
    expect(isWarningDue(stick, [], given, 2 * hourMs, hourMs)).toBe(false);
  });

  it('knows a stick without a number by its port', () => {
    const bare = makeMedium({ serial: '' });
    const given = noteWarning([], bare, ['not-encrypted'], 0, hourMs);
    expect(
      isWarningDue(makeMedium({ serial: '', key: 'usb 1-2#9' }), ['not-encrypted'], given, 10, hourMs),
    ).toBe(false);
    expect(isWarningDue(makeMedium({ serial: '', port: '1-3' }), ['not-encrypted'], given, 10, hourMs)).toBe(
      true,
    );
  });

  it('repeats at once where the school sets no pause, and forgets what is old', () => {
    const given = noteWarning([], stick, ['not-encrypted'], 0, 0);
    expect(isWarningDue(stick, ['not-encrypted'], given, 0, 0)).toBe(true);
    expect(noteWarning(given, elsewhere, ['not-approved'], 2 * hourMs, hourMs)).toHaveLength(1);
    const both = noteWarning(given, stick, ['not-approved'], 10, hourMs);
    expect(noteWarning(both, stick, ['not-approved'], 20, hourMs)).toHaveLength(2);
  });
});
