import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyTracker,
  fallAsleep,
  type InsertionTracker,
  returnWithinMs,
  settleAfterWakingMs,
  type TrackedInsertions,
  trackInsertions,
  wakeUp,
} from '../../../../../electron/domain/media/track-insertions.ts';
import { isWarningDue, noteWarning } from '../../../../../electron/domain/media/warning-history.ts';
import type { Device } from '../../../../../shared/device/device.ts';
import { anyDevice, makeDevice } from '../../../../support/device-arbitraries.ts';

const stick = makeDevice();
const again = makeDevice({ key: 'usb 1-2#8' });
const elsewhere = makeDevice({ key: 'usb 1-3#9', port: '1-3' });

/** Tracks the devices at each moment, and returns how each insertion arrived. */
function follow(
  steps: readonly (readonly [atMs: number, devices: readonly Device[]])[],
  start = emptyTracker,
) {
  let tracker: InsertionTracker = start;
  const arrived: string[] = [];
  let last: TrackedInsertions | undefined;
  for (const [atMs, devices] of steps) {
    last = trackInsertions(tracker, devices, atMs);
    tracker = last.tracker;
    arrived.push(...last.arrived.map(({ arrival, device }) => `${arrival} ${device.key}`));
  }
  return { arrived, tracker, there: tracker.insertions.length, refreshAtMs: last?.refreshAtMs };
}

