/**
 * What the cases import as `vitest` under Wine, where vitest's own workers cannot run: its real `expect`, and the few
 * words that describe tests. So the same contract suites hold for the adapters of Windows.
 */
import { inspect } from 'node:util';
import { expect } from '../../../node_modules/vitest/dist/index.js';

export { expect };

type Work = (...values: never[]) => unknown;
type Hook = () => unknown;

interface Suite {
  readonly title: string;
  readonly skipped: boolean;
  readonly beforeAll: Hook[];
  readonly afterAll: Hook[];
  readonly beforeEach: Hook[];
  readonly afterEach: Hook[];
  readonly members: (Suite | Case)[];
}

interface Case {
  readonly title: string;
  readonly skipped: boolean;
  readonly deadlineMs: number;
  readonly work: () => unknown;
}

export interface CaseResult {
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
}

const defaultDeadlineMs = 30_000;

const makeSuite = (title: string, skipped: boolean): Suite => ({
  title,
  skipped,
  beforeAll: [],
  afterAll: [],
  beforeEach: [],
  afterEach: [],
  members: [],
});

const root = makeSuite('', false);
let current = root;

/** `%s` takes the next value, as in vitest; the cases use no other placeholder. */
const fillTitle = (title: string, values: readonly unknown[]): string => {
  let index = 0;
  return title.replaceAll('%s', () => {
    const value = values[index];
    index += 1;
    return String(value);
  });
};

const valuesOf = (row: unknown): readonly unknown[] => (Array.isArray(row) ? (row as unknown[]) : [row]);

const addSuite =
  (skipped: boolean) =>
  (title: string, work: () => void): void => {
    const outer = current;
    const suite = makeSuite(title, skipped || outer.skipped);
    outer.members.push(suite);
    current = suite;
    try {
      work();
    } finally {
      current = outer;
    }
  };

const addCase =
  (skipped: boolean) =>
  (title: string, work: () => unknown, deadlineMs = defaultDeadlineMs): void => {
    current.members.push({ title, work, deadlineMs, skipped: skipped || current.skipped });
  };

const each =
  (add: (title: string, work: () => void, deadlineMs?: number) => void) =>
  (rows: readonly unknown[]) =>
  (title: string, work: Work, deadlineMs?: number): void => {
    for (const row of rows) {
      const values = valuesOf(row);
      add(fillTitle(title, values), () => work(...(values as never[])), deadlineMs);
    }
  };

const withForms = (
  make: (skipped: boolean) => (title: string, work: () => void, deadlineMs?: number) => void,
) =>
  Object.assign(make(false), {
    each: each(make(false)),
    skip: make(true),
    skipIf: (condition: unknown) => make(Boolean(condition)),
    runIf: (condition: unknown) => make(!condition),
  });

export const describe = withForms(addSuite);
export const it = withForms(addCase);
export const test = withForms(addCase);
export const beforeAll = (hook: Hook): number => current.beforeAll.push(hook);
export const afterAll = (hook: Hook): number => current.afterAll.push(hook);
export const beforeEach = (hook: Hook): number => current.beforeEach.push(hook);
export const afterEach = (hook: Hook): number => current.afterEach.push(hook);

const before = async (work: () => unknown, deadlineMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      Promise.resolve().then(work),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`not done in ${deadlineMs} ms`)), deadlineMs);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
};

/** The error with the actual and the expected value, as far as they can be printed. */
const describeError = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const sides = (['actual', 'expected'] as const)
    .filter((side) => side in error)
    .map((side) => `${side}: ${inspect(Reflect.get(error, side), { depth: 6 })}`);
  return [error.stack ?? error.message, ...sides].join('\n');
};

const failAll = (suite: Suite, prefix: string, detail: string, results: CaseResult[]): void => {
  for (const member of suite.members) {
    const title = `${prefix}${member.title}`;
    if ('members' in member) failAll(member, `${title} > `, detail, results);
    else results.push({ title, outcome: 'failed', detail });
  }
};

const runCase = async (
  { work, deadlineMs }: Case,
  outer: readonly Suite[],
): Promise<Omit<CaseResult, 'title'>> => {
  try {
    for (const suite of outer) for (const hook of suite.beforeEach) await before(hook, defaultDeadlineMs);
    await before(work, deadlineMs);
    for (const suite of outer.toReversed()) {
      for (const hook of suite.afterEach) await before(hook, defaultDeadlineMs);
    }
    return { outcome: 'passed', detail: '' };
  } catch (error) {
    return { outcome: 'failed', detail: describeError(error) };
  }
};

const hasWork = (suite: Suite): boolean =>
  suite.members.some((member) => ('members' in member ? hasWork(member) : !member.skipped));

const runSuite = async (
  suite: Suite,
  prefix: string,
  outer: readonly Suite[],
  results: CaseResult[],
): Promise<void> => {
  // As in vitest, the hooks of a suite in which no test runs stay unused.
  const runs = hasWork(suite);
  try {
    if (runs) for (const hook of suite.beforeAll) await before(hook, defaultDeadlineMs);
  } catch (error) {
    failAll(suite, prefix, `beforeAll: ${describeError(error)}`, results);
    return;
  }
  const all = [...outer, suite];
  for (const member of suite.members) {
    const title = `${prefix}${member.title}`;
    if ('members' in member) await runSuite(member, `${title} > `, all, results);
    else if (member.skipped) results.push({ title, outcome: 'skipped', detail: '' });
    else results.push({ title, ...(await runCase(member, all)) });
  }
  if (!runs) return;
  try {
    for (const hook of suite.afterAll) await before(hook, defaultDeadlineMs);
  } catch (error) {
    results.push({ title: `${prefix}afterAll`, outcome: 'failed', detail: describeError(error) });
  }
};

/** Runs everything that was described so far, in order. */
export const runDescribed = async (): Promise<readonly CaseResult[]> => {
  const results: CaseResult[] = [];
  await runSuite(root, '', [], results);
  return results;
};
