/** Runs the agent inside Electron: one instance, ready, and an end in order. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, Menu, powerMonitor } from 'electron';
import { expectWindow } from '../ipc/register.ts';
import { createPlatform, type Platform, readDesktop } from '../platform/create-platform.ts';
import { protectBy } from '../services/person-store/protect-by.ts';
import { type PrewarmedWindow, prewarmGateWindow } from '../windows/prewarmed-window.ts';
import { createAgentLog } from './agent-log.ts';
import { appUserModelId } from './app-user-model-id.ts';
import {
  type CommandLine,
  readCommandLine,
  readSelfCheckRequest,
  readStartedBy,
  type SelfCheckRequest,
} from './command-line.ts';
import { type Agent, composeAgent } from './compose.ts';
import { giveMemoryBack, keepGtkWithoutGraphics } from './footprint.ts';
import { hardenBeforeReady, hardenWhenReady } from './hardening.ts';

export interface RunOptions {
  /** Puts other adapters in place of the system's own. */
  readonly adaptPlatform?: (platform: Platform) => Platform;
}

const maxLogBytes = 1024 * 1024;
/** Long enough for what an acceptance sets off to be done, so that its leavings go as well. */
const afterWindowsMs = 3000;

const log = createAgentLog(async () => {
  const { default: library } = await import('electron-log/main.js');
  const { file, console: screen } = library.transports;
  file.resolvePathFn = () => join(app.getPath('userData'), 'logs', 'agent.log');
  file.maxSize = maxLogBytes;
  screen.level = false;
  return (level, line) => library[level](line);
});

/** Starts everything; returns at once. Must be called before the app is ready. */
export function runAgent(options: RunOptions = {}): void {
  const selfCheck = readSelfCheckRequest(process.argv);
  if (selfCheck !== undefined) {
    checkSelf(selfCheck, options);
    return;
  }
  hardenBeforeReady();
  const desktop = readDesktop(process.env);
  const forgetGtk = desktop.loadsGtk ? keepGtkWithoutGraphics(process.env) : undefined;
  if (!app.requestSingleInstanceLock()) {
    // The agent that is running shows itself (`second-instance`).
    app.exit(0);
    return;
  }
  app.setAppUserModelId(appUserModelId);
  Menu.setApplicationMenu(null);

  let agent: Agent | undefined;
  let isEnding = false;

  app
    .whenReady()
    .then(async () => {
      forgetGtk?.();
      hardenWhenReady(join(app.getAppPath(), 'dist', 'renderer'));
      // The window first: its renderer process gets ready while the agent is composed and reads what this PC knows.
      const prewarmed = prewarmGateWindow({ preload: preloadFolder() }, desktop.fillsByFullScreen);
      expectWindow('gate', prewarmed.settled);
      agent = await compose(await choosePlatform(options), prewarmed);
      powerMonitor.on('suspend', () => agent?.noteSystem('suspending'));
      powerMonitor.on('resume', () => agent?.noteSystem('resumed'));
      powerMonitor.on('lock-screen', () => agent?.noteSystem('locked'));
      powerMonitor.on('unlock-screen', () => agent?.noteSystem('unlocked'));
      if ((await agent.start()) === 'not-here') app.quit();
      await log.open();
    })
    .catch(endBroken);

  // The agent lives in the tray: that its last window is gone ends nothing.
  app.on('window-all-closed', () => setTimeout(giveMemoryBack, afterWindowsMs));
  app.on('second-instance', (_event, argv) => {
    const { isUnasked, watchdogDelaySeconds } = readStartedBy(argv);
    if (watchdogDelaySeconds > 0) agent?.noteWatchdog(watchdogDelaySeconds);
    else if (!isUnasked) agent?.showStatus();
  });
  app.on('before-quit', (event) => {
    if (isEnding) return;
    isEnding = true;
    event.preventDefault();
    const stopped = agent?.stop() ?? Promise.resolve();
    void stopped
      .catch((error: unknown) => log.write('error', `stop: ${describeError(error)}`))
      .then(log.open)
      .finally(() => app.exit(0));
  });
  process.on('uncaughtException', endBroken);
  process.on('unhandledRejection', endBroken);
}

