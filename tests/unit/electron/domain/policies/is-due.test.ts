/** When a policy has to be accepted again: by version, by text, by login and by the calendar. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AcceptanceRecord, type Due, isDue } from '../../../../../electron/domain/policies/is-due.ts';
import type { PackManifest, Renewal } from '../../../../../shared/policy/pack.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const timeZones = ['Europe/London', 'Pacific/Auckland', 'America/Los_Angeles', 'Pacific/Kiritimati', 'UTC'];
const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const notDue = { due: false };

function due(reason: string, previousVersion: string) {
  return { due: true, reason, previousVersion };
}

/** Checks an acceptance of the pack's own English text, unless the changes say otherwise. */
function ask(
  changes: Partial<PackManifest>,
  record: Partial<AcceptanceRecord>,
  { now = '2026-11-22T09:00:00Z', loginId = 'today', timeZone = 'Europe/London' } = {},
): Due {
  const pack = makePack({ version: '2', material: false, ...changes });
  return isDue({
    pack,
    record: {
      policyVersion: pack.manifest.version,
      textSha256: pack.textSha256['en-GB'],
      decidedAt: '2026-11-01T09:00:00Z',
      ...record,
    },
    loginId,
    now: new Date(now),
    timeZone,
  });
}

test('a user without any record is asked for the first time', () => {
  const question = {
    pack: makePack(),
    record: undefined,
    loginId: 'l',
    now: new Date('2026-01-01T00:00:00Z'),
  };
  expect(isDue(question)).toEqual({ due: true, reason: 'first' });
});

describe('by version', () => {
  const otherText = { textSha256: 'f'.repeat(64) };
  test.each([
    ['the same text', {}, {}, notDue],
    ['the same text in Welsh', {}, { textSha256: makePack({ version: '2' }).textSha256['cy-GB'] }, notDue],
    ['the same version with another text', {}, otherText, due('material', '2')],
    ['the same version written otherwise', {}, { policyVersion: '2.0.0' }, notDue],
    ['an older version, nothing material since', {}, { policyVersion: '1', ...otherText }, notDue],
    [
      'an older version, this one material',
      { material: true },
      { policyVersion: '1', ...otherText },
      due('material', '1'),
    ],
    [
      'an older version with the same text, this one material',
      { material: true },
      { policyVersion: '1' },
      due('material', '1'),
    ],
    [
      'a version before the last material one',
      { materialSince: '1.5' },
      { policyVersion: '1.4', ...otherText },
      due('material', '1.4'),
    ],
    ['the last material version', { materialSince: '1.5' }, { policyVersion: '1.5', ...otherText }, notDue],
    [
      'a version since the last material one',
      { materialSince: '1.5' },
      { policyVersion: '1.6', ...otherText },
      notDue,
    ],
    ['a newer version', { material: true }, { policyVersion: '3', ...otherText }, notDue],
    [
      'a newer version by number, not by letter',
      { material: true, version: '9' },
      { policyVersion: '10', ...otherText },
      notDue,
    ],
  ])('accepted: %s', (_what, changes, record, answer) => {
    expect(ask(changes, record)).toEqual(answer);
  });

  test('a newer version is still renewed', () => {
    const renewal: Renewal = { rule: 'rolling', period: 'P1W' };
    expect(ask({ renewal }, { policyVersion: '3' })).toEqual(due('renewal', '3'));
  });

  test('the same version with another text is material whatever the renewal rule', () => {
    expect(ask({ renewal: { rule: 'every-login' } }, otherText)).toEqual(due('material', '2'));
  });
});

describe('every login', () => {
  const renewal: Renewal = { rule: 'every-login' };
  test.each([
    ['this session', { loginId: 'today' }, notDue],
    ['another session', { loginId: 'yesterday' }, due('every-login', '2')],
    ['a session that the collector does not name', {}, due('every-login', '2')],
  ])('accepted in %s', (_what, record, answer) => {
    expect(ask({ renewal }, record)).toEqual(answer);
  });
});

