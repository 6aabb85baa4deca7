/** The notice before a renewal names the exact day on which the gate asks. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duePolicies, type PolicyAcceptance } from '../../../../../electron/domain/policies/due-policies.ts';
import { upcomingRenewals } from '../../../../../electron/domain/policies/upcoming.ts';
import type { Renewal } from '../../../../../shared/policy/pack.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const timeZone = 'Europe/London';

function noticeOf(renewal: Renewal, decidedAt: string, now: string) {
  const pack = makePack({ renewal });
  const record = { policyId: 'staff', policyVersion: '1', textSha256: pack.textSha256['en-GB'], decidedAt };
  return upcomingRenewals([pack], [record], { loginId: 'l', now: new Date(now), timeZone }).map(
    ({ dueOn }) => dueOn,
  );
}

describe('a notice', () => {
  const yearly: Renewal = { rule: 'rolling', period: 'P1Y' };
  const autumn: Renewal = { rule: 'fixed-date', date: '09-01' };
  test.each<[string, Renewal, string, string, string[]]>([
    ['comes two weeks before', yearly, '2025-12-06T09:00:00Z', '2026-11-22T09:00:00Z', ['2026-12-06']],
    ['not sooner', yearly, '2025-12-07T09:00:00Z', '2026-11-22T09:00:00Z', []],
    ['is there the day before', yearly, '2025-11-23T09:00:00Z', '2026-11-22T09:00:00Z', ['2026-11-23']],
    ['is over when the day has come', yearly, '2025-11-22T09:00:00Z', '2026-11-22T09:00:00Z', []],
    ['names the fixed date', autumn, '2025-09-02T09:00:00Z', '2026-08-20T09:00:00Z', ['2026-09-01']],
    ['counts the school’s days', autumn, '2025-09-02T09:00:00Z', '2026-08-31T22:59:00Z', ['2026-09-01']],
    ['after which it is due', autumn, '2025-09-02T09:00:00Z', '2026-08-31T23:00:00Z', []],
    ['over the end of the year', yearly, '2025-01-03T09:00:00Z', '2025-12-31T09:00:00Z', ['2026-01-03']],
    ['of 29 February', yearly, '2024-02-29T09:00:00Z', '2025-02-20T09:00:00Z', ['2025-02-28']],
    ['never of what is asked once', { rule: 'once' }, '2025-01-01T09:00:00Z', '2026-01-01T09:00:00Z', []],
    ['nor of every login', { rule: 'every-login' }, '2026-01-01T09:00:00Z', '2026-01-01T10:00:00Z', []],
  ])('%s', (_what, renewal, decidedAt, now, expected) => {
    expect(noticeOf(renewal, decidedAt, now)).toEqual(expected);
  });

  test('does not exist for a user who has yet to accept', () => {
    expect(
      upcomingRenewals([makePack({ renewal: yearly })], [], { loginId: 'l', now: new Date(), timeZone }),
    ).toEqual([]);
  });
});

test('agrees with the gate: not due the day before, due on the day, whenever the user accepted', () => {
  const renewals: Renewal[] = [
    { rule: 'rolling', period: 'P1M' },
    { rule: 'rolling', period: 'P10D' },
    { rule: 'rolling', period: 'P1Y' },
    { rule: 'fixed-date', date: '09-01' },
    { rule: 'fixed-date', date: '02-28' },
  ];
  const dayMs = 86_400_000;
  const first = Date.UTC(2024, 0, 1);
  fc.assert(
    fc.property(
      fc.constantFrom(...renewals),
      fc.array(fc.integer({ min: 0, max: 800 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 900 }),
      (renewal, acceptedDays, today) => {
        const pack = makePack({ renewal, effectiveFrom: '2024-01-01' });
        const records: PolicyAcceptance[] = acceptedDays.map((day) => ({
          policyId: 'staff',
          policyVersion: '1',
          textSha256: pack.textSha256['cy-GB'],
          decidedAt: new Date(first + Math.min(day, today) * dayMs + 9 * 3_600_000).toISOString(),
        }));
        const isDueOn = (at: number) =>
          duePolicies([pack], records, { loginId: 'l', now: new Date(at), timeZone }).length > 0;
        const now = first + today * dayMs + 10 * 3_600_000;
        const [notice] = upcomingRenewals([pack], records, { loginId: 'l', now: new Date(now), timeZone });
        if (notice === undefined) {
          // No notice means: due already, or not within the next two weeks.
          expect(isDueOn(now) || !isDueOn(now + 14 * dayMs)).toBe(true);
          return;
        }
        const noon = Date.parse(`${notice.dueOn}T12:00:00Z`);
        expect([isDueOn(now), isDueOn(noon - dayMs), isDueOn(noon)]).toEqual([false, false, true]);
      },
    ),
    { numRuns: 300 },
  );
});
