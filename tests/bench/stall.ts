/**
 * How late the agent's timers fire while a stick answers each call after six seconds: those of the gate's loop, of the
 * idle watch and of every other part, since all of them take their time from one clock.
 *
 * The agent is the real one, in the real Electron, behind a shut gate. Its drives are those of a Windows PC of bytes, asked
 * through the Windows adapters. The floor is what the gate's promise allows, so the ratio says how much of it is used.
 */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildMain } from '../../build/bundle/build.ts';
import { ensureBuild } from '../../build/dev/agent-command.ts';
import { startDisplay } from '../../build/dev/display.ts';
import { projectRoot } from '../../build/runtime/paths.ts';
import { type Figure, figure } from '../support/bench/figure.ts';
import { inFolder } from '../support/bench/start-program.ts';
import { launchElectron } from '../support/launch-electron.ts';
import { buildWindowsLibrary } from '../support/windows-library/windows-library.ts';

const stallMs = 6000;
const measureMs = 75_000;
/** By then the agent has listed its drives, and the first round of questions to the stick still runs. */
const listedByMs = 20_000;
const allowedMs = 100;
const lockAfterSeconds = 60;

async function buildAgent(folder: string): Promise<string> {
  await ensureBuild();
  await mkdir(folder);
  await buildMain(path.join(projectRoot, 'tests/fixtures/stalled-agent/main.ts'), path.join(folder, 'main'));
  for (const shared of ['dist', 'assets', 'node_modules']) {
    await symlink(path.join(projectRoot, shared), path.join(folder, shared));
  }
  const manifest = { name: 'porthor-stalled', version: '0.0.0', type: 'module', main: 'main/main.js' };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}

const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
};

export async function run(): Promise<Figure[]> {
  const display = await startDisplay();
  try {
    return await inFolder(async (folder) => {
      const app = await buildAgent(path.join(folder, 'app'));
      const library = await buildWindowsLibrary(path.join(folder, 'library'));
      const configFile = path.join(folder, 'config.json');
      const idle = { lockAfterSeconds, warningSeconds: 20 };
      await writeFile(configFile, JSON.stringify({ siteName: 'Ysgol Enghraifft', idle }));
      const agent = await launchElectron({
        app,
        display,
        args: ['--config', configFile],
        env: { ...library, WINDOWS_STALL_MS: String(stallMs) },
        deadlineMs: 120_000,
      });
      try {
        await agent.waitForOutput(/^gate painted /mu, 120_000);
        // The start itself keeps the main thread busy: it is not what this benchmark measures.
        await wait(5000);
        await agent.app.evaluate(() => globalThis.stallProbe.takeLateness());
        await wait(listedByMs);
        const drives = await agent.app.evaluate(() => globalThis.stallProbe.describeDrives());
        await wait(measureMs - listedByMs);
        const lateness = await agent.app.evaluate(() => globalThis.stallProbe.takeLateness());
        const isLocked = await agent.app.evaluate(() => globalThis.stallProbe.isLocked());
        const windows = await agent.app.evaluate(
          ({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((one) => one.isVisible()).length,
        );
        if (!JSON.stringify(drives).includes('does not answer')) {
          throw new Error(`the stick was to be stuck: ${JSON.stringify(drives)}`);
        }
        if (!isLocked) throw new Error(`the idle watch did not lock within ${lockAfterSeconds} s`);
        if (agent.end() !== undefined || windows === 0) {
          throw new Error(`the agent or its gate ended: ${agent.end() ?? 'no window is left'}`);
        }
        const worst = percentile(lateness, 1);
        console.error(`stall: ${lateness.length} timers fired, the latest one ${worst.toFixed(1)} ms late`);
        const common = { unit: 'ms', target: 1, good: 'at-most-target', runs: lateness.length } as const;
        return [
          figure({
            bench: 'stall-timers-p99',
            ours: percentile(lateness, 0.99),
            floor: allowedMs,
            ...common,
          }),
        ];
      } finally {
        await agent.close();
      }
    });
  } finally {
    await display.stop();
  }
}
