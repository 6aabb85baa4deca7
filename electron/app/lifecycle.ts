/** Runs the agent inside Electron: ensures one instance, waits until the app is ready, and ends in order. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, Menu, powerMonitor } from 'electron';
import type { GateState } from '../../shared/ipc/gate.ts';
import { expectWindow } from '../ipc/register.ts';
import { createPlatform, findOwnFolders, type Platform, readDesktop } from '../platform/create-platform.ts';
import type { Desktop } from '../platform/desktop/desktop.ts';
import { oneFolder } from '../platform/own-folders/own-folders.ts';
import { claimInstance } from '../services/instance/claim-instance.ts';
import { protectBy } from '../services/person-store/protect-by.ts';
import { createFirstScreen } from '../windows/first-screen.ts';
import { showMessageBox } from '../windows/message-box.ts';
import { type PrewarmedWindow, prewarmGateWindow } from '../windows/prewarmed-window.ts';
import { listenForSessionEnd } from '../windows/session-end.ts';
import { createAgentLog } from './agent-log.ts';
import { appUserModelId } from './app-user-model-id.ts';
import { createCachedLoader } from './code-cache.ts';
import {
  type CommandLine,
  readCommandLine,
  readSelfCheckRequest,
  readStartedBy,
  type SelfCheckRequest,
} from './command-line.ts';
import type { Agent } from './compose.ts';
import { checkWithoutCompiler, giveMemoryBack, keepGtkWithoutGraphics } from './footprint.ts';
import { hardenBeforeReady, hardenWhenReady, nameClientCertificate } from './hardening.ts';

export interface RunOptions {
  /** Replaces the system's adapters with others. */
  readonly adaptPlatform?: (platform: Platform) => Platform;
  /** Replaces the traits by which this process itself acts. */
  readonly adaptDesktop?: (desktop: Desktop) => Desktop;
}

const maxLogBytes = 1024 * 1024;
/** Long enough for the work that an acceptance starts, so that its garbage is collected too. */
const afterWindowsMs = 3000;

const log = createAgentLog(async () => {
  const { default: library } = await import('electron-log/main.js');
  const { file, console: screen } = library.transports;
  file.resolvePathFn = () => join(app.getPath('userData'), 'logs', 'agent.log');
  file.maxSize = maxLogBytes;
  screen.level = false;
  return (level, line) => library[level](line);
});

/**
 * Starts everything. Must be called, and resolve, before the app is ready: Electron waits for a main module that awaits
 * it at its top level.
 */
export async function runAgent(options: RunOptions = {}): Promise<void> {
  const selfCheck = readSelfCheckRequest(process.argv);
  if (selfCheck !== undefined) {
    checkSelf(selfCheck, options);
    return;
  }
  hardenBeforeReady();
  checkWithoutCompiler();
  const ownDesktop = readDesktop(process.env);
  const desktop = options.adaptDesktop?.(ownDesktop) ?? ownDesktop;
  const forgetGtk = desktop.loadsGtk ? keepGtkWithoutGraphics(process.env) : undefined;
  const folders = await claimFolders();
  if (folders === undefined) return;
  app.setAppUserModelId(appUserModelId);
  Menu.setApplicationMenu(null);

  let agent: Agent | undefined;
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    const stopped = agent?.stop() ?? Promise.resolve();
    void stopped
      .catch((error: unknown) => log.write('error', `stop: ${describeError(error)}`))
      .then(log.open)
      .finally(() => app.exit(0));
  };

  app
    .whenReady()
    .then(async () => {
      forgetGtk?.();
      hardenWhenReady(join(app.getAppPath(), 'dist', 'renderer'));
      // The window comes first. Its renderer process starts while the agent's own code is loaded, the agent is composed and
      // it reads the records of this PC. So keep everything that the window does not need out of this file's imports.
      const prewarmed = prewarmGateWindow({ preload: preloadFolder() }, desktop);
      expectWindow('gate', prewarmed.settled);
      agent = await compose(options, prewarmed, folders);
      listenToSystem(agent.noteSystem);
      // On Windows `before-quit` is not emitted when the session ends. `end` may be cut short there, which loses nothing.
      if (desktop.endsSessionThroughWindow) {
        listenForSessionEnd({ onEnding: () => agent?.noteSystem('session-ending'), onEnded: end });
      }
      if ((await agent.start()) === 'not-here') app.quit();
      await log.open();
    })
    .catch(endBroken);

  // The agent lives in the tray, so it must not end with its last window.
  app.on('window-all-closed', () => undefined);
  giveMemoryBackAfterWindows();
  app.on('second-instance', (_event, argv) => {
    const { isUnasked, watchdogDelaySeconds } = readStartedBy(argv);
    if (watchdogDelaySeconds > 0) agent?.noteWatchdog(watchdogDelaySeconds);
    else if (!isUnasked) agent?.showStatus();
  });
  app.on('before-quit', (event) => {
    if (isEnding) return;
    event.preventDefault();
    end();
  });
  process.on('uncaughtException', endBroken);
  process.on('unhandledRejection', endBroken);
}

