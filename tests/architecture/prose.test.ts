/** The prose of the house follows its own rules, as far as a program can check them. */
import { expect, test } from 'vitest';
import { describeFault, findProseFaults, notYetMended } from '../../build/dev/lint-prose.ts';

test('comments, test titles, documents and words on the screen are plain English in every folder that is mended', () => {
  expect(findProseFaults(notYetMended).map(describeFault)).toEqual([]);
});
