/** A small school for one test: displays, a collector, policies, a user, and an agent that the test starts. */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test as base, type Page } from '@playwright/test';
import { type Display, type ScreenSize, startDisplay } from '../../../build/dev/display.ts';
import { projectRoot, scratchFolder } from '../../../build/runtime/paths.ts';
import { type RunningCollector, startCollector } from '../../../collector/src/server.ts';
import { type LaunchedElectron, launchElectron } from '../launch-electron.ts';
import type { AgentScript } from './agent-with-fakes.ts';
import { testAgentFolder } from './build-test-agent.ts';

export interface World {
  readonly display: Display;
  readonly folder: string;
  collector(): RunningCollector;
  /** Ends the collector; `startCollectorAgain` brings it back on the same port with the same data. */
  stopCollector(): Promise<void>;
  startCollectorAgain(): Promise<void>;
  /** Changes the managed configuration that the next start of the agent reads. */
  configure(changes: Readonly<Record<string, unknown>>): Promise<void>;
  script(changes: Partial<AgentScript>): Promise<void>;
  /** What the agent asked the system for, one word a line: `sign-out`, `lock`. */
  journal(): Promise<readonly string[]>;
  /** Changes the policy of the staff in the school's folder. */
  publish(changes: Readonly<Record<string, unknown>>, text?: string): Promise<void>;
  /** Puts a picture of all displays under `.porthor/screenshots/desktop`, once the page has painted its current state. */
  screenshot(name: string, page: Page): Promise<void>;
  start(options?: StartOptions): Promise<RunningAgent>;
  /** A file of the agent's state, in a profile that one computer has used. */
  stateFile(name: string): Promise<string>;
  /** Removes everything that the agent keeps on this PC, as a lab that wipes profiles does at log-off. */
  wipeProfile(): Promise<void>;
}

