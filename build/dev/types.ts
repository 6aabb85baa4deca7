/** Type-checks every environment with its own tsconfig, so that `window` cannot slip into shared code. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const environments = [
  'shared',
  'electron/domain',
  'electron',
  'electron/preload',
  'renderer',
  'collector',
  'build',
  'tests',
];

let failed = 0;
for (const environment of environments) {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', environment], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`types: ${environment}: failed`);
    failed += 1;
  }
}
process.exitCode = failed === 0 ? 0 : 1;
