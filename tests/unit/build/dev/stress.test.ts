import { expect, it } from 'vitest';
import { describeFailures, parseStressOptions } from '../../../../build/dev/stress.ts';

it('lists each test that failed at least once, the worst first, and does not count skipped runs', () => {
  const run = (title: string, status: 'passed' | 'failed' | 'skipped') => ({ title, status });
  expect(
    describeFailures([
      run('rare', 'failed'),
      run('rare', 'passed'),
      run('well', 'passed'),
      run('often', 'failed'),
      run('often', 'failed'),
      run('often', 'skipped'),
    ]),
  ).toEqual(['   2 of 2 failed  often', '   1 of 2 failed  rare']);
  expect(describeFailures([run('well', 'passed')])).toEqual([]);
});

it('runs everything twenty times, or the named tests as often as the developer asks', () => {
  expect(parseStressOptions([])).toEqual({ times: 20, files: [] });
  expect(parseStressOptions(['--times', '3', 'tests/e2e/idle.e2e.ts'])).toEqual({
    times: 3,
    files: ['tests/e2e/idle.e2e.ts'],
  });
  expect(() => parseStressOptions(['--times', '0'])).toThrow(/no number of runs/);
  expect(() => parseStressOptions(['--tims', '3'])).toThrow(/tims/);
});
