/** What the user has accepted, here and elsewhere, and the exact text of each agreement. */
import { expect, test } from 'vitest';
import { listAgreements, readAgreement } from '../../../../../electron/services/agreements/agreements.ts';
import type { Receipt } from '../../../../../electron/storage/receipts/receipt.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const pack = makePack({}, 'Ask {{contact}}.');
const details = { siteName: '', contact: { name: 'Nia', phone: '', email: '', place: '' } };
const receipt: Receipt = {
  eventId: 'here',
  accountKey: 'S-1',
  policyId: 'staff',
  policyVersion: '1',
  textSha256: pack.textSha256['en-GB'],
  language: 'en-GB',
  decidedAt: '2026-09-01T08:00:00Z',
  loginId: 'l',
  fullName: 'Siân Prys',
  jobRole: 'Teacher',
  delivered: true,
};
const known = (eventId: string, decidedAt: string) => ({
  eventId,
  policyId: 'staff',
  policyVersion: '1',
  textSha256: pack.textSha256['en-GB'],
  language: 'en-GB' as const,
  decidedAt,
});

test('the list starts with the latest, and shows once what both the collector and this PC know, with this PC’s details', () => {
  const list = listAgreements(
    [receipt],
    [known('here', receipt.decidedAt), known('there', '2026-10-01T08:00:00Z')],
    [pack],
  );
  expect(
    list.map(({ eventId, elsewhere, fullName, title }) => [eventId, elsewhere, fullName, title['en-GB']]),
  ).toEqual([
    ['there', true, '', 'Staff policy'],
    ['here', false, 'Siân Prys', 'Staff policy'],
  ]);
});

test('only the newest acceptance of a policy says when the gate asks again, and only if that version is at hand', () => {
  const older = { ...receipt, eventId: 'older', decidedAt: '2025-09-02T08:00:00Z' };
  expect(listAgreements([older, receipt], [], [pack]).map(({ askedAgain }) => askedAgain)).toEqual([
    { rule: 'once' },
    undefined,
  ]);
  expect(listAgreements([receipt], [], []).map(({ askedAgain }) => askedAgain)).toEqual([undefined]);
});

test('a copy of a collector’s record counts as accepted elsewhere, whether or not the collector answers', () => {
  const kept = { ...receipt, eventId: 'there', loginId: '', fullName: '', jobRole: '' };
  for (const elsewhere of [[], [known('there', receipt.decidedAt)]]) {
    expect(listAgreements([kept], elsewhere, [pack])).toMatchObject([{ eventId: 'there', elsewhere: true }]);
  }
});

test('a policy that is gone is listed under its id', () => {
  expect(listAgreements([receipt], [], []).map(({ title }) => title['cy-GB'])).toEqual(['staff']);
});

const [agreement] = listAgreements([receipt], [], [pack]);
if (agreement === undefined) throw new Error('there is one');
const kept = (ids: readonly string[] | undefined) => ({
  read: () =>
    Promise.resolve({
      policyId: 'staff',
      policyVersion: '1',
      title: pack.manifest.title,
      language: 'en-GB' as const,
      text: pack.texts['en-GB'],
      statements: pack.manifest.statements,
      ticked: ids === undefined ? [] : [{ eventId: 'here', ids: [...ids] }],
    }),
});

test.each([
  ['ticked', ['agree', 'news'], 'ticked'],
  ['left unticked', ['agree'], 'not-ticked'],
  ['not recorded', undefined, 'not-known'],
] as const)('a statement that was %s', async (_what, ids, answer) => {
  const content = await readAgreement(agreement, kept(ids), [], details);
  expect(content).toEqual({
    outcome: 'found',
    text: '# staff 1\n\nAsk Nia.\n',
    statements: [
      { text: 'I agree.', answer: 'ticked' },
      { text: 'Send me news.', answer },
    ],
  });
});

test('without a kept text the agent shows the current policy if its hash is the same, else none', async () => {
  const nothing = { read: () => Promise.resolve(undefined) };
  expect(await readAgreement(agreement, nothing, [pack], details)).toMatchObject({ outcome: 'found' });
  const newer = makePack({ version: '2' });
  expect(await readAgreement(agreement, nothing, [newer], details)).toEqual({ outcome: 'not-here' });
});

const more = makePack({}, 'Ask {{contact}}.');
const sameText = {
  ...more,
  manifest: {
    ...more.manifest,
    version: '2',
    statements: [
      { id: 'new', text: { 'en-GB': 'I promise more.', 'cy-GB': 'Rwy’n addo mwy.' }, required: true },
    ],
  },
};

test('statements that a later version adds to the same text were not part of the earlier agreement', async () => {
  const nothing = { read: () => Promise.resolve(undefined) };
  const statementsOf = async (...given: Parameters<typeof readAgreement>) => {
    const content = await readAgreement(...given);
    return content.outcome === 'found' ? content.statements.map(({ text }) => text) : content.outcome;
  };
  expect(await statementsOf(agreement, nothing, [sameText, pack], details)).toEqual([
    'I agree.',
    'Send me news.',
  ]);
  expect(await statementsOf(agreement, nothing, [sameText], details)).toEqual([]);

  const later = {
    read: () =>
      Promise.resolve({
        policyId: 'staff',
        policyVersion: '2',
        title: pack.manifest.title,
        language: 'en-GB' as const,
        text: pack.texts['en-GB'],
        statements: sameText.manifest.statements,
        ticked: [{ eventId: 'later', ids: ['new'] }],
      }),
  };
  expect(await statementsOf(agreement, later, [], details)).toEqual([]);
  const both = {
    read: async () => ({
      ...(await later.read()),
      ticked: [
        { eventId: 'here', ids: ['agree'], statements: pack.manifest.statements },
        { eventId: 'later', ids: ['new'] },
      ],
    }),
  };
  expect(await statementsOf(agreement, both, [], details)).toEqual(['I agree.', 'Send me news.']);
  expect(
    await statementsOf({ ...agreement, eventId: 'later', policyVersion: '2' }, both, [], details),
  ).toEqual(['I promise more.']);
});
