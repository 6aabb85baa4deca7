/**
 * Time from process start to the first painted gate, divided by that of a bare window on the same runtime: with the files in
 * the system's cache, with a collector, and with that cache dropped before each start.
 *
 * `PORTHOR_BENCH_BEFORE` names a folder with an earlier build (`dist`, `assets`, `package.json`, `node_modules`). It is then
 * measured in the same rounds, and the part of its distance to the floor that is gone is a figure too.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { startDisplay } from '../../build/dev/display.ts';
import { run as runProgram } from '../../build/runtime/child.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { startCollector } from '../../collector/src/server.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { inFolder, startProgram } from '../support/bench/start-program.ts';
import { describeSpread } from '../support/bench/statistics.ts';

const runs = 24;
/** Fewer with a cold cache: a start from the disk takes seconds. */
const coldRuns = 8;
const targets = { alone: 1.08, withCollector: 1.12, cold: 1.15, gone: 0.25 };

const bareApp = fileURLToPath(new URL('bare-app/window', import.meta.url));
const before = process.env['PORTHOR_BENCH_BEFORE'] ?? '';

type App = 'floor' | 'ours' | 'before';
type Case = 'alone' | 'withCollector' | 'cold';

const benches: Readonly<Record<Case, string>> = {
  alone: 'gate-first-paint',
  // The agent shows the policy after the collector's answer, so the floor asks the collector too.
  withCollector: 'gate-first-paint-with-collector',
  cold: 'gate-first-paint-cold',
};

/** Drops the system's cache of files. False where this user may not: then the cold case is not measured. */
async function dropFileCache(): Promise<boolean> {
  await runProgram('sync', []);
  return writeFile('/proc/sys/vm/drop_caches', '3').then(
    () => true,
    () => false,
  );
}

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
      const measure = (what: Case, app: App): Promise<number> =>
        // Every run is a first login: Chromium and the agent start with empty folders.
        inFolder(async (runFolder) => {
          const profileFolder = path.join(runFolder, 'profile');
          const configFile = path.join(runFolder, 'config.json');
          const config = { siteName: 'Ysgol Enghraifft', ...(what === 'withCollector' ? reporting : {}) };
          await writeFile(configFile, JSON.stringify(config));
          if (what === 'cold') await dropFileCache();
          const program = await startProgram({
            runtime,
            env:
              app === 'floor' && what === 'withCollector'
                ? { ...display.env, PORTHOR_BARE_ASKS: `${collector.address}/healthz` }
                : display.env,
            profileFolder,
            ...(app === 'floor'
              ? { app: bareApp, args: [], says: /^bare painted$/u }
              : {
                  app: app === 'ours' ? projectRoot : before,
                  args: ['--config', configFile],
                  says: /^gate painted /,
                }),
          });
          await program.child.stop(0);
          return program.elapsedMs;
        });

      try {
        const figures: Figure[] = [];
        const apps: readonly App[] = before === '' ? ['floor', 'ours'] : ['floor', 'ours', 'before'];
        const cases: readonly Case[] = (await dropFileCache())
          ? ['alone', 'withCollector', 'cold']
          : ['alone', 'withCollector'];
        for (const what of cases) {
          const rounds = what === 'cold' ? coldRuns : runs;
          const elapsedMs: Record<App, number[]> = { floor: [], ours: [], before: [] };
          // Round -1 warms the disk cache and does not count.
          for (let round = -1; round < rounds; round += 1) {
            // Alternate the order, so that neither leftover work of the previous program nor a machine that slows down
            // favours one program.
            for (const app of round % 2 === 0 ? apps : apps.toReversed()) {
              const elapsed = await measure(what, app);
              if (round >= 0) elapsedMs[app].push(elapsed);
            }
          }
          const bench = benches[what];
          console.error(`${bench}: load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors`);
          console.error(describeSpread(bench, elapsedMs.ours, elapsedMs.floor, 'ms'));
          const [ours, floor] = [median(elapsedMs.ours), median(elapsedMs.floor)];
          const common = { ours, floor, runs: rounds };
          const target = targets[what];
          figures.push(figure({ bench, ...common, unit: 'ms', target, good: 'at-most-target' }));
          if (before === '') continue;
          const earlier = median(elapsedMs.before);
          console.error(describeSpread(`${bench}-before`, elapsedMs.before, elapsedMs.floor, 'ms'));
          figures.push(
            figure({
              bench: `${bench}-distance-gone`,
              ours: earlier - ours,
              floor: earlier - floor,
              unit: 'ms',
              target: targets.gone,
              good: 'at-least-target',
              runs: rounds,
            }),
          );
        }
        return figures;
      } finally {
        await collector.close();
      }
    });
  } finally {
    await display.stop();
  }
}
