/** The runner of parts, in a process of its own: what it prints, what it ends, and the code it leaves with. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run, startChild } from '../../../build/runtime/child.ts';
import { isRunning } from '../../support/is-running.ts';

const runner = fileURLToPath(new URL('../../../build/dev/run-parts.ts', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-parts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Arguments for Node that run parts, each of which is a shell script. */
const scriptOf = (parts: readonly { readonly script: string; readonly deadlineMs: number }[]) => [
  '--input-type=module',
  '-e',
  `import { runParts, runSteps } from ${JSON.stringify(runner)};
   const parts = ${JSON.stringify(parts)}.map(({ script, deadlineMs }, index) => ({
     name: 'test-part-' + index, about: 'for a test', cores: 1, deadlineMs,
     run: ({ exec }) => runSteps(() => exec('sh', ['-c', script])),
   }));
   process.exitCode = await runParts(parts, { cores: 2 });`,
];

/** Starts a program in a session of its own, which no signal to the part's group reaches, and notes its id. */
const startHelper = () =>
  `setsid sh -c 'echo $$ > ${folder}/helper; exec sleep 600' & until [ -s ${folder}/helper ]; do :; done`;
const helperId = async () => Number(await readFile(path.join(folder, 'helper'), 'utf8'));

test('a failure hides nothing, and what a part prints stays together', async () => {
  const waitFor = (name: string) => `until [ -e ${folder}/${name} ]; do :; done`;
  const { status, stdout } = await run(
    process.execPath,
    scriptOf([
      {
        script: `echo one; touch ${folder}/one; ${waitFor('two')}; echo three >&2; exit 3`,
        deadlineMs: 20_000,
      },
      { script: `${waitFor('one')}; echo two; touch ${folder}/two`, deadlineMs: 20_000 },
      { script: 'echo four', deadlineMs: 20_000 },
    ]),
  );
  expect(status).toBe(1);
  expect(stdout).toContain('\n== test-part-0: for a test\none\nthree\n');
  expect(stdout).toMatch(
    /FAILED {2}test-part-0 .* 1 of 1 failed\npassed {2}test-part-1 .*\npassed {2}test-part-2 /u,
  );
  expect(stdout).toMatch(/1 FAILED in \S+ s\n$/u);
});

test('a part that is late fails, with every program that it has started', async () => {
  const { status, stdout } = await run(
    process.execPath,
    scriptOf([{ script: `${startHelper()}; sleep 600`, deadlineMs: 3000 }]),
  );
  expect(status).toBe(1);
  expect(stdout).toContain('it was ended at its deadline of 3.0 s');
  await expect.poll(async () => isRunning(await helperId())).toBe(false);
});

test('a runner that gets a signal to end says what was not done, and leaves nothing behind', async () => {
  const lines: string[] = [];
  const child = await startChild(
    'The runner',
    process.execPath,
    scriptOf([
      { script: `${startHelper()}; echo begun; touch ${folder}/ready; sleep 600`, deadlineMs: 60_000 },
      { script: `until [ -e ${folder}/ready ]; do :; done; kill -TERM $PPID; sleep 600`, deadlineMs: 60_000 },
      { script: 'echo never', deadlineMs: 60_000 },
    ]),
    { onLine: (line) => lines.push(line) },
  );
  expect(await child.exited).toEqual({ code: 143, signal: null });
  await child.stop();
  const said = lines.join('\n');
  expect(said).toContain('begun');
  expect(said).toMatch(/FAILED {2}test-part-0 .*ended by SIGTERM/u);
  expect(said).toMatch(/FAILED {2}test-part-2 .*not started before SIGTERM/u);
  await expect.poll(async () => isRunning(await helperId())).toBe(false);
});
