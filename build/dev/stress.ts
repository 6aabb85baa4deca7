/**
 * `npm run test:stress`: every end-to-end test many times while something else keeps both cores busy, and a table of
 * what failed. `-- --times 3 tests/e2e/idle.e2e.ts` narrows it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../runtime/paths.ts';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { type Part, resultsFolder, runParts } from './run-parts.ts';
import { type PlaywrightTest, playwrightTests } from './test-counts.ts';

const hour = 60 * 60_000;

const usage = 'Use: npm run test:stress -- [--times N] [file or title of Playwright …]';

export const parseStressOptions = (args: readonly string[]) => {
  let parsed: { readonly values: { readonly times?: string }; readonly positionals: readonly string[] };
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options: { times: { type: 'string' } } });
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), usage);
  }
  const times = Number(parsed.values.times ?? 20);
  if (!Number.isInteger(times) || times < 1) throw new SetupError('--times is no number of runs.', usage);
  return { times, files: parsed.positionals };
};

/** One busy loop for each core, of the same priority as the tests, and each the end of itself when this process ends. */
const startBurners = (): (() => void) => {
  // Its stdin closes with this process, whatever ends it.
  const script =
    "process.stdin.on('end', () => process.exit()).resume(); const burn = () => { const until = Date.now() + 50; while (Date.now() < until); setImmediate(burn); }; burn();";
  const burners: ChildProcess[] = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'inherit'] }),
  );
  return () => {
    for (const burner of burners) burner.kill('SIGKILL');
  };
};

/** A line for each test that failed, the worst first. */
export const describeFailures = (
  tests: readonly Pick<PlaywrightTest, 'title' | 'status'>[],
): readonly string[] => {
  const counts = new Map<string, { runs: number; failed: number }>();
  for (const { title, status } of tests) {
    const count = counts.get(title) ?? { runs: 0, failed: 0 };
    counts.set(title, count);
    if (status === 'skipped') continue;
    count.runs += 1;
    if (status === 'failed') count.failed += 1;
  }
  return [...counts]
    .filter(([, { failed }]) => failed > 0)
    .toSorted(([, left], [, right]) => right.failed - left.failed)
    .map(([title, { runs, failed }]) => `${String(failed).padStart(4)} of ${runs} failed  ${title}`);
};

const stressPart = (times: number, files: readonly string[]): Part => ({
  name: 'stress',
  about: `end-to-end tests, ${times} times each, with every core kept busy`,
  cores: 1,
  deadlineMs: 24 * hour,
  run: async (shell) => {
    const file = path.join(resultsFolder, 'stress.json');
    await rm(file, { force: true });
    const stopBurners = startBurners();
    try {
      const script = path.join(projectRoot, 'node_modules/@playwright/test/cli.js');
      const config = ['--config', 'tests/playwright.config.ts', '--reporter=list,json'];
      const exitedWell = await shell.node([script, 'test', ...config, `--repeat-each=${times}`, ...files], {
        PLAYWRIGHT_JSON_OUTPUT_FILE: file,
      });
      const tests = playwrightTests(JSON.parse(await readFile(file, 'utf8')));
      const failures = describeFailures(tests);
      for (const line of failures) shell.say(line);
      const note = `${tests.length} runs, ${failures.length} tests failed at least once`;
      return { passed: exitedWell && tests.length > 0 && failures.length === 0, note };
    } finally {
      stopBurners();
    }
  },
});

const main = async (): Promise<number> => {
  const { times, files } = parseStressOptions(process.argv.slice(2));
  await mkdir(resultsFolder, { recursive: true });
  return runParts([stressPart(times, files)], { cores: availableParallelism() });
};

if (import.meta.main) await runMain(main);
