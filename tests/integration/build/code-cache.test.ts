/** The build's code cache is for the runtime that the agent starts with, and for what the agent loads at its start. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ensureBuild } from '../../../build/dev/agent-command.ts';
import { run } from '../../../build/runtime/child.ts';
import { ensureRuntime } from '../../../build/runtime/ensure-runtime.ts';
import { projectRoot } from '../../../build/runtime/paths.ts';

const probe = fileURLToPath(new URL('../../fixtures/code-cache-probe', import.meta.url));
const answerSchema = z.object({ caches: z.array(z.string()), refused: z.array(z.string()) });

test('the runtime takes the code cache of every file that is loaded before the gate', async () => {
  const runtime = await ensureRuntime();
  await ensureBuild();
  const { stdout } = await run(runtime.executablePath, [...runtime.launchArgs, probe], {
    env: { ...process.env, PORTHOR_PROBED_FOLDER: path.join(projectRoot, 'dist', 'main') },
    deadlineMs: 60_000,
  });
  const { caches, refused } = answerSchema.parse(JSON.parse(stdout));
  const names = caches.map((file) => path.basename(file).replace(/-[\w-]{8}\.cjs\.cache$/u, ''));
  expect(names).toEqual(expect.arrayContaining(['agent.cjs.cache', 'agent', 'start', 'system.linux']));
  expect(refused).toEqual([]);
});