interface StartOptions {
  /** Flags of Electron and Chromium. */
  readonly electronFlags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningAgent extends LaunchedElectron {
  /** The page of the gate, once it is there. */
  gate(): Promise<Page>;
  pageOf(name: string): Page | undefined;
  /** Resolves when the gate is open, with the way of opening from the agent's log. */
  opened(deadlineMs?: number): Promise<string>;
  /** The log of every run of this agent so far. */
  log(): Promise<string>;
  /** Length of that log when this run began. */
  readonly logBefore: number;
}

const screenshotFolder = path.join(scratchFolder, 'screenshots', 'desktop');

const describedCharacters = 4000;
const pollMs = 50;
/** Long enough for a machine whose cores are busy. */
const deadlineMs = 30_000;

const person: AgentScript['account'] = {
  name: 'sprys',
  domain: 'YSGOL',
  sid: 'S-1-5-21-1004336348-1177238915-682003330-1107',
  upn: 'sprys@ysgol.example',
  displayName: 'Siân Prys',
};

async function createWorld(screens: readonly [ScreenSize, ...ScreenSize[]]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-e2e-'));
  const inFolder = (...parts: string[]) => path.join(folder, ...parts);
  const display = await startDisplay({ screens });
  await mkdir(inFolder('policies'));
  await cp(path.join(projectRoot, 'assets/policies/staff'), inFolder('policies/staff'), { recursive: true });

  let collector = await startCollector({
    dataDirectory: inFolder('collector'),
    port: 0,
    log: () => undefined,
  });
  const { address } = collector;
  const running: RunningAgent[] = [];
  let script: AgentScript = {
    account: person,
    groups: ['YSGOL\\Staff'],
    loginId: 'login-1',
    signOut: 'taken',
    realLogind: false,
    speed: 1,
    journalFile: inFolder('journal.txt'),
  };
  let config: Record<string, unknown> = {
    siteName: 'Ysgol y Bryn',
    collectorUrl: address,
    enrolmentToken: await collector.createEnrolmentToken(),
    language: 'en-GB',
    policy: { directory: inFolder('policies') },
    contact: { name: 'Nia Huws', phone: '01632 960123', email: 'nia@ysgol.example', place: 'Room 12' },
  };
  await writeFile(script.journalFile, '');

  const world: World = {
    display,
    folder,
    collector: () => collector,
    stopCollector: () => collector.close(),
    startCollectorAgain: async () => {
      collector = await startCollector({
        dataDirectory: inFolder('collector'),
        port: Number(new URL(address).port),
        log: () => undefined,
      });
    },
    configure: async (changes) => {
      config = { ...config, ...changes };
      await writeFile(inFolder('config.json'), JSON.stringify(config));
    },
    script: async (changes) => {
      script = { ...script, ...changes };
      // The agent reads it at any moment, and must not find half of it.
      await writeFile(inFolder('script.new'), JSON.stringify(script));
      await rename(inFolder('script.new'), inFolder('script.json'));
    },
    journal: async () =>
      (await readFile(script.journalFile, 'utf8')).split('\n').filter((line) => line !== ''),
    publish: async (changes, text) => {
      const manifestFile = inFolder('policies/staff/policy.json');
      const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Record<string, unknown>;
      await writeFile(manifestFile, JSON.stringify({ ...manifest, ...changes }));
      if (text !== undefined) {
        for (const language of ['en-GB', 'cy-GB']) {
          const file = inFolder(`policies/staff/policy.${language}.md`);
          await writeFile(file, `${await readFile(file, 'utf8')}\n${text}\n`);
        }
      }
    },
    screenshot: async (name, page) => {
      await settlePicture(page);
      await mkdir(screenshotFolder, { recursive: true });
      await display.screenshot(path.join(screenshotFolder, `${name}.png`));
    },
    start: async (options = {}) => {
      const logFile = inFolder('profile/logs/agent.log');
      const logBefore = (await readLog(logFile)).length;
      const launched = await launchElectron({
        app: testAgentFolder,
        display,
        userDataFolder: inFolder('profile'),
        args: ['--config', inFolder('config.json'), ...(options.args ?? [])],
        electronFlags: options.electronFlags ?? [],
        env: { ...options.env, PORTHOR_TEST_SCRIPT: inFolder('script.json') },
      });
      const agent = toRunningAgent(launched, logFile, logBefore);
      running.push(agent);
      return agent;
    },
    stateFile: async (name) => {
      const [machineFolder = ''] = await readdir(inFolder('profile/state'));
      return inFolder('profile/state', machineFolder, name);
    },
    wipeProfile: () => rm(inFolder('profile'), { recursive: true, force: true, maxRetries: 5 }),
  };
  await world.configure({});
  await world.script({});
  /** For the log of a failed test: how each agent ended, and what it printed last. */
  const describeAgents = async (): Promise<string> => {
    const ends = running.map(({ pid, end, output }) => {
      const how = end() ?? 'still runs';
      return `agent ${pid} ${how}; it printed at last:\n${output().slice(-describedCharacters)}`;
    });
    const log = (await readLog(inFolder('profile/logs/agent.log'))).slice(-describedCharacters);
    return [...ends, `the agent's log:\n${log}`].join('\n');
  };
  const dispose = async () => {
    for (const agent of running) await agent.close(1500);
    await collector.close();
    await display.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { world, describeAgents, dispose };
}

/** Waits until the page has ended its transitions and painted twice, so that the display shows what the page holds. */
function settlePicture(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const endless = (animation: Animation) =>
      animation.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY;
    const transitions = document.getAnimations().filter((animation) => !endless(animation));
    await Promise.allSettled(transitions.map(({ finished }) => finished));
    for (const _frame of ['drawn', 'shown']) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

function readLog(logFile: string): Promise<string> {
  return readFile(logFile, 'utf8').catch(() => '');
}

function toRunningAgent(launched: LaunchedElectron, logFile: string, logBefore: number): RunningAgent {
  const pageOf = (name: string) =>
    launched.app.windows().find((page) => page.url() === `porthor://app/${name}.html`);
  // The agent prewarms the gate's window before it knows whether it needs one, and closes it unseen when it does not.
  const isOnScreen = async (page: Page) => {
    try {
      const window = await launched.app.browserWindow(page);
      return await window.evaluate((shown: Electron.BrowserWindow) => shown.isVisible());
    } catch {
      return false;
    }
  };
  return Object.assign(launched, {
    pageOf,
    gate: async () => {
      const endsAt = performance.now() + deadlineMs;
      while (performance.now() < endsAt) {
        const page = pageOf('gate');
        if (page !== undefined && (await isOnScreen(page))) return page;
        await wait(pollMs);
      }
      throw new Error(`no gate is on the screen; log:\n${await readLog(logFile)}`);
    },
    opened: async (openDeadlineMs = deadlineMs) => {
      const endsAt = performance.now() + openDeadlineMs;
      for (;;) {
        // The log continues after a restart; only the lines of this run count.
        const match = [...(await readLog(logFile)).slice(logBefore).matchAll(/gate: open: ([a-z-]+)/gu)].at(
          -1,
        );
        if (match?.[1] !== undefined) return match[1];
        if (performance.now() > endsAt)
          throw new Error(`the gate did not open; log:\n${await readLog(logFile)}`);
        await wait(pollMs);
      }
    },
    log: () => readLog(logFile),
    logBefore,
  });
}

interface Fixtures {
  readonly world: World;
  /** The number of screens and their sizes; set with `test.use`. */
  readonly desk: { readonly screens: readonly [ScreenSize, ...ScreenSize[]] };
}

export const test = base.extend<Fixtures>({
  desk: [{ screens: [{ widthPx: 1280, heightPx: 1024 }] }, { option: true }],
  world: async ({ desk }, use, testInfo) => {
    const { world, describeAgents, dispose } = await createWorld(desk.screens);
    await use(world);
    if (testInfo.status !== testInfo.expectedStatus) console.error(await describeAgents());
    await dispose();
  },
});
