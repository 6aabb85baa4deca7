/** Makes words from keys: placeholders, and the plural forms of numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTranslator } from '../../../../shared/i18n/translator.ts';

const english = createTranslator('en-GB');
const welsh = createTranslator('cy-GB');

describe('a counted text', () => {
  test.each([
    [0, 'dim eiliad'],
    [1, 'un eiliad'],
    [2, 'dwy eiliad'],
    [3, 'tair eiliad'],
    [4, '4 eiliad'],
    [6, 'chwe eiliad'],
    [7, '7 eiliad'],
    [60, '60 eiliad'],
  ])('%i in Welsh', (count, words) => {
    expect(welsh.counted('common.seconds', count)).toBe(words);
  });

  test.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [2, '2 seconds'],
  ])('%i in English', (count, words) => {
    expect(english.counted('common.seconds', count)).toBe(words);
  });
});

describe('a text', () => {
  test('inserts values unchanged, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string(), (host) => {
        expect(english.text('records.who.sent', { host })).toBe(`Reports are sent to ${host}.`);
      }),
    );
    expect(english.text('records.who.sent', { host: '{{host}} $& $1 <b>' })).toBe(
      'Reports are sent to {{host}} $& $1 <b>.',
    );
  });

  test('keeps a placeholder if its value is missing', () => {
    expect(welsh.text('gate.position', { index: '1' })).toBe('Polisi 1 o {{total}}');
  });
});
