/**
 * From a memory stick's volume to the painted warning, and what watching costs while nothing happens.
 *
 * The agent is the real one on the real Electron and a real X server; the stick is scripted at the ports, because most
 * machines that run this have no USB bus. So what is measured is the agent's own share: from the moment a volume can
 * be seen, over the time that a stick itself takes to show it. Beside it stands what the bare `udevadm monitor` takes to
 * pass an event of the real kernel on, which is the least that any watcher adds before that moment.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { startDisplay } from '../../build/dev/display.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { findSystemTool } from '../../electron/platform/run-tool.ts';
import { makeDrive, makeUsbDevice, makeVolume } from '../fixtures/make-drive.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { processesOf, spentBetween, threadTimesOf } from '../support/bench/process-tree.ts';
import { inFolder, startProgram } from '../support/bench/start-program.ts';
import type { AgentScript } from '../support/e2e/agent-with-fakes.ts';
import { buildTestAgent } from '../support/e2e/build-test-agent.ts';
import { type LaunchedElectron, launchElectron } from '../support/launch-electron.ts';

const insertions = 50;
/** Linux waits for so long before it looks at a stick (`usb-storage`'s `delay_use`); Windows takes no less. */
const volumeAfterMs = 1000;
/** V8 tidies up once, thirty seconds after the start of any program, which is none of its idle minutes. */
const settleMs = 45_000;
const idleMs = 60_000;
const idleRounds = 3;

/** Milliseconds; an idle cost of 0.1 % of a core is 60 ms in a minute. */
const targets = { median: 250, p99: 500, idle: 60 };

const config = {
  siteName: 'Ysgol Enghraifft',
  language: 'en-GB',
  gate: { enabled: false },
  idle: { enabled: false },
};

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** Puts another stick in, lets its volume appear, and answers how long after that the warning had been painted. */
async function insertOnce(agent: LaunchedElectron, round: number, delayMs: number): Promise<number> {
  const port = `1-${round}`;
  const device = makeUsbDevice({
    port,
    serial: { kind: 'given', text: `4C53000123071110${4000 + round * 7}` },
  });
  const drive = makeDrive({ key: `sd${round}`, usb: device, volumes: [makeVolume()] });
  const paintedAts = () =>
    [...agent.output().matchAll(/^media warning painted \d+ (\d+)$/gmu)].map(([, at]) => Number(at));
  const before = paintedAts().length;
  const appearedAt = await agent.app.evaluate(
    async (_electron, { device: plugged, drive: shown, afterMs }) => {
      globalThis.removableMedia.usb.plug(plugged);
      if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
      const now = Date.now();
      globalThis.removableMedia.volumes.show([shown]);
      return now;
    },
    { device, drive, afterMs: delayMs },
  );
  const deadlineMs = performance.now() + 20_000;
  while (paintedAts().length === before) {
    if (performance.now() > deadlineMs) throw new Error(`bench: no warning was painted:\n${agent.output()}`);
    await wait(10);
  }
  const paintedAt = paintedAts()[before] ?? Number.NaN;
  // The next one finds no window: a person has closed it and pulled the stick out.
  await agent.app.evaluate(({ BrowserWindow }, key) => {
    for (const window of BrowserWindow.getAllWindows()) window.close();
    globalThis.removableMedia.volumes.show([]);
    globalThis.removableMedia.usb.pull(key);
  }, device.key);
  await wait(200);
  return paintedAt - appearedAt;
}

async function measureWarnings(display: Awaited<ReturnType<typeof startDisplay>>): Promise<{
  readonly usual: readonly number[];
  readonly atOnce: readonly number[];
}> {
  const app = await buildTestAgent();
  return inFolder(async (folder) => {
    const configFile = path.join(folder, 'config.json');
    const scriptFile = path.join(folder, 'script.json');
    const person = { name: 'sprys', domain: 'YSGOL', sid: '', upn: '', displayName: 'Siân Prys' };
    await writeFile(configFile, JSON.stringify(config));
    await writeFile(
      scriptFile,
      JSON.stringify({
        account: person,
        groups: [],
        loginId: 'login-1',
        signOut: 'taken',
        realLogind: false,
        speed: 1,
        journalFile: path.join(folder, 'journal.txt'),
      } satisfies AgentScript),
    );
    const agent = await launchElectron({
      app,
      display,
      args: ['--config', configFile],
      env: { PORTHOR_TEST_SCRIPT: scriptFile },
    });
    try {
      await agent.waitForOutput(/^gate open gate-disabled$/u);
      const usual: number[] = [];
      const atOnce: number[] = [];
      // The two before the first warm the disk's cache and are not counted.
      for (let round = -2; round < insertions; round += 1) {
        const elapsedMs = await insertOnce(agent, round + 10, volumeAfterMs);
        if (round >= 0) usual.push(elapsedMs);
      }
      for (let round = 0; round < insertions / 5; round += 1) {
        atOnce.push(await insertOnce(agent, round + 500, 0));
      }
      return { usual, atOnce };
    } finally {
      await agent.close();
    }
  });
}

