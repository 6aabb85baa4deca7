/** Progress is printed at once and then each second, and not after the end. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startProgress } from '../../../../build/policy/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first report is printed at once, and the latest one each second', () => {
  const printed: string[] = [];
  const progress = startProgress((line) => printed.push(line));
  vi.advanceTimersByTime(5000);
  expect(printed).toEqual([]);
  progress.report('page 1');
  expect(printed).toEqual(['page 1']);
  progress.report('page 2');
  progress.report('page 3');
  vi.advanceTimersByTime(2000);
  expect(printed).toEqual(['page 1', 'page 3', 'page 3']);
  progress.end();
  vi.advanceTimersByTime(5000);
  expect(printed).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});
