/** A figure is given with its spread. */
import { expect, test } from 'vitest';
import { describeSpread, relativeSpread } from '../../../support/bench/statistics.ts';

test('the line compares our figure with the baseline of the same round', () => {
  // The medians alone would say 2; round by round it is 1.5 in the middle.
  expect(describeSpread('x', [10, 30, 40], [20, 20, 10], 'ms')).toContain(
    'round by round 1.50 (0.50 to 4.00)',
  );
});

test('a baseline that varies is called unstable, a steady one with a single outlier is not', () => {
  expect(describeSpread('x', [1, 1, 1, 1, 1], [10, 14, 18, 22, 26], 'ms')).toContain('unstable');
  expect(describeSpread('x', [1, 1, 1, 1, 1], [10, 10, 10, 10, 90], 'ms')).not.toContain('unstable');
});

test('the spread is that of the middle half, as a part of the median', () => {
  expect(relativeSpread([10, 20, 30, 40, 50])).toBeCloseTo(20 / 30);
  expect(relativeSpread([7])).toBe(0);
});
