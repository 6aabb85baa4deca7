/** The words that fit the readers of a policy. */
import { expect, test } from 'vitest';
import { withWording } from '../../../../renderer/gate/policy-words.ts';
import { createTranslator } from '../../../../shared/i18n/translator.ts';
import { languages } from '../../../../shared/lib/language.ts';
import { wordings } from '../../../../shared/policy/reading.ts';

const plain = createTranslator('en-GB');

test('a policy has the words of the contract, and older pupils too, but for the text’s name', () => {
  for (const wording of ['policy', 'rules'] as const) {
    const { text } = withWording(plain, wording);
    expect([text('gate.accept'), text('gate.decline'), text('gate.fullName')]).toEqual([
      'I accept',
      'I do not accept',
      'Full name',
    ]);
  }
  expect(withWording(plain, 'rules').text('gate.check.policy')).toBe('Rules');
});

test('young pupils agree, in both languages', () => {
  const young = languages.map((language) => withWording(createTranslator(language), 'young'));
  expect(young.map(({ text }) => [text('gate.accept'), text('gate.decline'), text('gate.fullName')])).toEqual(
    [
      ['I agree', 'I do not agree', 'Your name'],
      ["Rwy'n cytuno", 'Dydw i ddim yn cytuno', 'Eich enw'],
    ],
  );
  expect(young.map(({ counted }) => counted('gate.error.statements', 2))).toEqual([
    'Tick 2 more boxes if you agree',
    'Ticiwch ddau flwch arall os ydych yn cytuno',
  ]);
});

test('what a sentence says of a button is the word on that button', () => {
  for (const language of languages) {
    for (const wording of wordings) {
      const { text } = withWording(createTranslator(language), wording);
      expect(text('gate.helpDialog.leaveNote')).toContain(`“${text('gate.decline')}”`);
      expect(text('gate.helpDialog.askNote')).toContain(`“${text('gate.helpDialog.ask')}”`);
      if (wording === 'young') expect(text('gate.check.intro')).toContain(`“${text('gate.check.confirm')}”`);
    }
  }
});
