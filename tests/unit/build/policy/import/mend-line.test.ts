/** The mistakes of scanners in a line are mended, and nothing else is touched. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hyphenatedWords,
  joinLines,
  mendBullet,
  mendCharacters,
  mendStrokes,
} from '../../../../../build/policy/import/mend-line.ts';

describe('a lone stroke', () => {
  test.each([
    ['| will lock it.', 'I will lock it.', 1],
    ['When | leave, | will lock it, if |', 'When I leave, I will lock it, if I', 3],
    ['“| will”', '“I will”', 1],
    ['If 1 see it l will tell', 'If I see it I will tell', 2],
    ['1 will lock it. (1 am told why.) “1 shall”', 'I will lock it. (I am told why.) “I shall”', 3],
    ['Read: 1 will ask; 1 will tell', 'Read: I will ask; I will tell', 2],
    ['Room 1 has 1 door', 'Room 1 has 1 door', 0],
    ['Pupils in Year 1 must be supervised', 'Pupils in Year 1 must be supervised', 0],
    ['Rooms 0 and 1 can be booked', 'Rooms 0 and 1 can be booked', 0],
    ['I will ask, and 1 will tell when 1 know', 'I will ask, and I will tell when I know', 2],
    ['Pupils in Year l must be supervised', 'Pupils in Year l must be supervised', 0],
    ['(a) 1 will ask', '(a) I will ask', 1],
    ['• 1 will ask', '• I will ask', 1],
    ['| Office | 01632 960123 |', '| Office | 01632 960123 |', 0],
    ['a|b', 'a|b', 0],
  ])('%s', (line, mended, strokes) => {
    expect(mendStrokes(line)).toMatchObject({ line: mended, mends: { strokes } });
  });
});

test('reports a digit that is or may be the word I, and no number after a name', () => {
  expect(mendStrokes('If 1 see it, 1 will tell')).toMatchObject({ isDigitRead: true, isDigitLeft: true });
  expect(mendStrokes('  1 will lock it')).toMatchObject({ isDigitRead: true, isDigitLeft: false });
  expect(mendStrokes('Pupils in Year 1 must; l will')).toMatchObject({
    mends: { strokes: 1 },
    isDigitRead: false,
    isDigitLeft: false,
  });
  expect(mendStrokes('Pupils in Year l must')).toMatchObject({ isDigitRead: false, isDigitLeft: true });
});

describe('a bullet', () => {
  test.each([
    ['en-GB', 'e Being aware', '• Being aware'],
    ['en-GB', 'o PCI', '• PCI'],
    ['en-GB', '¢ all email', '• all email'],
    ['en-GB', '  e private and', '  • private and'],
    ['en-GB', 'e.g. this', 'e.g. this'],
    ['cy-GB', 'o dan y ddeddf', 'o dan y ddeddf'],
    ['cy-GB', 'e Byddaf', '• Byddaf'],
  ] as const)('in %s: %s', (language, line, mended) => {
    expect(mendBullet(line, language).line).toBe(mended);
  });
});

test('ligatures, mangled quotation marks and invisible signs are mended', () => {
  expect(mendCharacters('the o\uFB03ce\u200B and\u00A0donâ€™t').line).toBe('the office and don’t');
});

test('Welsh letters that were decoded as Windows text are mended, and other letters are left alone', () => {
  const mangle = (text: string) => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
  const welsh = 'Tŷ’r dŵr: â ê î ô û ŵ ŷ Ŵ Ŷ ï ö É';
  expect(mangle(welsh)).not.toBe(welsh);
  expect(mendCharacters(mangle(welsh)).line).toBe(welsh);
  expect(mendCharacters(mangle('• cofau – ac ati… ‘un’ “dau”')).line).toBe('• cofau – ac ati… ’un’ ”dau”');
  const names = 'Ångström, Åse, TÂN, “TŶ”, ÔL';
  expect(mendCharacters(names)).toMatchObject({ line: names, mends: { characters: 0 } });
});

describe('a word that was broken', () => {
  const known = hyphenatedWords(['the whole-school plan']);
  test.each([
    ['use of comput-', 'ers at school', 'use of computers at school', true],
    ['a whole-', 'school plan', 'a whole-school plan', false],
    ['the years 2020-', 'and later', 'the years 2020- and later', false],
    ['see Part A-', 'Section 2', 'see Part A- Section 2', false],
  ])('%s %s', (first, second, text, wasHyphenated) => {
    expect(joinLines(first, second, known)).toEqual({ text, wasHyphenated });
  });
});

test('mending loses no letter, and mending twice changes nothing more', () => {
  const letters = (text: string) => text.replaceAll(/[^\p{L}]/gu, '');
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aIl1| e•o.,’¢\té') }), (line) => {
      const characters = mendCharacters(line).line;
      expect(letters(characters)).toBe(letters(line));
      const strokes = mendStrokes(characters).line;
      expect(strokes).toHaveLength(characters.length);
      expect(mendStrokes(strokes).line).toBe(strokes);
      expect(mendCharacters(characters).line).toBe(characters);
    }),
    { numRuns: 2000 },
  );
});
