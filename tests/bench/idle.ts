/**
 * What an hour of watching for lack of use costs, over an hour of a bare icon beside the clock.
 *
 * The hour is compressed: limits are shortened so that the agent looks as often in about a minute as it does in an hour
 * of the limits it ships with. What the watching adds is that minute less a minute of the same agent without it, and it
 * is added to an hour of the bare icon. What the rest of the agent costs is another benchmark's matter (`resident`).
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { type Display, startDisplay } from '../../build/dev/display.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { defaultManagedConfig } from '../../shared/config/managed-config.ts';
import { type Figure, figure, median } from './figure.ts';
import { cpuTicksOf, msPerTick, processesOf, wakeUpsOf } from './support/process-tree.ts';
import { inFolder, startProgram } from './support/start-program.ts';
import { describeSpread } from './support/statistics.ts';

const runs = 3;
const settleMs = 20_000;
/** A person who is always there: the warning never comes, and every look finds that it need not. */
const moveEveryMs = 2000;
const shortened = { lockAfterSeconds: 60, warningSeconds: 50 };
const targets = { processor: 1.2, wakeUps: 1.2 };

const secondsUntilWarning = ({ lockAfterSeconds, warningSeconds }: typeof shortened) =>
  lockAfterSeconds - warningSeconds;
const hourMs = 3_600_000;
const measureMs = (hourMs * secondsUntilWarning(shortened)) / secondsUntilWarning(defaultManagedConfig.idle);

const bareApp = fileURLToPath(new URL('bare-app/tray', import.meta.url));

type Kind = 'bare' | 'not-watching' | 'watching';
const kinds: readonly Kind[] = ['bare', 'not-watching', 'watching'];

interface Cost {
  readonly cpuMs: number;
  readonly wakeUps: number;
}

async function work(display: Display, forMs: number): Promise<void> {
  const endsAtMs = performance.now() + forMs;
  for (let step = 0; performance.now() < endsAtMs; step += 1) {
    await display.movePointer(300 + (step % 2) * 20, 300);
    await wait(Math.min(moveEveryMs, Math.max(0, endsAtMs - performance.now())));
  }
}

async function costOf(pid: number, display: Display): Promise<Cost> {
  await work(display, settleMs);
  const atFirst = processesOf(pid);
  const wakeUpsAtFirst = wakeUpsOf(atFirst);
  await work(display, measureMs);
  const atLast = processesOf(pid);
  return {
    cpuMs: (cpuTicksOf(atLast) - cpuTicksOf(atFirst)) * msPerTick,
    wakeUps: wakeUpsOf(atLast) - wakeUpsAtFirst,
  };
}

export async function run(): Promise<Figure[]> {
  const runtime = await ensureRuntime();
  await ensureBuild();
  const display = await startDisplay();
  const measure = (kind: Kind): Promise<Cost> =>
    inFolder(async (folder) => {
      const configFile = path.join(folder, 'config.json');
      const idle = { ...shortened, enabled: kind === 'watching' };
      const config = { siteName: 'Ysgol Enghraifft', gate: { enabled: false }, idle };
      await writeFile(configFile, JSON.stringify(config));
      const { child } = await startProgram({
        runtime,
        env: display.env,
        profileFolder: path.join(folder, 'profile'),
        ...(kind === 'bare'
          ? { app: bareApp, args: [], says: /^bare tray$/u }
          : { app: projectRoot, args: ['--config', configFile], says: /^gate open /u }),
      });
      try {
        return await costOf(child.pid, display);
      } finally {
        await child.stop(2000);
      }
    });

  try {
    const costs: Record<Kind, Cost[]> = { bare: [], 'not-watching': [], watching: [] };
    for (let round = 0; round < runs; round += 1) {
      for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) costs[kind].push(await measure(kind));
    }
    const compare = (bench: string, key: keyof Cost, unit: string, target: number): Figure => {
      const of = (kind: Kind) => costs[kind].map((cost) => cost[key]);
      const watching = of('watching');
      const notWatching = of('not-watching');
      const floor = of('bare').map((value) => (value * hourMs) / measureMs);
      const ours = floor.map(
        (value, round) => value + (watching[round] ?? Number.NaN) - (notWatching[round] ?? Number.NaN),
      );
      console.error(describeSpread(`${bench}, the agent by the minute`, watching, notWatching, unit));
      console.error(describeSpread(bench, ours, floor, unit));
      const parts = { ours: median(ours), floor: median(floor), unit, target, runs };
      return figure({ bench, good: 'at-most-target', ...parts });
    };
    return [
      compare('idle-cpu', 'cpuMs', 'ms', targets.processor),
      compare('idle-wake-ups', 'wakeUps', 'wake-ups', targets.wakeUps),
    ];
  } finally {
    await display.stop();
  }
}
