import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseAudience, matchesAccount } from '../../../../../electron/domain/policies/choose-audience.ts';

const sioned = { name: 'sprys', domain: 'YSGOL', upn: 'sprys@ysgol.example' };
const settings = { default: 'staff', rules: [], exclude: [] };

describe('the audience of a user', () => {
  it('is the default where no rule matches', () => {
    expect(chooseAudience({ account: sioned, groups: [] }, settings)).toEqual({
      kind: 'audience',
      audience: 'staff',
    });
  });

  it('is that of the first rule that matches, by group or by account', () => {
    const rules = [
      { group: 'YSGOL\\Pupils', audience: 'pupil' },
      { group: 'Visitors', audience: 'visitor' },
      { accountPattern: 's*', audience: 'governor' },
    ];
    const audienceOf = (groups: string[]) =>
      chooseAudience({ account: sioned, groups }, { ...settings, rules });
    expect(audienceOf(['ysgol\\pupils', 'YSGOL\\Visitors'])).toEqual({ kind: 'audience', audience: 'pupil' });
    expect(audienceOf(['YSGOL\\Visitors'])).toEqual({ kind: 'audience', audience: 'visitor' });
    expect(audienceOf(['OTHER\\Pupils'])).toEqual({ kind: 'audience', audience: 'governor' });
  });

  it('is none for an excluded account, before any rule is checked', () => {
    const answer = chooseAudience(
      { account: sioned, groups: [] },
      { ...settings, exclude: ['svc-*', 'YSGOL\\SPRYS'] },
    );
    expect(answer).toEqual({ kind: 'excluded', pattern: 'YSGOL\\SPRYS' });
  });
});

describe('an account pattern', () => {
  it.each([
    ['sprys', true],
    ['SPRYS', true],
    ['s?rys', true],
    ['ysgol\\*', true],
    ['*@ysgol.example', true],
    ['*', true],
    ['prys', false],
    ['sprys?', false],
    ['.prys', false],
    ['', false],
  ])('%s', (pattern, expected) => {
    expect(matchesAccount(sioned, pattern)).toBe(expected);
  });

  it('agrees with a regular expression on any short pattern, and ends quickly on any long one', () => {
    const alphabet = fc.constantFrom('a', 'b', '*', '?');
    fc.assert(
      fc.property(
        fc.array(alphabet, { maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 8 }),
        (pattern, name) => {
          const expression = new RegExp(
            `^${pattern.map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c)).join('')}$`,
            'u',
          );
          const account = { name: name.join(''), domain: '#', upn: '' };
          expect(matchesAccount(account, pattern.join(''))).toBe(
            expression.test(account.name) || expression.test(`#\\${account.name}`),
          );
        },
      ),
      { numRuns: 2000 },
    );
    expect(matchesAccount({ name: 'a'.repeat(256), domain: '', upn: '' }, `${'*a'.repeat(120)}b`)).toBe(
      false,
    );
  });
});