describe('a rolling period', () => {
  test.each([
    ['P1Y', '2025-11-23T09:00:00Z', '2026-11-22T23:59:59Z', false],
    ['P1Y', '2025-11-22T23:00:00Z', '2026-11-22T00:00:00Z', true],
    ['P1Y', '2024-02-29T12:00:00Z', '2025-02-27T23:59:59Z', false],
    ['P1Y', '2024-02-29T12:00:00Z', '2025-02-28T00:00:00Z', true],
    ['P4Y', '2024-02-29T12:00:00Z', '2028-02-28T23:59:59Z', false],
    ['P4Y', '2024-02-29T12:00:00Z', '2028-02-29T00:00:00Z', true],
    ['P1M', '2026-01-31T12:00:00Z', '2026-02-27T23:59:59Z', false],
    ['P1M', '2026-01-31T12:00:00Z', '2026-02-28T00:00:00Z', true],
    ['P13M', '2026-12-31T12:00:00Z', '2028-01-30T23:59:59Z', false],
    ['P13M', '2026-12-31T12:00:00Z', '2028-01-31T00:00:00Z', true],
    ['P2W', '2026-03-22T12:00:00Z', '2026-04-04T22:59:59Z', false],
    ['P2W', '2026-03-22T12:00:00Z', '2026-04-04T23:00:00Z', true],
    ['P1M2W3D', '2026-01-31T12:00:00Z', '2026-03-16T23:59:59Z', false],
    ['P1M2W3D', '2026-01-31T12:00:00Z', '2026-03-17T00:00:00Z', true],
    ['P1D', '2026-06-30T22:59:59Z', '2026-06-30T23:00:00Z', true],
    ['P1D', '2026-06-30T23:00:00Z', '2026-07-01T22:59:59Z', false],
  ])('of %s from %s, at %s', (period, decidedAt, now, isNowDue) => {
    expect(ask({ renewal: { rule: 'rolling', period } }, { decidedAt }, { now }).due).toBe(isNowDue);
  });
});