describe('insertions', () => {
  it('distinguishes what was present at the start from what the user plugs in', () => {
    expect(
      follow([
        [0, [stick]],
        [1000, [stick, elsewhere]],
      ]).arrived,
    ).toEqual(['present usb 1-2#7', 'inserted usb 1-3#9']);
  });

  it('calls a device present that was there at the start, although its volumes came later', () => {
    const waiting = makeDevice({ isReady: false, volumes: [] });
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

  it('counts a reset of the port as one insertion, and a stick that is unplugged and plugged in again as two', () => {
    const reset = follow([
      [0, []],
      [1000, [stick]],
      [5000, []],
      [6500, [again]],
    ]);
    expect(reset.arrived).toEqual(['inserted usb 1-2#7']);
    expect(reset.tracker.insertions[0]?.device.key).toBe('usb 1-2#8');
    const plugged = follow([
      [0, []],
      [1000, [stick]],
      [5000, []],
      [5000 + returnWithinMs, []],
      [9000, [again]],
    ]);
    expect(plugged.arrived).toEqual(['inserted usb 1-2#7', 'inserted usb 1-2#8']);
  });

  it('counts another stick at the same port as another insertion, however fast it comes', () => {
    const other = makeDevice({ key: 'usb 1-2#8', serial: 'ANOTHER-ONE-7' });
    expect(
      follow([
        [0, []],
        [1000, [stick]],
        [2000, []],
        [2100, [other]],
      ]).arrived,
    ).toHaveLength(2);
  });

  it.each([
    ['under its key', stick],
    ['as a new connection', again],
  ])(
    'ends one that is over, although the next refresh comes late and finds the device back %s',
    (_how, back) => {
      const left = follow([
        [0, [stick]],
        [5000, []],
      ]);
      const late = trackInsertions(left.tracker, [back], 5000 + returnWithinMs);
      expect(late.ended.map(({ number }) => number)).toEqual([1]);
      expect(late.arrived).toMatchObject([{ number: 2, arrival: 'inserted' }]);
    },
  );

  it('asks for a refresh at the time when a device that left counts as gone', () => {
    const left = follow([
      [0, [stick]],
      [5000, []],
    ]);
    expect(left.refreshAtMs).toBe(5000 + returnWithinMs);
    const gone = trackInsertions(left.tracker, [], 5000 + returnWithinMs);
    expect(gone.ended).toHaveLength(1);
    expect(gone.refreshAtMs).toBeUndefined();
  });

  it('keeps through sleep a device that comes back at another port, and calls present what is new after it', () => {
    const asleep = fallAsleep(
      follow([
        [0, []],
        [1000, [stick]],
      ]).tracker,
    );
    const inTheNight = trackInsertions(asleep, [], 2000);
    expect(inTheNight.ended).toEqual([]);
    const awake = wakeUp(trackInsertions(inTheNight.tracker, [], 900_000).tracker, 1_000_000);
    const other = makeDevice({ key: 'usb 2-1#2', port: '2-1', serial: 'ANOTHER-ONE-7' });
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

  it('ends, after waking up, the insertion of a device that does not come back', () => {
    const awake = wakeUp(fallAsleep(follow([[0, [stick]]]).tracker), 10_000);
    const first = trackInsertions(awake, [], 10_100);
    expect(first.ended).toEqual([]);
    expect(first.refreshAtMs).toBe(10_000 + settleAfterWakingMs);
    expect(trackInsertions(first.tracker, [], 10_000 + settleAfterWakingMs).ended).toHaveLength(1);
  });

  it('follows any sequence of arrivals and departures without losing or doubling an insertion', () => {
    const looks = fc.array(
      fc.record({
        devices: fc.uniqueArray(anyDevice, { maxLength: 4, selector: ({ key }) => key }),
        afterMs: fc.integer({ min: 0, max: 5000 }),
        sleep: fc.constantFrom('no', 'no', 'no', 'sleep', 'wake'),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(looks, (all) => {
        let tracker = emptyTracker;
        let nowMs = 0;
        let isFirst = true;
        for (const { devices, afterMs, sleep } of all) {
          nowMs += afterMs;
          if (sleep === 'sleep') tracker = fallAsleep(tracker);
          if (sleep === 'wake') tracker = wakeUp(tracker, nowMs);
          const before = tracker;
          const seen = trackInsertions(tracker, devices, nowMs);
          tracker = seen.tracker;
          const there = tracker.insertions.filter(({ leftAtMs }) => leftAtMs === undefined);
          expect(there.map(({ device }) => device.key).toSorted()).toEqual(
            devices
              .filter(({ isReady }) => isReady)
              .map(({ key }) => key)
              .toSorted(),
          );
          const numbers = tracker.insertions.map(({ number }) => number);
          expect(new Set(numbers).size).toBe(numbers.length);
          expect(tracker.insertions.length).toBe(
            before.insertions.length + seen.arrived.length - seen.ended.length,
          );
          if (isFirst) expect(seen.arrived.every(({ arrival }) => arrival === 'present')).toBe(true);
          isFirst = false;
          // A second refresh at the same moment changes nothing.
          expect(trackInsertions(tracker, devices, nowMs).arrived).toEqual([]);
        }
        for (const atMs of [nowMs + settleAfterWakingMs, nowMs + 2 * settleAfterWakingMs + returnWithinMs]) {
          tracker = trackInsertions(wakeUp(tracker, atMs), [], atMs).tracker;
        }
        nowMs += 4 * settleAfterWakingMs;
        tracker = trackInsertions(tracker, [], nowMs).tracker;
        expect(tracker.insertions).toEqual([]);
      }),
    );
  });
});

describe('a repeated warning', () => {
  const hourMs = 3_600_000;

  it('waits an hour for the same device and the same problem, at any port', () => {
    const given = noteWarning([], stick, ['not-encrypted'], 0, hourMs);
    expect(isWarningDue(elsewhere, ['not-encrypted'], given, hourMs - 1, hourMs)).toBe(false);
    expect(isWarningDue(elsewhere, ['not-encrypted'], given, hourMs, hourMs)).toBe(true);
    expect(isWarningDue(stick, ['not-encrypted', 'not-approved'], given, 10, hourMs)).toBe(true);
    expect(isWarningDue(stick, [], given, 2 * hourMs, hourMs)).toBe(false);
  });

  it('recognises a stick without a serial number by its port', () => {
    const bare = makeDevice({ serial: '' });
    const given = noteWarning([], bare, ['not-encrypted'], 0, hourMs);
    expect(
      isWarningDue(makeDevice({ serial: '', key: 'usb 1-2#9' }), ['not-encrypted'], given, 10, hourMs),
    ).toBe(false);
    expect(isWarningDue(makeDevice({ serial: '', port: '1-3' }), ['not-encrypted'], given, 10, hourMs)).toBe(
      true,
    );
  });

  it('comes at once where the school sets no pause, and old warnings are forgotten', () => {
    const given = noteWarning([], stick, ['not-encrypted'], 0, 0);
    expect(isWarningDue(stick, ['not-encrypted'], given, 0, 0)).toBe(true);
    expect(noteWarning(given, elsewhere, ['not-approved'], 2 * hourMs, hourMs)).toHaveLength(1);
    const both = noteWarning(given, stick, ['not-approved'], 10, hourMs);
    expect(noteWarning(both, stick, ['not-approved'], 20, hourMs)).toHaveLength(2);
  });
});
