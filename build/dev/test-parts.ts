/** The parts of `npm test`: what each proves, what it needs, and how long it may take. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../runtime/paths.ts';
import { SetupError } from '../runtime/setup-error.ts';
import { lintPart } from './lint.ts';
import { type Part, type PartResult, type PartShell, resultsFolder, runSteps } from './run-parts.ts';
import {
  crashedVitestFiles,
  onlyRunnerCrashed,
  playwrightCounts,
  type TestCounts,
  vitestCounts,
} from './test-counts.ts';

const minutes = (count: number): number => count * 60_000;

/** A runner that ran nothing proves nothing; what it skipped is printed. */
const readResult = async (
  exitedWell: boolean,
  file: string,
  count: (report: unknown) => TestCounts,
  say: (line: string) => void,
): Promise<PartResult> => {
  let counts: TestCounts;
  try {
    counts = count(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return { passed: false, note: 'it left no readable report' };
  }
  const { passed, failures, skipped } = counts;
  for (const title of skipped) say(`SKIPPED: ${title}`);
  const note = `${passed} passed, ${failures.length} failed, ${skipped.length} skipped`;
  if (passed + failures.length === 0) return { passed: false, note: `no test ran (${note})` };
  return { passed: exitedWell && failures.length === 0, note, failures };
};

interface VitestPart {
  readonly name: string;
  readonly about: string;
  readonly after?: readonly string[];
  readonly heavy?: true;
  readonly deadlineMs?: number;
}

export const vitestArguments = ({ cores }: PartShell, ...more: readonly string[]): readonly string[] => [
  path.join(projectRoot, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--config',
  'tests/vitest.config.ts',
  `--maxWorkers=${cores}`,
  ...more,
];

const vitestPart = ({ name, about, after = [], heavy, deadlineMs = minutes(25) }: VitestPart): Part => ({
  name,
  about,
  after,
  ...(heavy === undefined ? {} : { heavy }),
  cores: 1,
  deadlineMs,
  run: async (shell) => {
    const runFiles = async (file: string, ...files: readonly string[]): Promise<PartResult> => {
      await rm(file, { force: true });
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
      const args = vitestArguments(shell, '--project', name, ...reporters, ...files);
      return readResult(await shell.node(args), file, vitestCounts, shell.say);
    };
    const file = path.join(resultsFolder, `${name}.json`);
    const first = await runFiles(file);
    const crashed = first.passed ? [] : await readCrashedFiles(file);
    if (crashed.length === 0) return first;
    for (const crash of crashed) shell.say(`RUN AGAIN: the process that ran ${crash} crashed.`);
    const again = await runFiles(path.join(resultsFolder, `${name}-again.json`), ...crashed);
    return { ...again, note: `${first.note}; the runner crashed, run again: ${again.note}` };
  },
});

const readCrashedFiles = async (file: string): Promise<readonly string[]> => {
  try {
    return crashedVitestFiles(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return [];
  }
};

const hasOnlyRunnerCrashed = async (file: string): Promise<boolean> => {
  try {
    return onlyRunnerCrashed(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return false;
  }
};

const playwrightPart: Part = {
  name: 'e2e',
  about: 'real Electron on a real X server',
  after: ['runtime', 'build'],
  // Two workers, each of which waits for clocks and screens half of its time.
  cores: 1,
  deadlineMs: minutes(40),
  run: async (shell) => {
    const file = path.join(resultsFolder, 'e2e.json');
    await rm(file, { force: true });
    const script = path.join(projectRoot, 'node_modules/@playwright/test/cli.js');
    const runTests = (...more: readonly string[]) =>
      shell.node(
        [script, 'test', '--config', 'tests/playwright.config.ts', '--reporter=list,json', ...more],
        { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
      );
    const exitedWell = await runTests();
    const first = await readResult(exitedWell, file, playwrightCounts, shell.say);
    if (first.passed || !(await hasOnlyRunnerCrashed(file))) return first;
    shell.say('RUN AGAIN: the process of the test runner crashed; its tests run once more.');
    const again = await readResult(await runTests('--last-failed'), file, playwrightCounts, shell.say);
    return { ...again, note: `${first.note}; the runner crashed, run again: ${again.note}` };
  },
};

/** In the order in which they start where cores are free: what others wait for, then the longest. */
export const testParts: readonly Part[] = [
  {
    name: 'runtime',
    about: 'Electron, virtual display, browser, and the system packages of all three',
    cores: 1,
    deadlineMs: minutes(20),
    run: async (shell) => {
      const passed = await shell.node(['build/dev/prepare-tests.ts']);
      return { passed, note: /^Electron \S+, \w+/mu.exec(shell.output())?.[0] ?? '' };
    },
  },
  {
    name: 'build',
    about: 'the agent',
    // The runtime itself makes the code cache.
    after: ['runtime'],
    cores: 1,
    deadlineMs: minutes(5),
    run: ({ node }) => runSteps(() => node(['build/bundle/build.ts'])),
  },
  {
    name: 'heavy-needs',
    about: 'the system packages of the heavy parts',
    cores: 1,
    after: ['runtime'],
    heavy: true,
    deadlineMs: minutes(20),
    run: ({ node }) => runSteps(() => node(['build/dev/prepare-tests.ts', '--all'])),
  },
  playwrightPart,
  vitestPart({
    name: 'wine',
    about: 'Windows adapters and the installer under Wine',
    after: ['heavy-needs', 'build'],
    heavy: true,
    deadlineMs: minutes(35),
  }),
  vitestPart({
    name: 'postgres',
    about: 'the storage suite on a PostgreSQL of its own, and collectors side by side',
    after: ['heavy-needs'],
    heavy: true,
  }),
  vitestPart({
    name: 'usb-vm',
    about: 'removable media on a real USB bus in a virtual machine',
    after: ['heavy-needs', 'build'],
    heavy: true,
    deadlineMs: minutes(25),
  }),
  vitestPart({
    name: 'packaging',
    about: 'the Linux package: fuses, contents, installed and started',
    after: ['runtime', 'build'],
  }),
  vitestPart({
    name: 'integration',
    about: 'parts of the house with the real world',
    after: ['runtime', 'build'],
  }),
  vitestPart({
    name: 'collector',
    about: 'the collector over real HTTP',
    after: ['runtime'],
  }),
  vitestPart({ name: 'console', about: "the console's pages in a real browser", after: ['runtime'] }),
  vitestPart({ name: 'renderer', about: "the windows' pages in a real browser", after: ['runtime'] }),
  lintPart,
  {
    name: 'types',
    about: 'every environment with its own tsconfig',
    cores: 1,
    deadlineMs: minutes(10),
    run: ({ cores, node }) => runSteps(() => node(['build/dev/types.ts', '--cores', String(cores)])),
  },
  vitestPart({ name: 'unit', about: 'pure decisions' }),
  vitestPart({ name: 'contract', about: 'ports and both sides of the wire' }),
  vitestPart({ name: 'architecture', about: 'the rules of the house' }),
];

/**
 * The parts named on the command line, in their fixed order. Without a name all but the heavy; `all` names every one.
 * Throws for an unknown name.
 */
export const chooseParts = <T extends { readonly name: string; readonly heavy?: true }>(
  all: readonly T[],
  names: readonly string[],
): readonly T[] => {
  if (names.length === 1 && names[0] === 'all') return all;
  const unknown = names.filter((name) => !all.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new SetupError(
      `There is no part called ${unknown.join(', ')}.`,
      `The parts are: ${all.map(({ name }) => name).join(', ')}; \`all\` names every one.`,
    );
  }
  return all.filter(({ name, heavy }) => (names.length === 0 ? heavy !== true : names.includes(name)));
};
