/** Reads how many tests ran from the reports of the two test runners, whose exit codes do not tell "none" from "all well". */
import { z } from 'zod';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Full titles of what did not run. */
  readonly skipped: readonly string[];
}

const vitestReportSchema = z.object({
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** From vitest's JSON report. A file that failed before its first test counts as one failure. Throws for another shape. */
export const vitestCounts = (report: unknown): TestCounts => {
  const files = vitestReportSchema.parse(report).testResults;
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const brokenFiles = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length + brokenFiles.length,
    skipped: tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName),
  };
};

interface PlaywrightSuite {
  readonly title: string;
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly { readonly status: string }[];
  }[];
  readonly suites?: readonly PlaywrightSuite[] | undefined;
}

const playwrightSuiteSchema: z.ZodType<PlaywrightSuite> = z.object({
  title: z.string(),
  specs: z.array(z.object({ title: z.string(), tests: z.array(z.object({ status: z.string() })) })),
  get suites() {
    return z.array(playwrightSuiteSchema).optional();
  },
});

const playwrightReportSchema = z.object({
  suites: z.array(playwrightSuiteSchema),
  errors: z.array(z.unknown()),
});

/** From Playwright's JSON report. An error outside any test counts as a failure. Throws for another shape. */
export const playwrightCounts = (report: unknown): TestCounts => {
  const { suites, errors } = playwrightReportSchema.parse(report);
  let passed = 0;
  let failed = errors.length;
  const skipped: string[] = [];
  const walk = (suite: PlaywrightSuite, titles: readonly string[]): void => {
    for (const spec of suite.specs) {
      for (const { status } of spec.tests) {
        if (status === 'expected') passed += 1;
        else if (status === 'skipped') skipped.push([...titles, spec.title].join(' › '));
        else failed += 1;
      }
    }
    for (const inner of suite.suites ?? []) walk(inner, [...titles, inner.title]);
  };
  for (const suite of suites) walk(suite, [suite.title]);
  return { passed, failed, skipped };
};
