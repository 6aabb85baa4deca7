/** Time from process start to the first painted gate over that of a bare window on the same runtime. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { startDisplay } from '../../build/dev/display.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { startCollector } from '../../collector/src/server.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { inFolder, startProgram } from '../support/bench/start-program.ts';
import { describeSpread } from '../support/bench/statistics.ts';

const runs = 12;
const target = 1.25;

const bareApp = fileURLToPath(new URL('bare-app/window', import.meta.url));

type Kind = 'bare' | 'alone' | 'bareAsking' | 'withCollector';

export async function run(): Promise<Figure[]> {
  const runtime = await ensureRuntime();
  await ensureBuild();
  const display = await startDisplay();
  try {
    return await inFolder(async (folder) => {
      const collector = await startCollector({
        dataDirectory: path.join(folder, 'collector'),
        port: 0,
        log: () => undefined,
      });
      const reporting = {
        collectorUrl: collector.address,
        enrolmentToken: await collector.createEnrolmentToken(),
      };
      const measure = (kind: Kind): Promise<number> =>
        // A first login each time: neither Chromium nor the agent knows anything of an earlier run.
        inFolder(async (runFolder) => {
          const profileFolder = path.join(runFolder, 'profile');
          const configFile = path.join(runFolder, 'config.json');
          const config = { siteName: 'Ysgol Enghraifft', ...(kind === 'withCollector' ? reporting : {}) };
          await writeFile(configFile, JSON.stringify(config));
          const program = await startProgram({
            runtime,
            env:
              kind === 'bareAsking'
                ? { ...display.env, PORTHOR_BARE_ASKS: `${collector.address}/healthz` }
                : display.env,
            profileFolder,
            ...(kind === 'bare' || kind === 'bareAsking'
              ? { app: bareApp, args: [], says: /^bare painted$/u }
              : { app: projectRoot, args: ['--config', configFile], says: /^gate painted / }),
          });
          await program.child.stop(0);
          return program.elapsedMs;
        });

      try {
        const elapsedMs: Record<Kind, number[]> = { bare: [], alone: [], bareAsking: [], withCollector: [] };
        const kinds = Object.keys(elapsedMs) as Kind[];
        // The round before the first warms the disk's cache and is not counted.
        for (let round = -1; round < runs; round += 1) {
          // Each comes as often after the others as before them: what the one before leaves the machine busy with
          // favours nobody, nor does a machine that slows down.
          for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
            const elapsed = await measure(kind);
            if (round >= 0) elapsedMs[kind].push(elapsed);
          }
        }
        const compare = (bench: string, kind: Kind, floorKind: Kind): Figure => {
          console.error(describeSpread(bench, elapsedMs[kind], elapsedMs[floorKind], 'ms'));
          const [ours, floor] = [median(elapsedMs[kind]), median(elapsedMs[floorKind])];
          return figure({ bench, ours, floor, unit: 'ms', target, good: 'at-most-target', runs });
        };
        return [
          compare('gate-first-paint', 'alone', 'bare'),
          // The policy is shown when the collector has answered, so the floor asks it as often.
          compare('gate-first-paint-with-collector', 'withCollector', 'bareAsking'),
        ];
      } finally {
        await collector.close();
      }
    });
  } finally {
    await display.stop();
  }
}