/** A harmless event of the real kernel, from the write that causes it to the line that a bare watcher prints. */
async function measureUdev(): Promise<readonly number[] | string> {
  const source = '/sys/devices/virtual/mem/null/uevent';
  const udevadm = findSystemTool('udevadm');
  if (udevadm === undefined) return 'udevadm is not installed';
  let handle: number;
  try {
    handle = openSync(source, 'w');
  } catch (error) {
    return `the kernel's events cannot be caused here (${String(error)})`;
  }
  const child = spawn(udevadm, ['monitor', '--kernel'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  try {
    await wait(500);
    const elapsed: number[] = [];
    for (let round = 0; round < insertions; round += 1) {
      const line = new Promise<void>((resolve) => {
        lines.on('line', function look(text: string) {
          if (!text.includes('/devices/virtual/mem/null')) return;
          lines.off('line', look);
          resolve();
        });
      });
      const startedAtMs = performance.now();
      writeSync(handle, 'change');
      const answer = await Promise.race([line, wait(2000, 'late' as const)]);
      if (answer === 'late') return 'udevadm passed no event on';
      elapsed.push(performance.now() - startedAtMs);
    }
    return elapsed;
  } finally {
    closeSync(handle);
    child.kill();
    lines.close();
  }
}

/**
 * Processor time, in milliseconds, of the whole agent in a quiet minute, with its real adapters of this machine: what
 * watching costs is a part of it.
 */
async function measureIdle(env: NodeJS.ProcessEnv): Promise<number> {
  const runtime = await ensureRuntime();
  return inFolder(async (folder) => {
    const configFile = path.join(folder, 'config.json');
    await writeFile(configFile, JSON.stringify(config));
    const { child } = await startProgram({
      runtime,
      env,
      profileFolder: path.join(folder, 'profile'),
      app: projectRoot,
      args: ['--config', configFile],
      says: /^gate open /u,
    });
    try {
      await wait(settleMs);
      const before = threadTimesOf(processesOf(child.pid));
      await wait(idleMs);
      return spentBetween(before, threadTimesOf(processesOf(child.pid)));
    } finally {
      await child.stop(2000);
    }
  });
}

export async function run(): Promise<Figure[]> {
  await ensureRuntime();
  await ensureBuild();
  const display = await startDisplay();
  try {
    const { usual, atOnce } = await measureWarnings(display);
    const describe = (values: readonly number[]) =>
      `median ${median(values)} ms, p99 ${percentile(values, 0.99)} ms, least ${Math.min(...values)} ms`;
    console.error(`media: volume ${volumeAfterMs} ms after the stick: ${describe(usual)}`);
    console.error(`media: volume with the stick, no head start: ${describe(atOnce)}`);
    const udev = await measureUdev();
    if (typeof udev === 'string') console.error(`media: SKIPPED the bare udevadm monitor: ${udev}`);
    else {
      console.error(
        `media: bare udevadm monitor, event to line: median ${median(udev).toFixed(1)} ms, p99 ${percentile(udev, 0.99).toFixed(1)} ms`,
      );
    }
    const idle: number[] = [];
    for (let round = 0; round < idleRounds; round += 1) idle.push(await measureIdle(display.env));
    console.error(`media: idle, ms a minute: ${idle.map((ms) => ms.toFixed(1)).join(', ')}`);
    // The floor is one, so that the ratio is the figure itself and the target is what it may be.
    const absolute = (bench: string, ours: number, target: number, unit: string, runs: number): Figure =>
      figure({ bench, ours, floor: 1, unit, target, good: 'at-most-target', runs });
    return [
      absolute('media-warning-median', median(usual), targets.median, 'ms', usual.length),
      absolute('media-warning-p99', percentile(usual, 0.99), targets.p99, 'ms', usual.length),
      absolute('media-idle-cost', median(idle), targets.idle, 'ms/min', idleRounds),
    ];
  } finally {
    await display.stop();
  }
}