describe('a fixed date', () => {
  test.each([
    ['09-01', '2026-08-31T22:59:59Z', '2026-08-31T23:00:00Z', true],
    ['09-01', '2026-08-31T22:59:58Z', '2026-08-31T22:59:59Z', false],
    ['09-01', '2026-08-31T23:00:00Z', '2027-08-31T22:59:59Z', false],
    ['09-01', '2026-09-01T08:40:00Z', '2027-08-31T22:59:59Z', false],
    ['09-01', '2026-09-01T08:40:00Z', '2027-08-31T23:00:00Z', true],
    ['09-01', '2024-09-02T08:40:00Z', '2026-03-01T00:00:00Z', true],
    ['01-01', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z', true],
    ['01-01', '2026-01-01T00:00:00Z', '2026-12-31T23:59:59Z', false],
    ['03-29', '2026-03-28T23:59:59Z', '2026-03-29T00:00:00Z', true],
    ['02-28', '2024-02-27T12:00:00Z', '2024-02-29T12:00:00Z', true],
  ])('of %s, accepted %s, at %s', (date, decidedAt, now, isNowDue) => {
    expect(ask({ renewal: { rule: 'fixed-date', date } }, { decidedAt }, { now }).due).toBe(isNowDue);
  });

  test('starts at the school’s own midnight', () => {
    const renewal: Renewal = { rule: 'fixed-date', date: '09-01' };
    const record = { decidedAt: '2026-08-20T09:00:00Z' };
    const now = '2026-08-31T13:00:00Z';
    expect(ask({ renewal }, record, { now, timeZone: 'Pacific/Auckland' }).due).toBe(true);
    expect(ask({ renewal }, record, { now, timeZone: 'Europe/London' }).due).toBe(false);
  });

  test('is in London’s zone where no other zone is configured', () => {
    const pack = makePack({ renewal: { rule: 'fixed-date', date: '09-01' } });
    const { version: policyVersion } = pack.manifest;
    const record = { policyVersion, textSha256: pack.textSha256['en-GB'], decidedAt: '2026-08-20T09:00:00Z' };
    const at = (now: string) => isDue({ pack, record, loginId: 'l', now: new Date(now) }).due;
    expect([at('2026-08-31T22:59:59Z'), at('2026-08-31T23:00:00Z')]).toEqual([false, true]);
  });
});

describe('a clock that was wrong', () => {
  const yearly = { renewal: { rule: 'rolling', period: 'P1Y' } as const, effectiveFrom: '2026-09-01' };
  const september = { renewal: { rule: 'fixed-date', date: '09-01' } as const, effectiveFrom: '2026-09-01' };

  test.each([
    [
      'a day ahead is another PC’s clock, and let be',
      yearly,
      '2026-11-23T09:00:00Z',
      '2026-11-22T09:00:00Z',
      false,
    ],
    [
      'an acceptance twenty hours ahead counts from its own day',
      { ...yearly, effectiveFrom: '2020-09-01' },
      '2026-11-23T05:00:00Z',
      '2026-11-22T09:00:00Z',
      false,
    ],
    [
      'an acceptance two days ahead counts from when the version applied',
      { ...yearly, effectiveFrom: '2020-09-01' },
      '2026-11-24T09:00:01Z',
      '2026-11-22T09:00:00Z',
      true,
    ],
    [
      'a record of 2099 is not asked again within the year',
      yearly,
      '2099-01-01T00:00:00Z',
      '2026-11-22T09:00:00Z',
      false,
    ],
    [
      'a record of 2099 does not end the renewals',
      yearly,
      '2099-01-01T00:00:00Z',
      '2027-09-01T09:00:00Z',
      true,
    ],
    [
      'a record of 2099 is not asked again before September',
      september,
      '2099-01-01T00:00:00Z',
      '2027-08-31T09:00:00Z',
      false,
    ],
    [
      'a record of 2099 is asked in September',
      september,
      '2099-01-01T00:00:00Z',
      '2027-09-01T09:00:00Z',
      true,
    ],
    ['this PC in 2015 asks nobody again', yearly, '2026-11-01T09:00:00Z', '2015-01-01T00:00:00Z', false],
    [
      'this PC in 2015 asks nobody again for September',
      september,
      '2026-11-01T09:00:00Z',
      '2015-01-01T00:00:00Z',
      false,
    ],
    [
      'a time that is none counts from when the version applied',
      yearly,
      'yesterday',
      '2027-08-31T09:00:00Z',
      false,
    ],
    ['a time that is none does not end the renewals', yearly, 'yesterday', '2027-09-01T09:00:00Z', true],
  ])('%s', (_what, changes, decidedAt, now, isNowDue) => {
    expect(ask(changes, { decidedAt }, { now }).due).toBe(isNowDue);
  });
});

describe('whatever the rule, the time and the zone', () => {
  const instant = fc.date({
    min: new Date('2020-01-01T00:00:00Z'),
    max: new Date('2060-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  const timeZone = fc.constantFrom(...timeZones);
  const rolling = fc
    .record({
      years: fc.nat({ max: 5 }),
      months: fc.nat({ max: 30 }),
      weeks: fc.nat({ max: 10 }),
      days: fc.nat({ max: 400 }),
    })
    .filter(({ years, months, weeks, days }) => years + months + weeks + days > 0)
    .map(
      ({ years, months, weeks, days }): Renewal => ({
        rule: 'rolling',
        period: `P${years}Y${months}M${weeks}W${days}D`,
      }),
    );
  const fixed = fc
    .date({
      min: new Date('2026-01-01T00:00:00Z'),
      max: new Date('2026-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date): Renewal => ({ rule: 'fixed-date', date: date.toISOString().slice(5, 10) }));
  const calendarRule = fc.oneof(rolling, fixed);
  const at = (renewal: Renewal, decided: Date, now: Date, zone: string) =>
    ask({ renewal }, { decidedAt: decided.toISOString() }, { now: now.toISOString(), timeZone: zone }).due;
  const later = (date: Date, byMs: number) => new Date(date.getTime() + byMs);

  test('no policy is due at the moment of its acceptance', () => {
    fc.assert(
      fc.property(
        fc.oneof(calendarRule, fc.constant<Renewal>({ rule: 'once' })),
        instant,
        timeZone,
        (renewal, now, zone) => {
          expect(at(renewal, now, now, zone)).toBe(false);
        },
      ),
    );
  });

  test('a policy that is due stays due until it is accepted, and is then not due', () => {
    fc.assert(
      fc.property(
        calendarRule,
        instant,
        fc.nat({ max: 9000 }),
        fc.nat({ max: 9000 }),
        timeZone,
        (renewal, decided, hours, more, zone) => {
          const now = later(decided, hours * hourMs);
          if (!at(renewal, decided, now, zone)) return;
          expect(at(renewal, decided, later(now, more * hourMs), zone)).toBe(true);
          expect(at(renewal, now, now, zone)).toBe(false);
        },
      ),
    );
  });

  test('a yearly date is due within a leap year and a day', () => {
    fc.assert(
      fc.property(fixed, instant, timeZone, (renewal, decided, zone) => {
        expect(at(renewal, decided, later(decided, 367 * dayMs), zone)).toBe(true);
      }),
    );
  });

  test('a period is due once its longest count is over, and not before its shortest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), instant, timeZone, (months, decided, zone) => {
        const renewal: Renewal = { rule: 'rolling', period: `P${months}M` };
        expect(at(renewal, decided, later(decided, (months * 31 + 1) * dayMs), zone)).toBe(true);
        expect(at(renewal, decided, later(decided, Math.floor(months * 28 - 2) * dayMs), zone)).toBe(false);
      }),
    );
  });
});
