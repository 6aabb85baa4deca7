/** `npm test`: everything that proves the project, part by part; each is timed, and a failure does not hide the next. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describeRuntime, ensureRuntime } from '../runtime/ensure-runtime.ts';
import { projectRoot, scratchFolder } from '../runtime/paths.ts';
import { explainFailure, runMain, SetupError } from '../runtime/setup-error.ts';
import { browserNeeds, displayNeeds, ensurePrograms } from '../runtime/system-packages.ts';
import { playwrightCounts, type TestCounts, vitestCounts } from './test-counts.ts';

interface PartResult {
  readonly passed: boolean;
  readonly note: string;
}

interface Part {
  readonly name: string;
  readonly about: string;
  /** Needs so much that it runs only when it is named, and is named aloud whenever it did not run. */
  readonly heavy?: true;
  run(): Promise<PartResult>;
}

const binary = (name: string) => path.join(projectRoot, 'node_modules/.bin', name);

const runCommand = async (
  command: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<boolean> => {
  // Scripts that name `node` get the one that runs this, whatever the machine calls `node`.
  const searchPath = `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(command, [...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env, PATH: searchPath },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
};

const runNode = (args: readonly string[], env?: NodeJS.ProcessEnv) => runCommand(process.execPath, args, env);

const commands = async (...steps: (() => Promise<boolean>)[]): Promise<PartResult> => {
  let failures = 0;
  for (const step of steps) if (!(await step())) failures += 1;
  return { passed: failures === 0, note: failures === 0 ? '' : `${failures} of ${steps.length} failed` };
};

const resultsFolder = path.join(scratchFolder, 'test-results');

/** A runner that ran nothing proves nothing, and what it skipped is said aloud. */
const judge = async (
  exitedWell: boolean,
  file: string,
  count: (report: unknown) => TestCounts,
): Promise<PartResult> => {
  let counts: TestCounts;
  try {
    counts = count(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return { passed: false, note: 'it left no readable report' };
  }
  const { passed, failed, skipped } = counts;
  for (const title of skipped) console.log(`SKIPPED: ${title}`);
  const ran = passed + failed;
  const note = `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
  if (ran === 0) return { passed: false, note: `no test ran (${note})` };
  return { passed: exitedWell && failed === 0, note };
};

const vitestPart = (name: string, about: string): Part => ({
  name,
  about,
  run: async () => {
    const file = path.join(resultsFolder, `${name}.json`);
    await rm(file, { force: true });
    const exitedWell = await runNode([
      path.join(projectRoot, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config',
      'tests/vitest.config.ts',
      '--project',
      name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]);
    return judge(exitedWell, file, vitestCounts);
  },
});

const playwrightPart: Part = {
  name: 'e2e',
  about: 'real Electron on a real X server',
  run: async () => {
    const file = path.join(resultsFolder, 'e2e.json');
    await rm(file, { force: true });
    const exitedWell = await runNode(
      [
        path.join(projectRoot, 'node_modules/@playwright/test/cli.js'),
        'test',
        '--config',
        'tests/playwright.config.ts',
        '--reporter=list,json',
      ],
      { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    );
    return judge(exitedWell, file, playwrightCounts);
  },
};

const layerFolders = ['electron', 'renderer', 'shared', 'collector', 'build', 'tests'];

const parts: readonly Part[] = [
  {
    name: 'types',
    about: 'every environment with its own tsconfig',
    run: () => commands(() => runNode(['build/dev/types.ts'])),
  },
  {
    name: 'lint',
    about: 'format, lint, type-aware rules, layer rules, dead exports',
    run: () =>
      commands(
        () => runCommand(binary('biome'), ['check', '.']),
        () => runCommand(binary('eslint'), ['.']),
        () => runCommand(binary('depcruise'), ['--config', '.dependency-cruiser.cjs', ...layerFolders]),
        () => runCommand(binary('knip'), []),
      ),
  },
  vitestPart('unit', 'pure decisions'),
  vitestPart('contract', 'ports and both sides of the wire'),
  vitestPart('architecture', 'the rules of the house'),
  {
    name: 'runtime',
    about: 'Electron, virtual display, browser, and the system packages of all three',
    run: async () => {
      const runtime = await ensureRuntime({ retryOfficial: true });
      console.log(describeRuntime(runtime));
      await ensurePrograms('a virtual display', displayNeeds);
      await ensurePrograms("the console's tests", browserNeeds);
      return { passed: true, note: `Electron ${runtime.electronVersion}, ${runtime.kind}` };
    },
  },
  { name: 'build', about: 'the agent', run: () => commands(() => runNode(['build/bundle/build.ts'])) },
  vitestPart('integration', 'parts of the house with the real world'),
  vitestPart('collector', 'the collector over real HTTP, its page in a real browser'),
  vitestPart('renderer', "the windows' pages in a real browser"),
  playwrightPart,
  vitestPart('packaging', 'the Linux package: fuses, contents, installed and started'),
  { ...vitestPart('usb-vm', 'removable media on a real USB bus in a virtual machine'), heavy: true },
  { ...vitestPart('wine', 'Windows adapters and the installer under Wine'), heavy: true },
];

/** The parts named on the command line, in their fixed order; all but the heavy when none is named. Throws for an unknown name. */
export const chooseParts = <T extends { readonly name: string; readonly heavy?: true }>(
  all: readonly T[],
  names: readonly string[],
): readonly T[] => {
  const unknown = names.filter((name) => !all.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new SetupError(
      `There is no part called ${unknown.join(', ')}.`,
      `The parts are: ${all.map(({ name }) => name).join(', ')}`,
    );
  }
  return all.filter(({ name, heavy }) => (names.length === 0 ? heavy !== true : names.includes(name)));
};

/** A folder of tests that no part runs would be skipped in silence. */
const findForgottenFolders = async (): Promise<readonly string[]> => {
  const known = new Set([...parts.map(({ name }) => name), 'support', 'fakes', 'fixtures', 'bench']);
  const entries = await readdir(path.join(projectRoot, 'tests'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !known.has(entry.name))
    .map((entry) => `tests/${entry.name}`);
};

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const main = async (): Promise<number> => {
  const named = process.argv.slice(2);
  const chosen = chooseParts(parts, named);
  await mkdir(resultsFolder, { recursive: true });
  const rows: { readonly name: string; readonly result: PartResult; readonly tookMs: number }[] = [];
  for (const part of chosen) {
    console.log(`\n== ${part.name}: ${part.about}`);
    const startedAtMs = performance.now();
    let result: PartResult;
    try {
      result = await part.run();
    } catch (error) {
      console.error(explainFailure(error));
      result = { passed: false, note: 'it could not run' };
    }
    rows.push({ name: part.name, result, tookMs: performance.now() - startedAtMs });
  }
  const forgotten = await findForgottenFolders();
  const failed = rows.filter(({ result }) => !result.passed).length + forgotten.length;

  console.log('\n== result');
  for (const { name, result, tookMs } of rows) {
    const word = result.passed ? 'passed' : 'FAILED';
    console.log(`${word}  ${name.padEnd(14)}${seconds(tookMs).padStart(9)}  ${result.note}`.trimEnd());
  }
  for (const folder of forgotten) console.log(`FAILED  ${folder}: no part runs what is in it`);
  if (named.length === 0) {
    for (const { name, about } of parts.filter(({ heavy }) => heavy === true)) {
      console.log(`NOT RUN ${name}: ${about}; it is run by: npm run test:${name}`);
    }
  }
  const total = rows.reduce((sum, { tookMs }) => sum + tookMs, 0);
  console.log(`${failed === 0 ? 'All passed' : `${failed} FAILED`} in ${seconds(total)}`);
  return failed === 0 ? 0 : 1;
};

if (import.meta.main) await runMain(main);
