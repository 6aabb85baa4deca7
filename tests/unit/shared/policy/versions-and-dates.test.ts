/** The order of versions, the canonical form of texts, and which packs are current. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText } from '../../../../shared/policy/canonical-text.ts';
import { compareVersions } from '../../../../shared/policy/compare-versions.ts';
import { currentPacks } from '../../../../shared/policy/current-packs.ts';
import { policyVersionSchema } from '../../../../shared/policy/pack.ts';
import { calendarDateAt, formatCalendarDate } from '../../../../shared/policy/school-calendar.ts';
import { makePack } from '../../../fixtures/make-pack.ts';

const version = fc
  .array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 })
  .map((parts) => policyVersionSchema.parse(parts.join('.')));

describe('versions', () => {
  test.each([
    ['2', '10', -1],
    ['2026.2', '2026.10', -1],
    ['1.9.9', '2', -1],
    ['2', '2.0.0', 0],
    ['02', '2', 0],
    ['2.0.1', '2', 1],
  ])('%s beside %s', (left, right, sign) => {
    expect(Math.sign(compareVersions(left, right))).toBe(sign);
  });

  test('have one order in both directions', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

test('the canonical form of a canonical text is the same text, without carriage returns or a byte-order mark', () => {
  const piece = fc.constantFrom('\uFEFF', '\r', '\n', '\r\n', 'e\u0301', 'w\u0302', '\u1E00', 'x');
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      const text = canonicalText(pieces.join(''));
      expect(canonicalText(text)).toBe(text);
      expect(text).not.toMatch(/^\uFEFF|\r/u);
    }),
  );
});

describe('the school’s date', () => {
  test.each([
    ['2026-06-30T23:30:00Z', 'Europe/London', '2026-07-01'],
    ['2026-12-31T23:30:00Z', 'Europe/London', '2026-12-31'],
    ['2026-03-29T00:59:59Z', 'Europe/London', '2026-03-29'],
    ['2026-12-31T23:30:00Z', 'Pacific/Auckland', '2027-01-01'],
    ['0050-03-01T12:00:00Z', 'UTC', '0050-03-01'],
  ])('%s in %s is %s', (instant, timeZone, date) => {
    expect(formatCalendarDate(calendarDateAt(new Date(instant), timeZone))).toBe(date);
  });
});

describe('current packs', () => {
  const today = { year: 2026, month: 9, day: 1 };
  const named = (packs: ReturnType<typeof currentPacks>) =>
    packs.map(({ manifest }) => `${manifest.id} ${manifest.version}`);

  test('are the newest in effect per policy, in their order', () => {
    const packs = [
      makePack({ id: 'zebra', version: '1', order: 1 }),
      makePack({ id: 'aup', version: '9', effectiveFrom: '2026-08-31' }),
      makePack({ id: 'aup', version: '10', effectiveFrom: '2026-09-01' }),
      makePack({ id: 'aup', version: '11', effectiveFrom: '2026-09-02' }),
      makePack({ id: 'phones', version: '3' }),
    ];
    expect(named(currentPacks(packs, 'staff', today))).toEqual(['zebra 1', 'aup 10', 'phones 3']);
  });

  test('are the newest of all if the collector has left out later versions', () => {
    const packs = [
      makePack({ id: 'aup', version: '9', effectiveFrom: '2026-09-01' }),
      makePack({ id: 'aup', version: '10', effectiveFrom: '2027-09-01' }),
    ];
    expect(named(currentPacks(packs, 'staff', { year: 2015, month: 1, day: 1 }))).toEqual([]);
    expect(named(currentPacks(packs, 'staff', undefined))).toEqual(['aup 10']);
  });

  test('leave out a policy that was withdrawn from the audience, and do not bring its old text back', () => {
    const packs = [
      makePack({ version: '1', audiences: ['staff', 'visitor'] }),
      makePack({ version: '2', audiences: ['staff'] }),
    ];
    expect(named(currentPacks(packs, 'visitor', today))).toEqual([]);
    expect(named(currentPacks(packs, 'staff', today))).toEqual(['staff 2']);
  });

  test('are the same in any order of the found packs, even when two claim one version', () => {
    const packs = [makePack({}, 'one'), makePack({}, 'two'), makePack({ id: 'b' }), makePack({ id: 'a' })];
    const expected = currentPacks(packs, 'staff', today);
    expect(expected).toHaveLength(3);
    fc.assert(
      fc.property(fc.shuffledSubarray(packs, { minLength: packs.length }), (shuffled) => {
        expect(currentPacks(shuffled, 'staff', today)).toEqual(expected);
      }),
    );
  });
});