/** Works beside a running agent, and without a display: no window, no gate, no lock, and a scratch folder of its own. */
function checkSelf(request: SelfCheckRequest, options: RunOptions): void {
  const ownFolder = app.getPath('userData');
  const scratchFolder = mkdtempSync(join(app.getPath('temp'), 'porthor-self-check-'));
  app.setPath('userData', scratchFolder);
  hardenBeforeReady();
  app.setAppUserModelId(appUserModelId);

  const end = (exitCode: number): void => {
    try {
      rmSync(scratchFolder, { recursive: true, force: true });
    } catch {
      // Chromium may still hold a file of it; the system clears its temporary folder.
    }
    app.exit(exitCode);
  };
  app
    .whenReady()
    .then(async () => {
      const [{ startSelfCheck }, platform] = await Promise.all([
        import('./self-check-command.ts'),
        // The network in memory: Chromium writes what it keeps on disk when the program ends, into a removed folder.
        choosePlatform(options, true),
      ]);
      const pc = {
        platform,
        ownFolder,
        environment: process.env,
        agentVersion: app.getVersion(),
        runtime: runtimeVersions(),
      };
      return startSelfCheck(request, pc, app.getPreferredSystemLanguages());
    })
    .then(end, (error: unknown) => {
      console.error(`Porthor self-check: ${describeError(error)}`);
      end(2);
    });
}

function preloadFolder(): string {
  return join(app.getAppPath(), 'dist', 'preload');
}

function runtimeVersions() {
  const { electron = '', chrome = '', node } = process.versions;
  return { electron, chrome, node };
}

async function choosePlatform({ adaptPlatform }: RunOptions, networkInMemory = false): Promise<Platform> {
  const systemPlatform = await createPlatform({
    isPackaged: app.isPackaged,
    developmentConfigFile: commandLine().configFile,
    networkInMemory,
  });
  return adaptPlatform?.(systemPlatform) ?? systemPlatform;
}

function commandLine(): CommandLine {
  return readCommandLine(process.argv, process.env, app.isPackaged);
}

async function compose(platform: Platform, prewarmed: PrewarmedWindow): Promise<Agent> {
  const userData = app.getPath('userData');
  const assets = join(app.getAppPath(), 'assets');
  return composeAgent({
    platform,
    prewarmed,
    demonstration: commandLine().demonstration,
    startedBy: readStartedBy(process.argv),
    agentVersion: app.getVersion(),
    runtimeVersions: runtimeVersions(),
    folders: { assets, preload: preloadFolder(), userData },
    systemLanguages: app.getPreferredSystemLanguages(),
    environment: process.env,
    protection: protectBy(await platform.loadSecretStore()),
    log: (line) => log.write('info', line),
    // Not the box that waits: while it stands no timer runs, and neither gate nor idle lock would do anything.
    showError: (title, text) => {
      dialog
        .showMessageBox({ type: 'error', title, message: title, detail: text, noLink: true })
        .catch((error: unknown) => log.write('error', `message not shown: ${describeError(error)}`));
    },
    announce: async ({ title, message, detail, readNow, later }, signal) => {
      const buttons = [later, readNow];
      const { response } = await dialog.showMessageBox({
        type: 'info',
        title,
        message,
        detail,
        buttons,
        defaultId: 0,
        cancelId: 0,
        noLink: true,
        signal,
      });
      return response === 1;
    },
    onOpened: (how) => {
      void log.open();
      if (!app.isPackaged) console.log(`gate open ${how}`);
    },
    onMediaWarning: (warnings) => {
      if (!app.isPackaged) console.log(`media warning painted ${warnings} ${Date.now()}`);
    },
    onPainted: (screen) => {
      void log.open();
      if (!app.isPackaged && screen === 'policy') {
        // Since the runtime of this process began, which is a little after the process itself did: the system tells a
        // process its own start too coarsely. The benchmark measures from outside.
        console.log(`gate painted ${Math.round(performance.now())}`);
      }
    },
  });
}

/** A bug ends the agent at once and visibly: whoever restarts it counts the crashes (product rule 3). */
function endBroken(error: unknown): void {
  console.error(`Porthor ended: ${describeError(error)}`);
  log.write('error', `ended: ${describeError(error)}`);
  void log.open().finally(() => app.exit(1));
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