function listenToSystem(note: Agent['noteSystem']): void {
  powerMonitor.on('suspend', () => note('suspending'));
  powerMonitor.on('resume', () => note('resumed'));
  powerMonitor.on('lock-screen', () => note('locked'));
  powerMonitor.on('unlock-screen', () => note('unlocked'));
}

/** `window-all-closed` would not do: a window without a page may stay to listen for the end of the session. */
function giveMemoryBackAfterWindows(): void {
  let timer: NodeJS.Timeout | undefined;
  app.on('browser-window-created', (_event, window) => {
    window.once('closed', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (BrowserWindow.getAllWindows().length === 0) giveMemoryBack();
      }, afterWindowsMs);
    });
  });
}

interface ClaimedFolders {
  /** May roam with the account, or be on a server. */
  readonly profile: string;
  /** Of this PC alone; the runtime keeps its files and its lock there. */
  readonly local: string;
  /** Folders of this PC that an agent outside this session holds. */
  readonly passedOver: number;
}

/** Undefined where this process is not to be the agent, and ends. */
async function claimFolders(): Promise<ClaimedFolders | undefined> {
  const profile = app.getPath('userData');
  const isGiven = app.commandLine.hasSwitch('user-data-dir');
  const claim = claimInstance(isGiven ? oneFolder(profile) : await findOwnFolders(profile), {
    moveTo: (folder) => app.setPath('userData', folder),
    request: () => app.requestSingleInstanceLock(),
  });
  if (claim.kind === 'claimed') {
    return { profile, local: app.getPath('userData'), passedOver: claim.passedOver };
  }
  if (claim.kind === 'refused') {
    const line =
      'ended: other sessions or PCs hold every folder of this account, so no agent runs in this session';
    console.error(`Porthor ${line}`);
    log.write('error', line);
    void log.open().finally(() => app.exit(1));
    return undefined;
  }
  // The running agent shows itself (`second-instance`).
  app.exit(0);
  return undefined;
}

/** Works beside a running agent, and without a display: no window, no gate, no lock, and its own scratch folder. */
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
      // Chromium may still hold a file in it; the system clears its temporary folder.
    }
    app.exit(exitCode);
  };
  app
    .whenReady()
    .then(async () => {
      const [{ startSelfCheck }, platform] = await Promise.all([
        import('./self-check-command.ts'),
        // Keep the network in memory: Chromium writes stored data to disk when the program ends, into a removed folder.
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

async function compose(
  options: RunOptions,
  prewarmed: PrewarmedWindow,
  { profile, local, passedOver }: ClaimedFolders,
): Promise<Agent> {
  const [{ composeAgent }, platform] = await Promise.all([import('./compose.ts'), choosePlatform(options)]);
  const assets = join(app.getAppPath(), 'assets');
  // A loader of its own, so that nothing holds the file when it has been forgotten.
  const firstScreen = createFirstScreen<GateState>(
    join(app.getAppPath(), 'dist', 'main'),
    (file) => createCachedLoader().load(file),
    (error) => log.write('error', `first screen not drawn: ${describeError(error)}`),
  );
  return composeAgent({
    platform,
    prewarmed,
    firstScreen,
    demonstration: commandLine().demonstration,
    startedBy: readStartedBy(process.argv),
    agentVersion: app.getVersion(),
    runtimeVersions: runtimeVersions(),
    folders: { assets, preload: preloadFolder(), profile, local },
    passedOverLocks: passedOver,
    nameClientCertificate,
    systemLanguages: app.getPreferredSystemLanguages(),
    environment: process.env,
    protection: protectBy(await platform.loadSecretStore()),
    log: (line) => log.write('info', line),
    // Do not use the box that blocks: while it is open no timer runs, so neither the gate nor the idle lock would work.
    showError: (title, text) => {
      showMessageBox(platform.clock, {
        type: 'error',
        title,
        message: title,
        detail: text,
        noLink: true,
      }).catch((error: unknown) => log.write('error', `message not shown: ${describeError(error)}`));
    },
    announce: async ({ title, message, detail, readNow, later }, signal) => {
      const buttons = [later, readNow];
      const button = await showMessageBox(platform.clock, {
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
      return button === 1;
    },
    onOpened: (how) => {
      firstScreen.forget();
      void log.open();
      if (!app.isPackaged) console.log(`gate open ${how}`);
    },
    onMediaWarning: (warnings) => {
      if (!app.isPackaged) console.log(`media warning painted ${warnings} ${Date.now()}`);
    },
    onPainted: (screen) => {
      void log.open();
      if (!app.isPackaged && screen === 'policy') {
        // Measured since the runtime of this process started, which is a little after the process itself. The system
        // reports the start of a process too coarsely. The benchmark measures from outside.
        console.log(`gate painted ${Math.round(performance.now())}`);
      }
    },
  });
}

/** A bug ends the agent at once and visibly. The restarted agent counts the crashes (product rule 3). */
function endBroken(error: unknown): void {
  console.error(`Porthor ended: ${describeError(error)}`);
  log.write('error', `ended: ${describeError(error)}`);
  void log.open().finally(() => app.exit(1));
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
