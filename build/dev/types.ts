/** Type-checks every environment with its own tsconfig, so that `window` cannot slip into shared code. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../runtime/child.ts';
import { projectRoot, scratchFolder } from '../runtime/paths.ts';
import { runMain } from '../runtime/setup-error.ts';

/** The slow ones first, so that none of them is left to the end. */
const environments = [
  'tests',
  'collector',
  'collector/console',
  'electron',
  'renderer',
  'build',
  'electron/preload',
  'electron/domain',
  'shared',
];

const check = async (environment: string): Promise<boolean> => {
  const result = await run(
    process.execPath,
    [
      'node_modules/typescript/bin/tsc',
      ...['-p', environment],
      // What was found is kept, so that the next run looks only at what a change concerns.
      '--incremental',
      ...[
        '--tsBuildInfoFile',
        path.join(scratchFolder, 'types', `${environment.replace('/', '-')}.tsbuildinfo`),
      ],
    ],
    { cwd: projectRoot, deadlineMs: 300_000 },
  );
  if (result.outcome === 'exited' && result.status === 0) return true;
  console.error(`${result.stdout}${result.stderr}types: ${environment}: ${result.outcome}: failed`);
  return false;
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { cores: { type: 'string' } } });
  const cores = Math.max(1, Number(values.cores ?? availableParallelism()));
  const waiting = [...environments];
  let failed = 0;
  const takeTurns = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!(await check(next))) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: cores }, takeTurns));
  return failed === 0 ? 0 : 1;
};

if (import.meta.main) await runMain(main);
