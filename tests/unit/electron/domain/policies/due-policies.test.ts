/** Several policies and several records of each. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duePolicies, type PolicyAcceptance } from '../../../../../electron/domain/policies/due-policies.ts';
import type { PolicyPack } from '../../../../../shared/policy/pack.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const at = { loginId: 'today', now: new Date('2026-11-22T09:00:00Z'), timeZone: 'Europe/London' };

function acceptanceOf(pack: PolicyPack, changes: Partial<PolicyAcceptance> = {}): PolicyAcceptance {
  return {
    policyId: pack.manifest.id,
    policyVersion: pack.manifest.version,
    textSha256: pack.textSha256['cy-GB'],
    decidedAt: '2026-11-01T09:00:00Z',
    ...changes,
  };
}

function asked(packs: readonly PolicyPack[], acceptances: readonly PolicyAcceptance[]) {
  return duePolicies(packs, acceptances, at).map(({ pack, due }) => [pack.manifest.id, due.reason]);
}

test('policies are asked by their order, then by id', () => {
  const packs = [
    makePack({ id: 'b', order: 2 }),
    makePack({ id: 'z', order: 1 }),
    makePack({ id: 'a', order: 2 }),
  ];
  expect(asked(packs, [])).toEqual([
    ['z', 'first'],
    ['a', 'first'],
    ['b', 'first'],
  ]);
});

test('leaves out accepted policies, and takes no policy’s record for another', () => {
  const staff = makePack();
  const phones = makePack({ id: 'phones' });
  expect(asked([staff, phones], [acceptanceOf(staff)])).toEqual([['phones', 'first']]);
});

test('asks a user who skipped a material version, although the newest changes little and does not name it', () => {
  const versions = [
    makePack({ version: '1', material: true }),
    makePack({ version: '2', material: true }),
    makePack({ version: '3', material: false }),
  ] as const;
  const [one, two, three] = versions;
  const askedAfter = (accepted: PolicyPack, allPacks: readonly PolicyPack[]) =>
    duePolicies([three], [acceptanceOf(accepted)], { ...at, allPacks }).map(({ due }) => due.reason);
  expect(askedAfter(one, versions)).toEqual(['material']);
  expect(askedAfter(two, versions)).toEqual([]);
  // Neither a later material version nor one of another policy concerns this policy.
  const foreign = makePack({ id: 'phones', version: '2.5', material: true });
  expect(askedAfter(two, [...versions, foreign, makePack({ version: '4', material: true })])).toEqual([]);
});

describe('with several records of one policy', () => {
  const pack = makePack({ version: '3', material: true });

  test('one valid record is enough, whatever its position and its clock', () => {
    const holds = acceptanceOf(pack, { decidedAt: '2026-01-01T00:00:00Z' });
    const older = acceptanceOf(pack, { policyVersion: '1', decidedAt: '2099-01-01T00:00:00Z' });
    expect(asked([pack], [holds, older])).toEqual([]);
    expect(asked([pack], [older, holds])).toEqual([]);
  });

  test('the receipt of this session counts where the collector’s record does not', () => {
    const daily = makePack({ renewal: { rule: 'every-login' } });
    expect(asked([daily], [acceptanceOf(daily)])).toEqual([['staff', 'every-login']]);
    expect(asked([daily], [acceptanceOf(daily, { loginId: 'today' }), acceptanceOf(daily)])).toEqual([]);
  });

  test('the newest record gives the version that was accepted before', () => {
    const records = ['1', '2', '1.9'].map((policyVersion) => acceptanceOf(pack, { policyVersion }));
    expect(duePolicies([pack], records, at)[0]?.due.previousVersion).toBe('2');
  });

  test('another record never makes a policy due', () => {
    const rule = fc.constantFrom(
      { rule: 'once' } as const,
      { rule: 'every-login' } as const,
      { rule: 'rolling', period: 'P6M' } as const,
      { rule: 'fixed-date', date: '09-01' } as const,
    );
    const record = fc.record(
      {
        policyVersion: fc.constantFrom('1', '2', '3', '4'),
        textSha256: fc.constantFrom('en', 'cy', 'other'),
        decidedAt: fc.constantFrom('2020-01-01T00:00:00Z', '2026-10-01T00:00:00Z', '2099-01-01T00:00:00Z'),
        loginId: fc.constantFrom('today', 'yesterday'),
      },
      { requiredKeys: ['policyVersion', 'textSha256', 'decidedAt'] },
    );
    fc.assert(
      fc.property(
        rule,
        fc.boolean(),
        fc.array(record, { minLength: 1, maxLength: 5 }),
        (renewal, material, records) => {
          const one = makePack({ version: '3', material, renewal });
          const hashes = { en: one.textSha256['en-GB'], cy: one.textSha256['cy-GB'], other: '0'.repeat(64) };
          const acceptances = records.map(({ textSha256, ...rest }) => ({
            ...rest,
            policyId: 'staff',
            textSha256: textSha256 === 'en' ? hashes.en : textSha256 === 'cy' ? hashes.cy : hashes.other,
          }));
          const count = (known: readonly PolicyAcceptance[]) => duePolicies([one], known, at).length;
          for (let length = 1; length <= acceptances.length; length += 1) {
            expect(count(acceptances.slice(0, length))).toBeLessThanOrEqual(
              count(acceptances.slice(0, length - 1)),
            );
          }
          expect(count(acceptances.toReversed())).toBe(count(acceptances));
        },
      ),
    );
  });
});
