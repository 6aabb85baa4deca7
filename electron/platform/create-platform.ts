/** Chooses the adapters of the operating system: the only reader of `process.platform`. */
import type { AccountPort } from './account/account-port.ts';
import { type Desktop, readLinuxDesktop, unknownDesktop, windowsDesktop } from './desktop/desktop.ts';
import type { DesktopHoldPort } from './desktop-hold/desktop-hold-port.ts';
import type { FolderRightsPort } from './folder-rights/folder-rights-port.ts';
import type { IdlePort } from './idle/idle-port.ts';
import type { LockPort } from './lock/lock-port.ts';
import type { MachinePort } from './machine/machine-port.ts';
import type { ManagedConfigPort } from './managed-config/managed-config-port.ts';
import type { NetworkPort } from './network/network-port.ts';
import type { NotificationsPort } from './notifications/notifications-port.ts';
import { once } from './once.ts';
import { type OwnFolders, oneFolder } from './own-folders/own-folders.ts';
import type { PresencePort } from './presence/presence-port.ts';
import type { RemovableMedia } from './removable-media.ts';
import type { SecretStorePort } from './secret-store/secret-store-port.ts';
import type { SessionPort } from './session/session-port.ts';
import { type Clock, createSystemClock } from './time/clock.ts';
import type { WindowStatePort } from './window-state/window-state-port.ts';

export interface Sensors {
  readonly idle: IdlePort;
  readonly presence: PresencePort;
}

/** What each operating system answers with adapters of its own. */
export interface SystemPorts {
  readonly account: AccountPort;
  readonly machine: MachinePort;
  readonly session: SessionPort;
  readonly lock: LockPort;
  /** Loaded when the idle lock starts, so that the gate does not wait for them. The same sensors at every call. */
  loadSensors(): Promise<Sensors>;
  /** What the system says about the agent's windows. Loaded when the first window is made. The same port at every call. */
  loadWindowState(): Promise<WindowStatePort>;
  readonly managedConfig: ManagedConfigPort;
  readonly folderRights: FolderRightsPort;
  readonly desktopHold: DesktopHoldPort;
  /** Loaded at the first call. */
  loadSecretStore(): Promise<SecretStorePort>;
  /** Loads native code at the first call, so the first call comes after the gate. The same ports at every call. */
  removableMedia(): Promise<RemovableMedia>;
}

export interface SystemOptions {
  readonly clock: Clock;
  /** A managed-config file in place of the system's own. */
  readonly developmentFile: string | undefined;
}

/** What Electron answers on every operating system. Each is loaded at its first call. */
interface ElectronPorts {
  loadNetwork(): Promise<NetworkPort>;
  loadNotifications(): Promise<NotificationsPort>;
}

export interface Platform extends SystemPorts, ElectronPorts {
  readonly desktop: Desktop;
  readonly clock: Clock;
}

export interface PlatformOptions {
  readonly isPackaged: boolean;
  /** From `--config` or `PORTHOR_CONFIG`; a packaged build ignores it. */
  readonly developmentConfigFile: string | undefined;
  /** The network keeps nothing on disk: for a program that removes its folder when it ends. */
  readonly networkInMemory?: boolean;
}

/** Loads the adapters of this system alone, and asks the system nothing yet. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const clock = createSystemClock();
  const desktop = readDesktop(process.env);
  const developmentFile = options.isPackaged ? undefined : options.developmentConfigFile;
  return {
    desktop,
    clock,
    ...(await loadSystem({ clock, developmentFile })),
    ...createElectronPorts(options.networkInMemory ?? false),
  };
}

/** Known at once, before any adapter is loaded: the first window needs it. */
export function readDesktop(environment: Readonly<Record<string, string | undefined>>): Desktop {
  switch (process.platform) {
    case 'win32':
      return windowsDesktop;
    case 'linux':
      return readLinuxDesktop(environment);
    default:
      return unknownDesktop;
  }
}

/** Known before the app is ready: the runtime locks one of these folders. `ownFolder` is its usual one. */
export async function findOwnFolders(ownFolder: string): Promise<OwnFolders> {
  if (process.platform !== 'win32') return oneFolder(ownFolder);
  const { findWindowsFolders } = await import('./own-folders/own-folders.win32.ts');
  return findWindowsFolders(ownFolder, process.env);
}

async function loadSystem(options: SystemOptions): Promise<SystemPorts> {
  switch (process.platform) {
    case 'win32':
      return (await import('./system.win32.ts')).createWindowsSystem(options);
    case 'linux':
      return (await import('./system.linux.ts')).createLinuxSystem(options);
    default:
      return (await import('./unsupported-ports.ts')).createUnsupportedSystem(options);
  }
}

function createElectronPorts(isInMemory: boolean): ElectronPorts {
  return {
    loadNetwork: once(async () => {
      const { createElectronNetworkPort } = await import('./network/network.electron.ts');
      return createElectronNetworkPort({ isInMemory });
    }),
    loadNotifications: once(async () => {
      const { electronNotificationsPort } = await import('./notifications/notifications.electron.ts');
      return electronNotificationsPort;
    }),
  };
}
