/** What `npm run agent` adds to the runtime's command line. */
import { expect, test } from 'vitest';
import { runtimeArgumentsFor } from '../../../../build/dev/agent.ts';

test('the self-check runs without a display, and its report is the first thing that it prints', () => {
  expect(runtimeArgumentsFor(['--self-check'], true)).toEqual(['--log-level=3']);
  expect(runtimeArgumentsFor(['--self-check'], false)).toEqual([
    '--log-level=3',
    '--ozone-platform=headless',
  ]);
  expect(runtimeArgumentsFor(['--config', 'a.json', '--demo'], true)).toEqual([]);
});
