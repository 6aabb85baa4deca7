/** What the agent costs a PC all day once the policy is accepted, over a bare icon beside the clock. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { startDisplay } from '../../build/dev/display.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { acceptByDebugger } from '../support/bench/accept-by-debugger.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { processesOf, pssOf, spentBetween, threadTimesOf } from '../support/bench/process-tree.ts';
import { inFolder, startProgram } from '../support/bench/start-program.ts';
import { describeSpread } from '../support/bench/statistics.ts';

const runs = 3;
/**
 * Both are left alone for this long after they have said that they are there, before anything is read: V8 tidies up once,
 * thirty seconds after the start of any program, which is none of its idle minutes.
 */
const settleMs = 45_000;
const idleMs = 60_000;
const openWithinMs = 20_000;

const targets = { memory: 1.15, processor: 1.5 };
const mebibyte = 1024 * 1024;

const bareApp = fileURLToPath(new URL('bare-app/tray', import.meta.url));

interface Cost {
  readonly pssMebibytes: number;
  readonly rendererCount: number;
  readonly idleCpuMs: number;
}

async function costOf(pid: number): Promise<Cost> {
  await wait(settleMs);
  const atFirst = processesOf(pid);
  const cost = {
    pssMebibytes: pssOf(atFirst) / mebibyte,
    rendererCount: atFirst.filter(({ type }) => type === 'renderer').length,
  };
  const spentAtFirst = threadTimesOf(atFirst);
  await wait(idleMs);
  const idleCpuMs = spentBetween(spentAtFirst, threadTimesOf(processesOf(pid)));
  return { ...cost, idleCpuMs };
}

async function waitUntilOpen(logFile: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < openWithinMs; waitedMs += 100) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    if (log.includes('gate: open: receipt')) return;
    await wait(100);
  }
  throw new Error('bench: the gate did not open after the policy was accepted');
}

export async function run(): Promise<Figure[]> {
  const runtime = await ensureRuntime();
  await ensureBuild();
  const display = await startDisplay();
  // GTK loads a graphics driver, 30 MiB, into whatever program is the first on a display, and into no later one. The
  // agent keeps it from that; the bare app is spared it too, or the floor would depend on the order.
  const env = { ...display.env, GDK_GL: 'disable' };
  // The bare app is given it as well: what it costs, it costs both.
  const debugging = '--remote-debugging-port=0';
  const withDebugging = { ...runtime, launchArgs: [...runtime.launchArgs, debugging] };
  const measure = (kind: 'ours' | 'floor'): Promise<Cost> =>
    inFolder(async (folder) => {
      const profileFolder = path.join(folder, 'profile');
      const configFile = path.join(folder, 'config.json');
      await writeFile(configFile, JSON.stringify({ siteName: 'Ysgol Enghraifft', language: 'en-GB' }));
      const { child } = await startProgram({
        runtime: withDebugging,
        env,
        profileFolder,
        ...(kind === 'floor'
          ? { app: bareApp, args: [], says: /^bare tray$/u }
          : { app: projectRoot, args: ['--config', configFile], says: /^gate painted /u }),
      });
      try {
        if (kind === 'ours') {
          await acceptByDebugger(profileFolder);
          await waitUntilOpen(path.join(profileFolder, 'logs', 'agent.log'));
        }
        return await costOf(child.pid);
      } finally {
        await child.stop(2000);
      }
    });

  try {
    const costs: Record<'ours' | 'floor', Cost[]> = { ours: [], floor: [] };
    for (let round = 0; round < runs; round += 1) {
      for (const kind of round % 2 === 0 ? (['floor', 'ours'] as const) : (['ours', 'floor'] as const)) {
        costs[kind].push(await measure(kind));
      }
    }
    const compare = (bench: string, key: keyof Cost, unit: string, target: number): Figure => {
      const [ours, floor] = [costs.ours, costs.floor].map((all) => all.map((cost) => cost[key]));
      if (ours === undefined || floor === undefined) throw new Error('nothing was measured');
      console.error(describeSpread(bench, ours, floor, unit));
      const parts = { ours: median(ours), floor: median(floor), unit, target, runs };
      return figure({ bench, good: 'at-most-target', ...parts });
    };
    const renderers = Math.max(...costs.ours.map(({ rendererCount }) => rendererCount));
    return [
      compare('resident-memory', 'pssMebibytes', 'MiB', targets.memory),
      compare('resident-idle-cpu', 'idleCpuMs', 'ms/min', targets.processor),
      // The floor is one: none stays, so that the ratio is 0, and the worst of all runs counts.
      figure({
        bench: 'resident-renderers',
        ours: renderers,
        floor: 1,
        unit: 'processes',
        target: 0,
        good: 'at-most-target',
        runs,
      }),
    ];
  } finally {
    await display.stop();
  }
}
