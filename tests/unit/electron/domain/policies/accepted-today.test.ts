/** When the gate may ask in a short form: the same account accepted exactly this text earlier today. */
import { expect, test } from 'vitest';
import { evaluate } from '../../../../../electron/domain/gate/evaluate.ts';
import { acceptedTodayAt } from '../../../../../electron/domain/policies/accepted-today.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const pack = makePack({ version: '2', renewal: { rule: 'every-login' } });
const at = { now: new Date('2026-06-22T09:00:00Z'), timeZone: 'Europe/London' };
const record = {
  policyId: 'staff',
  policyVersion: '2',
  textSha256: pack.textSha256['en-GB'],
  decidedAt: '2026-06-22T07:41:00Z',
  loginId: 'earlier',
};

test.each([
  ['this morning', {}, record.decidedAt],
  ['this morning in Welsh', { textSha256: pack.textSha256['cy-GB'] }, record.decidedAt],
  ['just after midnight at school', { decidedAt: '2026-06-21T23:05:00Z' }, '2026-06-21T23:05:00Z'],
  ['just before midnight at school', { decidedAt: '2026-06-21T22:55:00Z' }, undefined],
  ['at a time that has not come', { decidedAt: '2026-06-22T09:00:01Z' }, undefined],
  ['at an unreadable time', { decidedAt: 'soon' }, undefined],
  ['another version', { policyVersion: '1' }, undefined],
  ['another text of this version', { textSha256: 'f'.repeat(64) }, undefined],
  ['another policy', { policyId: 'visitor' }, undefined],
])('an acceptance of %s', (_what, changes, expected) => {
  expect(acceptedTodayAt(pack, [{ ...record, ...changes }], at)).toBe(expected);
});

test('the newest of several counts', () => {
  const later = { ...record, decidedAt: '2026-06-22T08:30:00Z' };
  expect(acceptedTodayAt(pack, [later, record], at)).toBe(later.decidedAt);
});

test('the gate asks again at every login, and says when the account accepted today', () => {
  const facts = {
    ...at,
    gateEnabled: true,
    excluded: false,
    packs: [pack],
    receipts: [record],
    known: [],
    loginId: 'now',
  };
  expect(evaluate(facts)).toMatchObject({
    kind: 'due',
    due: [{ reason: 'every-login', acceptedTodayAt: record.decidedAt }],
  });
  const renewed = makePack({ version: '2', renewal: { rule: 'fixed-date', date: '06-22' } });
  const yesterday = { ...record, decidedAt: '2026-06-21T08:00:00Z' };
  const answer = evaluate({ ...facts, packs: [renewed], receipts: [yesterday] });
  if (answer.kind !== 'due') throw new Error('the renewal is not due');
  expect(answer.due[0]).not.toHaveProperty('acceptedTodayAt');
});
