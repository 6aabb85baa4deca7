/** Cutting a batch into the texts of its events loses and changes nothing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitBatch } from '../../collector/src/events/split-batch.ts';

const spacing = fc.constantFrom('', ' ', '\n', '\r\n\t');

it('splitBatch gives each element as it was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.jsonValue(), fc.constantFrom(0, 2), spacing, spacing)),
      spacing,
      (elements, around) => {
        const texts = elements.map(([value, indent]) => JSON.stringify(value, null, indent));
        const spaced = elements.map(([, , before, after], index) => `${before}${texts[index]}${after}`);
        const batch = `${around}[${spaced.join(',')}${around}]${around}`;
        expect(splitBatch(batch).map(({ raw }) => raw)).toEqual(texts);
      },
    ),
    { numRuns: 500 },
  );
});

it('splitBatch ignores brackets, commas and quotes inside strings', () => {
  const texts = ['"],["', '{"a\\"]":"}{,\\\\"}', '"\\\\"', '[[","]]', '-1.5e3', 'null'];
  expect(splitBatch(`[${texts.join(' , ')}]`).map(({ raw }) => raw)).toEqual(texts);
});

it('splitBatch counts the depth of each element separately', () => {
  expect(splitBatch('[[[1]],{"a":[]},7,"[[["]').map(({ depth }) => depth)).toEqual([2, 2, 0, 0]);
});
