/**
 * What an hour of watching for lack of use costs, over an hour of a bare icon beside the clock.
 *
 * An hour cannot be waited for, so it is put together from two minutes of the same agent, each less a minute of the same
 * agent that does not watch:
 *
 * - a minute with the limits it ships with, sixty times. It holds whatever is done by the clock and not by the limits:
 *   something that looked every second would be found here.
 * - a minute with limits so short that the agent looks as often in it as it does in an hour of those it ships with. It
 *   holds the looks.
 *
 * What they add is added to an hour of the bare icon. What the rest of the agent costs is another benchmark's matter
 * (`resident`). All run at the same time on the same display, so that all have the same machine.
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
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { processesOf, spentBetween, threadTimesOf, wakeUpsOf } from '../support/bench/process-tree.ts';
import { inFolder, startProgram } from '../support/bench/start-program.ts';
import { describeSpread } from '../support/bench/statistics.ts';

const runs = 5;
/** V8 tidies up once, thirty seconds after the start of any program, which is none of its idle minutes. */
const settleMs = 45_000;
/** A person who is always there: the warning never comes, and every look finds that it need not. */
const moveEveryMs = 2000;
const targets = { processor: 1.2, wakeUps: 1.2 };

type Limits = Pick<typeof defaultManagedConfig.idle, 'lockAfterSeconds' | 'warningSeconds'>;
const shipped: Limits = defaultManagedConfig.idle;
const shortened: Limits = { lockAfterSeconds: 60, warningSeconds: 50 };
const secondsUntilWarning = ({ lockAfterSeconds, warningSeconds }: Limits) =>
  lockAfterSeconds - warningSeconds;

const hourMs = 3_600_000;
/** As long as it takes to look as often with the short limits as in an hour with those that ship. */
const measureMs = (hourMs * secondsUntilWarning(shortened)) / secondsUntilWarning(shipped);

const bareApp = fileURLToPath(new URL('bare-app/tray', import.meta.url));

const idleOf = {
  'not-watching': { ...shipped, enabled: false },
  watching: { ...shipped, enabled: true },
  'looking-often': { ...shortened, enabled: true },
};
type Kind = 'bare' | keyof typeof idleOf;
const kinds: readonly Kind[] = ['bare', 'not-watching', 'watching', 'looking-often'];

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

function countsOf(pid: number) {
  const processes = processesOf(pid);
  return { times: threadTimesOf(processes), wakeUps: wakeUpsOf(processes) };
}

export async function run(): Promise<Figure[]> {
  const runtime = await ensureRuntime();
  await ensureBuild();
  const display = await startDisplay();
  const start = async (kind: Kind, folder: string) => {
    const configFile = path.join(folder, `${kind}.json`);
    const idle = kind === 'bare' ? undefined : idleOf[kind];
    await writeFile(
      configFile,
      JSON.stringify({ siteName: 'Ysgol Enghraifft', gate: { enabled: false }, idle }),
    );
    const { child } = await startProgram({
      runtime,
      env: display.env,
      profileFolder: path.join(folder, kind),
      ...(kind === 'bare'
        ? { app: bareApp, args: [], says: /^bare tray$/u }
        : { app: projectRoot, args: ['--config', configFile], says: /^gate open /u }),
    });
    return { kind, child };
  };
  /** One after the other begins, in an order that turns round; then all are left alone with the person. */
  const measureAll = (round: number): Promise<Record<Kind, Cost>> =>
    inFolder(async (folder) => {
      const programs: Awaited<ReturnType<typeof start>>[] = [];
      try {
        for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
          programs.push(await start(kind, folder));
        }
        await work(display, settleMs);
        const before = programs.map(({ child }) => countsOf(child.pid));
        await work(display, measureMs);
        const costs = programs.map(({ kind, child }, index): [Kind, Cost] => {
          const after = countsOf(child.pid);
          const atFirst = before[index] ?? after;
          const cpuMs = spentBetween(atFirst.times, after.times);
          return [kind, { cpuMs, wakeUps: after.wakeUps - atFirst.wakeUps }];
        });
        return Object.fromEntries(costs) as Record<Kind, Cost>;
      } finally {
        for (const { child } of programs) await child.stop(2000);
      }
    });

  try {
    const rounds: Record<Kind, Cost>[] = [];
    for (let round = 0; round < runs; round += 1) rounds.push(await measureAll(round));
    const compare = (bench: string, key: keyof Cost, unit: string, target: number): Figure => {
      const of = (kind: Kind) => rounds.map((costs) => costs[kind][key]);
      const scale = hourMs / measureMs;
      const floor = of('bare').map((value) => value * scale);
      const ours = rounds.map((costs, round) => {
        const byTheClock = (costs.watching[key] - costs['not-watching'][key]) * scale;
        const byTheLimits = costs['looking-often'][key] - costs['not-watching'][key];
        return (floor[round] ?? Number.NaN) + byTheClock + byTheLimits;
      });
      for (const kind of ['watching', 'looking-often'] as const) {
        console.error(describeSpread(`${bench}, ${kind} by the minute`, of(kind), of('not-watching'), unit));
      }
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
