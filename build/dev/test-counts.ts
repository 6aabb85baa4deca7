/** Reads how many tests ran from the reports of both test runners, whose exit codes are the same for "none" and "all passed". */
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

export interface TestCounts {
  readonly passed: number;
  /** A line for each failure: the full title, and the first line of what the runner said. */
  readonly failures: readonly string[];
  /** Full titles of what did not run. */
  readonly skipped: readonly string[];
}

const vitestReportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
});

const failureLine = (title: string, message = ''): string => {
  const [first = ''] = stripVTControlCharacters(message).trim().split('\n');
  return first === '' ? title : `${title}: ${first}`;
};

/** From vitest's JSON report. A file that failed before its first test counts as one failure. Throws for another shape. */
export const vitestCounts = (report: unknown): TestCounts => {
  const files = vitestReportSchema.parse(report).testResults;
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const failures = files.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [failureLine(name, message)];
    return failed.map(({ fullName, failureMessages }) => failureLine(fullName, failureMessages?.[0]));
  });
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failures,
    skipped: tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName),
  };
};

/**
 * The files whose worker process crashed, where nothing else failed; otherwise empty. Vitest 5 reports such a file as
 * failed, with an empty message and without a failed test; a file that cannot be loaded has a message.
 */
export const crashedVitestFiles = (report: unknown): readonly string[] => {
  const failed = vitestReportSchema.parse(report).testResults.filter(({ status }) => status === 'failed');
  const isCrash = ({ message, assertionResults }: (typeof failed)[number]): boolean =>
    message === '' && !assertionResults.some(({ status }) => status === 'failed');
  return failed.every(isCrash) ? failed.map(({ name }) => name) : [];
};

interface PlaywrightSuite {
  readonly title: string;
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results?:
        | readonly { readonly errors?: readonly { readonly message?: string | undefined }[] | undefined }[]
        | undefined;
    }[];
  }[];
  readonly suites?: readonly PlaywrightSuite[] | undefined;
}

const playwrightSuiteSchema: z.ZodType<PlaywrightSuite> = z.object({
  title: z.string(),
  specs: z.array(
    z.object({
      title: z.string(),
      tests: z.array(
        z.object({
          status: z.string(),
          results: z
            .array(z.object({ errors: z.array(z.object({ message: z.string().optional() })).optional() }))
            .optional(),
        }),
      ),
    }),
  ),
  get suites() {
    return z.array(playwrightSuiteSchema).optional();
  },
});

const playwrightReportSchema = z.object({
  suites: z.array(playwrightSuiteSchema),
  errors: z.array(z.object({ message: z.string().optional() })),
});

export interface PlaywrightTest {
  /** Its file, its groups and its own title. */
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What failed, in the words of the runner. */
  readonly errors: readonly string[];
}

/** Every run of every test in Playwright's JSON report. Throws for another shape. */
export const playwrightTests = (report: unknown): readonly PlaywrightTest[] => {
  const found: PlaywrightTest[] = [];
  const walk = (suite: PlaywrightSuite, titles: readonly string[]): void => {
    for (const spec of suite.specs) {
      for (const { status, results } of spec.tests) {
        const isWell = status === 'expected' ? 'passed' : 'failed';
        found.push({
          title: [...titles, spec.title].join(' › '),
          status: status === 'skipped' ? 'skipped' : isWell,
          errors: (results ?? []).flatMap(({ errors }) => errors ?? []).map(({ message }) => message ?? ''),
        });
      }
    }
    for (const inner of suite.suites ?? []) walk(inner, [...titles, inner.title]);
  };
  for (const suite of playwrightReportSchema.parse(report).suites) walk(suite, [suite.title]);
  return found;
};

/** From Playwright's JSON report. An error outside any test counts as a failure. Throws for another shape. */
export const playwrightCounts = (report: unknown): TestCounts => {
  const tests = playwrightTests(report);
  const failed = tests.filter(({ status }) => status === 'failed');
  const outside = playwrightReportSchema.parse(report).errors;
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failures: [
      ...failed.map(({ title, errors }) => failureLine(title, errors[0])),
      ...outside.map(({ message }) => failureLine('outside any test', message)),
    ],
    skipped: tests.filter(({ status }) => status === 'skipped').map(({ title }) => title),
  };
};

/**
 * Whether tests failed, each for one reason alone: the process of the runner crashed. That says nothing of the product
 * (Node 24 can end with V8's check of its list of code pages, "jit_page.has_value()"; nodejs/node issue 64500).
 */
export const onlyRunnerCrashed = (report: unknown): boolean => {
  const failed = playwrightTests(report).filter(({ status }) => status === 'failed');
  const isCrash = (message: string) => message.includes('worker process exited unexpectedly');
  return failed.length > 0 && failed.every(({ errors }) => errors.length > 0 && errors.every(isCrash));
};
