/** How the developer's commands treat their arguments, the runners' reports and failures. */
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../../build/dev/agent.ts';
import { isChromiumNoise } from '../../../../build/dev/demo.ts';
import { parseStartOptions } from '../../../../build/dev/start.ts';
import {
  crashedVitestFiles,
  onlyRunnerCrashed,
  playwrightCounts,
  vitestCounts,
} from '../../../../build/dev/test-counts.ts';
import { chooseParts } from '../../../../build/dev/test-parts.ts';
import { explainFailure, SetupError } from '../../../../build/runtime/setup-error.ts';
import { placeEntry } from '../../../../build/runtime/verification.ts';

describe('npm start', () => {
  test.each([
    [[], { port: 8437, fresh: false }],
    [['--port', '0'], { port: 0, fresh: false }],
    [['--port=9000', '--fresh'], { port: 9000, fresh: true }],
  ])('%j means %j', (args, options) => {
    expect(parseStartOptions(args)).toEqual(options);
  });

  test.each([
    [['--port', 'x']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port=']],
    [['--prot', '1']],
    [['now']],
  ])('%j is refused, and the usage is printed', (args) => {
    expect(() => parseStartOptions(args)).toThrow(SetupError);
  });

  test.each([
    ['[8654:1122/040728.622423:ERROR:bus.cc(407)] Failed to connect to the bus', true],
    ['[8654:8670:1122/040728.622423:WARNING:x.cc(1)] something', true],
    ['[error] the receipt could not be written', false],
    ['gate painted 812', false],
  ])('%j counts as noise of the browser: %j', (line, isNoise) => {
    expect(isChromiumNoise(line)).toBe(isNoise);
  });
});

test('an agent that a signal ended gives the exit code that a shell would give', () => {
  expect(exitCodeOf(0, null)).toBe(0);
  expect(exitCodeOf(3, null)).toBe(3);
  expect(exitCodeOf(null, 'SIGKILL')).toBe(137);
});

describe('npm test', () => {
  const all = [{ name: 'types' }, { name: 'lint' }, { name: 'unit' }];

  test('runs everything, or the named parts in their own order', () => {
    expect(chooseParts(all, [])).toEqual(all);
    expect(chooseParts(all, ['unit', 'types'])).toEqual([{ name: 'types' }, { name: 'unit' }]);
  });

  test('leaves a heavy part out unless it is named', () => {
    const withHeavy = [...all, { name: 'wine', heavy: true }] as const;
    expect(chooseParts(withHeavy, [])).toEqual(all);
    expect(chooseParts(withHeavy, ['wine'])).toEqual([{ name: 'wine', heavy: true }]);
  });

  test('refuses a part that does not exist instead of running nothing', () => {
    expect(() => chooseParts(all, ['unti'])).toThrow(/no part called unti/);
  });

  test('counts the tests that vitest ran, and names each failure, a file that broke before its first test too', () => {
    const report = {
      testResults: [
        {
          name: 'a.test.ts',
          status: 'passed',
          message: '',
          assertionResults: [
            { status: 'passed', fullName: 'a' },
            { status: 'pending', fullName: 'b' },
            { status: 'todo', fullName: 'c' },
          ],
        },
        {
          name: 'd.test.ts',
          status: 'failed',
          message: '',
          assertionResults: [
            {
              status: 'failed',
              fullName: 'd',
              failureMessages: ['\u001b[31mexpected 1\u001b[39m\nat d.test.ts:3'],
            },
          ],
        },
        { name: 'e.test.ts', status: 'failed', message: 'no browser', assertionResults: [] },
      ],
    };
    expect(vitestCounts(report)).toEqual({
      passed: 1,
      failures: ['d: expected 1', 'e.test.ts: no browser'],
      skipped: ['b', 'c'],
    });
  });

  test('counts the tests that Playwright ran, at any depth, and names each failure and errors outside tests', () => {
    const results = [{ errors: [{ message: 'Error: no window\n  at accept.e2e.ts:9' }] }];
    const report = {
      errors: [{ message: 'the config is broken' }],
      suites: [
        {
          title: 'gate.e2e.ts',
          specs: [{ title: 'accepts', tests: [{ status: 'expected' }] }],
          suites: [
            {
              title: 'in Welsh',
              specs: [
                { title: 'accepts', tests: [{ status: 'unexpected', results }, { status: 'flaky' }] },
                { title: 'prints', tests: [{ status: 'skipped' }] },
              ],
            },
          ],
        },
      ],
    };
    expect(playwrightCounts(report)).toEqual({
      passed: 1,
      failures: [
        'gate.e2e.ts › in Welsh › accepts: Error: no window',
        'gate.e2e.ts › in Welsh › accepts',
        'outside any test: the config is broken',
      ],
      skipped: ['gate.e2e.ts › in Welsh › prints'],
    });
  });

  test('a report of another shape is not read as "nothing failed"', () => {
    expect(() => vitestCounts({})).toThrow();
    expect(() => playwrightCounts({ suites: [] })).toThrow();
  });
});

describe('a crash of the test runner', () => {
  const report = (...messages: readonly (readonly string[])[]) => ({
    errors: [],
    suites: [
      {
        title: 'restart.e2e.ts',
        specs: messages.map((errors) => ({
          title: 'waits for the next login',
          tests: [{ status: 'unexpected', results: [{ errors: errors.map((message) => ({ message })) }] }],
        })),
      },
    ],
  });
  const crash = 'Error: worker process exited unexpectedly (code=null, signal=SIGTRAP)';

  test('is not the failure of a test', () => {
    expect(onlyRunnerCrashed(report([crash]))).toBe(true);
    expect(onlyRunnerCrashed(report([crash], ['Error: expected true']))).toBe(false);
    expect(onlyRunnerCrashed(report([crash, 'Error: expected true']))).toBe(false);
    expect(onlyRunnerCrashed(report([]))).toBe(false);
    expect(onlyRunnerCrashed(report())).toBe(false);
  });
});

describe('a crash of a process that runs test files', () => {
  const file = (name: string, status: string, message: string, ...statuses: readonly string[]) => ({
    name,
    status,
    message,
    assertionResults: statuses.map((one) => ({ status: one, fullName: 'a test' })),
  });
  const crashed = file('console.test.ts', 'failed', '', 'passed', 'pending');

  test('names the files, so that they run again', () => {
    const report = { testResults: [file('a.test.ts', 'passed', '', 'passed'), crashed] };
    expect(crashedVitestFiles(report)).toEqual(['console.test.ts']);
  });

  test('counts for nothing beside a failure of another kind', () => {
    for (const other of [
      file('a.test.ts', 'failed', '', 'failed', 'passed'),
      file('a.test.ts', 'failed', 'there is no such module'),
    ]) {
      expect(crashedVitestFiles({ testResults: [crashed, other] })).toEqual([]);
    }
    expect(crashedVitestFiles({ testResults: [file('a.test.ts', 'passed', '', 'passed')] })).toEqual([]);
  });
});

describe('a failure', () => {
  test('that the command expects is a sentence with advice', () => {
    expect(explainFailure(new SetupError('Port 1 is taken.', 'Name another.'))).toBe(
      'Port 1 is taken.\nName another.',
    );
  });

  test('on a full disk says so without a stack', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainFailure(error)).toMatch(/^ENOSPC.*\nThe disk is full\. /);
  });

  test('that the command does not expect keeps its stack', () => {
    expect(explainFailure(new TypeError('oops'))).toContain('commands.test.ts');
  });
});

test.each([
  ['Cypress/Cypress', 'electron'],
  ['Cypress/locales/cy.pak', 'locales/cy.pak'],
  ['Cypress/libffmpeg.so', 'libffmpeg.so'],
  ['Cypress/resources/app/index.js', undefined],
  ['Cypress/browser_v8_context_snapshot.bin', undefined],
  ['Cypress/locales/', undefined],
  ['Cypress/../../etc/passwd', undefined],
  ['elsewhere/file', undefined],
])('the archive entry %j goes to %j', (entry, place) => {
  expect(placeEntry(entry)).toBe(place);
});
