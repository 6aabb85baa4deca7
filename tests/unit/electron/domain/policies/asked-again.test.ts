/** When the gate asks again, as *My agreements* shows it: never another day than the gate's own rule. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askedAgain } from '../../../../../electron/domain/policies/asked-again.ts';
import { isDue } from '../../../../../electron/domain/policies/is-due.ts';
import type { Renewal } from '../../../../../shared/policy/pack.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

test.each([
  [{ rule: 'once' }, { rule: 'once' }],
  [{ rule: 'every-login' }, { rule: 'every-login' }],
  [
    { rule: 'rolling', period: 'P1Y' },
    { rule: 'on', date: '2027-09-01' },
  ],
  [
    { rule: 'fixed-date', date: '09-01' },
    { rule: 'on', date: '2027-09-01' },
  ],
  [
    { rule: 'fixed-date', date: '09-02' },
    { rule: 'on', date: '2026-09-02' },
  ],
  [
    { rule: 'fixed-date', date: '01-15' },
    { rule: 'on', date: '2027-01-15' },
  ],
] satisfies [Renewal, object][])('%j after an acceptance on 1 September 2026', (renewal, expected) => {
  expect(askedAgain(makePack({ renewal }), '2026-09-01T07:41:00Z')).toEqual(expected);
});

test('the gate asks on that day, and not the day before', () => {
  const renewals = fc.oneof(
    fc.record({
      rule: fc.constant('rolling' as const),
      period: fc.constantFrom('P1Y', 'P6M', 'P10D', 'P1M'),
    }),
    fc.record({ rule: fc.constant('fixed-date' as const), date: fc.constantFrom('09-01', '01-01', '02-28') }),
  );
  fc.assert(
    fc.property(
      renewals,
      fc.date({ min: new Date('2024-01-01'), max: new Date('2030-12-31'), noInvalidDate: true }),
      (renewal, decided) => {
        const pack = makePack({ renewal });
        const record = {
          policyVersion: '1',
          textSha256: pack.textSha256['en-GB'],
          decidedAt: decided.toISOString(),
        };
        const again = askedAgain(pack, record.decidedAt);
        if (again.rule !== 'on') throw new Error('it has a date');
        const noon = new Date(`${again.date}T12:00:00Z`);
        const at = (now: Date) => isDue({ pack, record, loginId: 'l', now }).due;
        expect(at(noon)).toBe(true);
        expect(at(new Date(noon.getTime() - 86_400_000))).toBe(false);
      },
    ),
  );
});
