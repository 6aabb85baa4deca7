/** Runs the agent inside Electron: one instance, ready, and an end in order. */
import { join } from 'node:path';
import { app, dialog, Menu, net, powerMonitor, safeStorage } from 'electron';
import log from 'electron-log/main.js';
import { createPlatform, type Platform } from '../platform/create-platform.ts';
import type { SecretProtection } from '../storage/identity/identity.ts';
import { appUserModelId } from './app-user-model-id.ts';
import { readCommandLine } from './command-line.ts';
import { type Agent, composeAgent } from './compose.ts';
import { hardenBeforeReady, hardenWhenReady } from './hardening.ts';

export interface RunOptions {
  /** Puts other adapters in place of the system's own. */
  readonly adaptPlatform?: (platform: Platform) => Platform;
}

const maxLogBytes = 1024 * 1024;

/** Starts everything; returns at once. Must be called before the app is ready. */
export function runAgent(options: RunOptions = {}): void {
  hardenBeforeReady();
  if (!app.requestSingleInstanceLock()) {
    // The agent that is running shows itself (`second-instance`).
    app.exit(0);
    return;
  }
  app.setAppUserModelId(appUserModelId);
  Menu.setApplicationMenu(null);
  log.transports.file.resolvePathFn = () => join(app.getPath('userData'), 'logs', 'agent.log');
  log.transports.file.maxSize = maxLogBytes;
  log.transports.console.level = false;

  // What takes its time outside Electron begins while Electron is still getting ready.
  const composing = compose(options);
  let agent: Agent | undefined;
  let isEnding = false;

  app
    .whenReady()
    .then(async () => {
      hardenWhenReady(join(app.getAppPath(), 'dist', 'renderer'));
      agent = await composing;
      powerMonitor.on('suspend', () => agent?.noteSystem('suspending'));
      powerMonitor.on('resume', () => agent?.noteSystem('resumed'));
      powerMonitor.on('lock-screen', () => agent?.noteSystem('locked'));
      powerMonitor.on('unlock-screen', () => agent?.noteSystem('unlocked'));
      await agent.start();
    })
    .catch(endBroken);

  // The agent lives in the tray: that its last window is gone means nothing.
  app.on('window-all-closed', () => undefined);
  app.on('second-instance', () => agent?.showStatus());
  app.on('before-quit', (event) => {
    if (isEnding) return;
    isEnding = true;
    event.preventDefault();
    const stopped = agent?.stop() ?? Promise.resolve();
    stopped.catch((error: unknown) => log.error('stop:', describeError(error))).finally(() => app.exit(0));
  });
  process.on('uncaughtException', endBroken);
  process.on('unhandledRejection', endBroken);
}

async function compose(options: RunOptions): Promise<Agent> {
  const commandLine = readCommandLine(process.argv, process.env, app.isPackaged);
  const systemPlatform = await createPlatform({
    isPackaged: app.isPackaged,
    developmentConfigFile: commandLine.configFile,
  });
  const platform = options.adaptPlatform?.(systemPlatform) ?? systemPlatform;
  const userData = app.getPath('userData');
  const assets = join(app.getAppPath(), 'assets');
  return composeAgent({
    platform,
    demonstration: commandLine.demonstration,
    agentVersion: app.getVersion(),
    runtimeVersions: {
      electron: process.versions['electron'] ?? '',
      chrome: process.versions['chrome'] ?? '',
      node: process.versions.node,
    },
    folders: { assets, preload: join(app.getAppPath(), 'dist', 'preload'), userData },
    systemLanguages: app.getPreferredSystemLanguages(),
    environment: process.env,
    protection: protectionOn(platform.os),
    fetch: (url, init) => app.whenReady().then(() => net.fetch(url, init)),
    log: (line) => log.info(line),
    showError: (title, text) => dialog.showErrorBox(title, text),
    trayIconFile: (isDarkTaskbar) => {
      const theme = isDarkTaskbar ? 'dark' : 'light';
      return platform.os === 'win32' ? `tray-${theme}.ico` : `tray-${theme}.png`;
    },
    onOpened: (how) => {
      if (!app.isPackaged) console.log(`gate open ${how}`);
    },
    onPainted: (screen) => {
      if (!app.isPackaged && screen === 'policy') {
        // Since the runtime of this process began, which is a little after the process itself did: the system tells a
        // process its own start too coarsely. The benchmark measures from outside.
        console.log(`gate painted ${Math.round(performance.now())}`);
      }
    },
  });
}

/** The signed-in account's own secret store (DPAPI, a keyring), where there is a real one. */
function protectionOn(os: Platform['os']): SecretProtection {
  // Without a keyring Electron "encrypts" on Linux with a password that everybody knows.
  const isReal = () => os !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
  return {
    name: 'system',
    available: () => app.isReady() && safeStorage.isEncryptionAvailable() && isReal(),
    protect: (secret) => safeStorage.encryptString(secret).toString('base64'),
    unprotect: (kept) => safeStorage.decryptString(Buffer.from(kept, 'base64')),
  };
}

/** A bug ends the agent at once and visibly: whoever restarts it counts the crashes (product rule 3). */
function endBroken(error: unknown): void {
  log.error('ended:', describeError(error));
  console.error(`Porthor ended: ${describeError(error)}`);
  app.exit(1);
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
