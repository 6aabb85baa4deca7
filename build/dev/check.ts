/**
 * `npm run check`: what a change can have broken, in under two minutes: types, format, prose, and the unit, contract and
 * architecture tests that import a changed file. `-- --since REF` names what the change is compared with.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { run } from '../runtime/child.ts';
import { projectRoot } from '../runtime/paths.ts';
import { runMain, SetupError } from '../runtime/setup-error.ts';
import { lintSteps } from './lint.ts';
import { type Part, runParts, runSteps } from './run-parts.ts';
import { vitestArguments } from './test-parts.ts';

const deadlineMs = 10 * 60_000;

/** Where the branch left the main line; the last commit where it has not left it. */
const findBase = async (): Promise<string> => {
  const git = async (...args: readonly string[]) => {
    const { status, stdout } = await run('git', args, { cwd: projectRoot });
    return status === 0 ? stdout.trim() : undefined;
  };
  const head = await git('rev-parse', 'HEAD');
  if (head === undefined) {
    throw new SetupError('This folder is no git checkout, so nothing says what changed.', 'Run npm test.');
  }
  for (const line of ['origin/main', 'main']) {
    const base = await git('merge-base', 'HEAD', line);
    if (base !== undefined && base !== head) return base;
  }
  return (await git('rev-parse', 'HEAD~1')) ?? head;
};

const checkParts = (base: string): readonly Part[] => [
  {
    name: 'types',
    about: 'every environment, incrementally',
    cores: 1,
    deadlineMs,
    run: ({ cores, node }) => runSteps(() => node(['build/dev/types.ts', '--cores', String(cores)])),
  },
  {
    name: 'tests',
    about: `unit, contract and architecture tests of what changed since ${base.slice(0, 12)}`,
    cores: 1,
    deadlineMs,
    run: (shell) => {
      const projects = ['unit', 'contract', 'architecture'].flatMap((name) => ['--project', name]);
      return runSteps(() =>
        shell.node(vitestArguments(shell, ...projects, `--changed=${base}`, '--passWithNoTests')),
      );
    },
  },
  {
    name: 'format',
    about: 'format, rules without types, prose',
    cores: 1,
    deadlineMs,
    run: (shell) => runSteps(...[lintSteps.biome, lintSteps.prose].map((step) => () => step(shell))),
  },
];

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { since: { type: 'string' } } });
  const parts = checkParts(values.since ?? (await findBase()));
  return runParts(parts, { cores: Math.min(availableParallelism(), 4) });
};

if (import.meta.main) await runMain(main);
