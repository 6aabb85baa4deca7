/** Statements and headings of two languages find their partners. */
import { describe, expect, test } from 'vitest';
import { pairLanguages } from '../../../../../build/policy/import/pair-languages.ts';
import { importDraft, notesOf } from './support.ts';

const english = [
  'I will keep my password to myself.',
  'I will lock the screen when I leave my desk.',
  'I will not use a memory stick of my own.',
  'I will report a lost laptop at once.',
  'I understand that the school monitors the internet.',
];
const welsh = [
  'Byddaf yn cadw fy nghyfrinair i mi fy hun.',
  'Byddaf yn cloi’r sgrin pan fyddaf yn gadael fy nesg.',
  'Ni fyddaf yn defnyddio fy nghof bach fy hun.',
  'Byddaf yn rhoi gwybod ar unwaith am liniadur sydd ar goll.',
  'Rwy’n deall bod yr ysgol yn monitro’r rhyngrwyd.',
];
const partners = (first: readonly string[], second: readonly string[]) =>
  pairLanguages(first, second).map(({ first: one, second: two }) => [one, two]);

describe('statements', () => {
  test('of the same number are paired in their order', () => {
    expect(partners(english, welsh)).toEqual(english.map((_, index) => [index, index]));
    expect(partners(['I agree.', 'I do.'], ['Cytunaf.', 'Gwnaf.'])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test.each(english.map((_, index) => [index]))(
    'pair the others where the Welsh of number %i is missing',
    (missing) => {
      const found = partners(english, welsh.toSpliced(missing, 1));
      expect(found).toEqual(
        english.map((_, index) => [index, index === missing ? undefined : index - (index > missing ? 1 : 0)]),
      );
    },
  );

  test.each(english.map((_, index) => [index]))(
    'pair the others where the English of number %i is missing',
    (missing) => {
      const found = partners(english.toSpliced(missing, 1), welsh);
      expect(found).toEqual(
        welsh.map((_, index) => [index === missing ? undefined : index - (index > missing ? 1 : 0), index]),
      );
    },
  );

  test('have no partner in an empty document', () => {
    expect(partners(['I agree.'], [])).toEqual([[0, undefined]]);
    expect(partners([], ['Cytunaf.'])).toEqual([[undefined, 0]]);
  });
});

test('headings are paired by their numbers, whatever their words', () => {
  expect(
    partners(['1. Introduction', '2. Passwords', '3. Email'], ['1. Cyflwyniad', '3. E-bost', '4. Argraffu']),
  ).toEqual([
    [0, 0],
    [1, undefined],
    [2, 1],
    [undefined, 2],
  ]);
});

describe('a text that is not in the language that was named', () => {
  const englishPart =
    'The policy is for all of the staff who work with the computers of the school and it is read by them.';
  const welshPart =
    'Mae’r polisi hwn ar gyfer yr holl staff sydd yn gweithio gyda’r ysgol ac mae wedi ei ddarllen gan bob un ohonynt.';

  test('is reported as a whole', async () => {
    const draft = await importDraft('a.md', `# Policy\n\n${englishPart}\n`, { language: 'cy-GB' });
    expect(notesOf(draft)).toContain('The text seems to be English, not Welsh: see that --lang is right.');
  });

  test('is reported in part', async () => {
    const text = `# Polisi\n\n${welshPart}\n\n${welshPart}\n\n${welshPart}\n\n${englishPart}\n`;
    const draft = await importDraft('a.md', text, { language: 'cy-GB' });
    expect(notesOf(draft)).toContain('1 parts of the text are not in Welsh: “The policy is for all');
    expect(
      notesOf(await importDraft('a.md', `# Polisi\n\n${welshPart}\n`, { language: 'cy-GB' })),
    ).not.toContain('not in Welsh');
  });
});
