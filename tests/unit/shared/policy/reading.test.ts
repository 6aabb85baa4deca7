/** How long and how hard a text is to read. */
import { describe, expect, test } from 'vitest';
import { nodePackTools } from '../../../../electron/storage/packs/node-tools.ts';
import { lintPack } from '../../../../shared/policy/lint-pack.ts';
import { readFrom, readPack } from '../../../../shared/policy/read-pack.ts';
import { countWords, measureReadability, readingMinutes } from '../../../../shared/policy/reading.ts';
import { goodManifest, packFiles } from '../../../fixtures/packs/pack-files.ts';

test.each([
  ["Don't re-use it.", 3],
  ["i'w ddarllen: e-bost, 2026", 4],
  ['**bold** {{contact}} — (x)', 3],
  ['', 0],
])('%j has %i words', (text, words) => {
  expect(countWords(text)).toBe(words);
});

test('the time is at least a minute, and longer for pupils', () => {
  expect(readingMinutes(5, 'policy')).toBe(1);
  expect(readingMinutes(700, 'policy')).toBe(4);
  expect(readingMinutes(190, 'rules')).toBe(2);
  expect(readingMinutes(190, 'young')).toBe(3);
});

describe('readability', () => {
  test('follows the Automated Readability Index and LIX', () => {
    // 12 words of 49 letters in 2 sentences: 4.71 × 4.083 + 0.5 × 6 − 21.43 = 0.80, the first grade, age 5.
    expect(
      measureReadability('The cat sat on the old mat. Then it slept for many hours there.\n'),
    ).toMatchObject({
      words: 14,
      sentences: 2,
      wordsInLongestSentence: 7,
    });
    const hard =
      'Disciplinary procedures concerning unauthorised dissemination require immediate consideration.';
    expect(measureReadability(hard)).toEqual({
      words: 8,
      sentences: 1,
      wordsInLongestSentence: 8,
      // 88 letters: 4.71 × 11 + 4 − 21.43 = 34.4, beyond any school.
      readingAge: 18,
      lix: 108,
    });
  });

  test('a list item and a paragraph end a sentence, and a heading is none', () => {
    const text = '## A heading of five words\n\nOne two three\nfour:\n\n- five six\n- seven\n1. eight';
    expect(measureReadability(text)).toMatchObject({ words: 8, sentences: 4, wordsInLongestSentence: 4 });
  });
});

describe('lint', () => {
  async function lint(changes: Record<string, unknown>, en: string, cy = 'Mae hwn yn fyr.\n') {
    const files = packFiles({
      'policy.json': JSON.stringify({ ...goodManifest, ...changes }),
      'en.md': en,
      'cy.md': cy,
    });
    const pack = await readPack(readFrom(files), nodePackTools);
    if (!pack.ok) throw new Error(pack.error.reason);
    return lintPack(pack.value).map(({ severity, file, what }) => `${severity} ${file}: ${what}`);
  }
  const hard = 'Unauthorised dissemination necessitates consideration.\n';

  test('warns of a text that is too hard for its readers, if the pack states their age', async () => {
    expect(await lint({}, hard)).toEqual(
      expect.not.arrayContaining([expect.stringContaining('reading age')]),
    );
    expect(await lint({ readingAge: 7 }, hard)).toContainEqual(
      expect.stringMatching(/^warning en\.md: its reading age is \d+, and readers are as young as 7$/u),
    );
  });

  test('warns of a long sentence, in either language', async () => {
    const long = `${'a '.repeat(26)}b.\n`;
    expect(await lint({ readingAge: 11 }, long, long.replace('b', 'c'))).toEqual([
      'warning en.md: a sentence of 27 words, more than the 25 for readers of this age',
    ]);
    expect(await lint({ readingAge: 7 }, long, long.replace('b', 'c'))).toEqual([
      'warning en.md: a sentence of 27 words, more than the 20 for readers of this age',
      'warning cy.md: a sentence of 27 words, more than the 24 for readers of this age',
    ]);
  });

  test('refuses a decision whose words are no longer in the text', async () => {
    const schoolDecides = [{ question: 'Who?', passage: { 'en-GB': 'gone', 'cy-GB': 'hwn' } }];
    expect(await lint({ schoolDecides }, 'This is short.\n')).toEqual([
      'error policy.json: schoolDecides[0] (en-GB): "gone" is not in the text',
    ]);
  });
});
