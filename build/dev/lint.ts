/** `npm run lint`: format, rules, type-aware rules, layer rules, dead exports and prose; a failure does not hide the next. */
import { parseArgs } from 'node:util';
import { runMain } from '../runtime/setup-error.ts';
import { binary, type Part, type PartShell, runParts, runSteps } from './run-parts.ts';

const layerFolders = ['electron', 'renderer', 'shared', 'collector', 'build', 'tests'];

type Step = (shell: PartShell) => Promise<boolean>;

export const lintSteps = {
  biome: ({ exec }) => exec(binary('biome'), ['check', '.']),
  prose: ({ node }) => node(['build/dev/lint-prose.ts']),
  layers: ({ exec }) => exec(binary('depcruise'), ['--config', '.dependency-cruiser.cjs', ...layerFolders]),
  knip: ({ exec }) => exec(binary('knip'), []),
  eslint: ({ exec }) => exec(binary('eslint'), ['.']),
} satisfies Readonly<Record<string, Step>>;

export const lintPart: Part = {
  name: 'lint',
  about: 'format, type-aware rules, layer rules, dead exports, prose',
  cores: 1,
  deadlineMs: 10 * 60_000,
  run: (shell) => runSteps(...Object.values(lintSteps).map((step: Step) => () => step(shell))),
};

if (import.meta.main) {
  parseArgs({ args: process.argv.slice(2), options: {} });
  await runMain(() => runParts([lintPart], { cores: 1 }));
}
