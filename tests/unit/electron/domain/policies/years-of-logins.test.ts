/** Years of one user's logins, with clocks that jump: never asked twice for the same thing, never spared what is due. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duePolicies, type PolicyAcceptance } from '../../../../../electron/domain/policies/due-policies.ts';
import type { PackManifest, PolicyPack, Renewal } from '../../../../../shared/policy/pack.ts';
import { calendarDateAt, formatCalendarDate } from '../../../../../shared/policy/school-calendar.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const timeZone = 'Europe/London';
const hourMs = 3_600_000;
const begin = Date.UTC(2023, 0, 1);
const dateOf = (ms: number) => formatCalendarDate(calendarDateAt(new Date(ms), timeZone));

const rules: readonly Renewal[] = [
  { rule: 'once' },
  { rule: 'every-login' },
  { rule: 'rolling', period: 'P1Y' },
  { rule: 'rolling', period: 'P3M' },
  { rule: 'rolling', period: 'P7D' },
  { rule: 'fixed-date', date: '09-01' },
  { rule: 'fixed-date', date: '12-31' },
];

interface Login {
  readonly hours: number;
  /** Hours by which this PC's clock is wrong at this login. */
  readonly clockErrorHours: number;
  /** A new version of the policy has been published before this login. */
  readonly published: 'none' | 'minor' | 'material';
  readonly restarts: number;
}

const logins = (clockErrorHours: fc.Arbitrary<number>) =>
  fc.array(
    fc.record<Login>({
      hours: fc.integer({ min: 1, max: 24 * 60 }),
      clockErrorHours,
      published: fc.constantFrom('none', 'none', 'none', 'none', 'minor', 'material'),
      restarts: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 40 },
  );

interface Visit {
  readonly asked: boolean;
  readonly askedAgain: boolean;
  readonly trueMs: number;
  readonly clockMs: number;
  readonly published: Login['published'];
}

/** Answers every question, as a user does, and asks again at each restart of the agent within the login. */
function live(renewal: Renewal, days: readonly Login[]): readonly Visit[] {
  const records: PolicyAcceptance[] = [];
  let trueMs = begin;
  let version = 1;
  let materialSince = 1;
  const packOf = (): PolicyPack => {
    const changes: Partial<PackManifest> = {
      renewal,
      version: String(version),
      material: materialSince === version,
      materialSince: String(materialSince),
      effectiveFrom: '2023-01-01',
    };
    return makePack(changes, `Text ${version}.`);
  };
  return days.map((login, index) => {
    trueMs += login.hours * hourMs;
    if (login.published !== 'none') version += 1;
    if (login.published === 'material') materialSince = version;
    const clockMs = trueMs + login.clockErrorHours * hourMs;
    const pack = packOf();
    const loginId = `login-${index}`;
    const ask = () => duePolicies([pack], records, { loginId, now: new Date(clockMs), timeZone });
    const asked = ask().length > 0;
    if (asked) {
      records.push({
        policyId: 'staff',
        policyVersion: pack.manifest.version,
        textSha256: pack.textSha256['en-GB'],
        decidedAt: new Date(clockMs).toISOString(),
        loginId,
      });
    }
    let askedAgain = false;
    for (let restart = 0; restart < login.restarts; restart += 1) askedAgain ||= ask().length > 0;
    return { asked, askedAgain: askedAgain || ask().length > 0, trueMs, clockMs, published: login.published };
  });
}

describe.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))('%s', (_name, rule) => {
  test('with true clocks: asked exactly when a plain reading of the rule requires it', () => {
    fc.assert(
      fc.property(logins(fc.constant(0)), (days) => {
        let lastAnswer: number | undefined;
        for (const visit of live(rule, days)) {
          expect(visit.askedAgain, 'never twice for the same thing').toBe(false);
          const isExpected =
            lastAnswer === undefined ||
            visit.published === 'material' ||
            isRenewalExpected(rule, lastAnswer, visit.trueMs);
          expect(visit.asked).toBe(isExpected);
          if (visit.asked) lastAnswer = visit.trueMs;
        }
      }),
      { numRuns: 150 },
    );
  });

  test('with clocks that jump by years: never twice in one login, never spared a material version', () => {
    fc.assert(
      fc.property(logins(fc.integer({ min: -24 * 800, max: 24 * 800 })), (days) => {
        for (const [index, visit] of live(rule, days).entries()) {
          expect(visit.askedAgain).toBe(false);
          if (index === 0 || visit.published === 'material') expect(visit.asked).toBe(true);
          if (rule.rule === 'every-login') expect(visit.asked).toBe(true);
          if (rule.rule === 'once' && index > 0 && visit.published !== 'material')
            expect(visit.asked).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Written independently of the engine: it compares dates as text. */
function isRenewalExpected(rule: Renewal, answeredMs: number, nowMs: number): boolean {
  const answered = dateOf(answeredMs);
  const today = dateOf(nowMs);
  switch (rule.rule) {
    case 'once':
      return false;
    case 'every-login':
      return true;
    case 'fixed-date': {
      const year = Number(today.slice(0, 4));
      const latest = `${today >= `${year}-${rule.date}` ? year : year - 1}-${rule.date}`;
      return answered < latest;
    }
    case 'rolling':
      return today >= later(answered, rule.period);
  }
}

function later(date: string, period: string): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  if (period === 'P7D') return new Date(Date.UTC(year, month - 1, day + 7)).toISOString().slice(0, 10);
  const months = month - 1 + (period === 'P1Y' ? 12 : 3);
  const lastDay = new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, months, Math.min(day, lastDay))).toISOString().slice(0, 10);
}
