/** The school's details in a policy's text: inserted as words, never as markup. */
import { describe, expect, test } from 'vitest';
import { fillPlaceholders } from '../../../../shared/policy/fill-placeholders.ts';
import { lintPack } from '../../../../shared/policy/lint-pack.ts';
import { makePack } from '../../../fixtures/make-pack.ts';

const details = {
  siteName: 'Ysgol *y* Bryn',
  contact: { name: 'Nia Huws', phone: '01632 960123', email: '', place: '<b>Room</b> [12](x)' },
};
const none = { siteName: '', contact: { name: '', phone: '', email: '', place: '' } };

test('placeholders are filled in as plain words, the contact with its name alone', () => {
  expect(fillPlaceholders('Ask {{contact}} at {{school}}. {{other}}', 'en-GB', details)).toBe(
    'Ask Nia Huws at Ysgol \\*y\\* Bryn. {{other}}',
  );
  const nameless = { ...details, contact: { ...details.contact, name: '', phone: '' } };
  expect(fillPlaceholders('Ask {{contact}}.', 'en-GB', nameless)).toBe(
    'Ask \\<b\\>Room\\</b\\> \\[12\\](x).',
  );
});

test('a sentence stays readable where the school has configured no details', () => {
  expect(fillPlaceholders('Ask {{contact}}, {{school}}.', 'en-GB', none)).toBe(
    'Ask the school office, your school.',
  );
  expect(fillPlaceholders('{{contact}}, {{school}}', 'cy-GB', none)).toBe('swyddfa’r ysgol, eich ysgol');
});

test('a contact that starts with “The” is written small inside a sentence', () => {
  const office = { ...details, contact: { ...details.contact, name: 'The school office' } };
  const fill = (text: string) => fillPlaceholders(text, 'en-GB', office);
  expect(fill('If in doubt, ask {{contact}}.')).toBe('If in doubt, ask the school office.');
  expect(fill('Stop. {{contact}} helps.')).toBe('Stop. The school office helps.');
  expect(fill('- {{contact}} helps')).toBe('- The school office helps');
  expect(fill('Rules:\n\n{{contact}} helps')).toBe('Rules:\n\nThe school office helps');
});

describe('lint', () => {
  const findings = (text: string) =>
    lintPack(makePack({}, text))
      .filter(({ severity }) => severity === 'error')
      .map(({ what }) => what);
  test('knows the placeholders, and no others', () => {
    expect(findings('{{contact}} {{school}}')).toEqual([]);
    expect(findings('{{contact}} {{Contact}}')).toEqual([
      expect.stringContaining('{{Contact}}'),
      expect.stringContaining('{{Contact}}'),
    ]);
  });
});
