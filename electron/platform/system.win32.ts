/** The ports of Windows. */
import { createWindowsAccountPort } from './account/account.win32.ts';
import type { SystemOptions, SystemPorts } from './create-platform.ts';
import { createWindowsDesktopHoldPort } from './desktop-hold/desktop-hold.win32.ts';
import { createWindowsFolderRightsPort } from './folder-rights/folder-rights.win32.ts';
import { createWindowsLockPort } from './lock/lock.win32.ts';
import { createWindowsMachinePort } from './machine/machine.win32.ts';
import { createWindowsManagedConfigPort } from './managed-config/managed-config.win32.ts';
import { loadNative } from './native/native.win32.ts';
import { poolThreads } from './native/pool-threads.ts';
import { once } from './once.ts';
import type { RemovableMedia } from './removable-media.ts';
import type { SecretStorePort } from './secret-store/secret-store-port.ts';
import { createWindowsSessionPort } from './session/session.win32.ts';
import type { Clock } from './time/clock.ts';
import { createDriveTurns } from './volumes/drive-turns.ts';
import type { WindowStatePort } from './window-state/window-state-port.ts';

export function createWindowsSystem({ clock, developmentFile }: SystemOptions): SystemPorts {
  return {
    account: createWindowsAccountPort({ environment: process.env }),
    machine: createWindowsMachinePort(),
    session: createWindowsSessionPort(),
    desktopHold: createWindowsDesktopHoldPort(),
    lock: createWindowsLockPort(clock),
    loadSensors: once(async () => {
      const [idle, idleTime, presence] = await Promise.all([
        import('./idle/idle.win32.ts'),
        import('./idle/idle.electron.ts'),
        import('./presence/presence.win32.ts'),
      ]);
      return {
        idle: idle.createWindowsIdlePort(idleTime.readIdleSeconds),
        presence: presence.createWindowsPresencePort(),
      };
    }),
    loadWindowState: once(loadWindowState),
    managedConfig: createWindowsManagedConfigPort(developmentFile, clock),
    folderRights: createWindowsFolderRightsPort(),
    loadSecretStore: once(loadSecretStore),
    removableMedia: once(() => loadRemovableMedia(clock)),
  };
}

/** Where Windows itself cannot be called, Electron answers what it can. */
async function loadWindowState(): Promise<WindowStatePort> {
  const native = await loadNative();
  if (!native.ok) {
    const { createElectronWindowStatePort } = await import('./window-state/window-state.electron.ts');
    return createElectronWindowStatePort(native.error);
  }
  const { createWindowsWindowStatePort } = await import('./window-state/window-state.win32.ts');
  return createWindowsWindowStatePort(native.value, process.pid);
}

async function loadSecretStore(): Promise<SecretStorePort> {
  const [native, store, earlier] = await Promise.all([
    loadNative(),
    import('./secret-store/secret-store.win32.ts'),
    import('./secret-store/secret-store.electron.ts'),
  ]);
  return store.createWindowsSecretStorePort(native, [
    earlier.createElectronSecretStorePort({ namesBackend: false }),
  ]);
}

async function loadRemovableMedia(clock: Clock): Promise<RemovableMedia> {
  const [usb, volumes, eject, antiVirus] = await Promise.all([
    import('./usb/usb.win32.ts'),
    import('./volumes/volumes.win32.ts'),
    import('./volumes/eject.win32.ts'),
    import('./anti-virus/anti-virus.win32.ts'),
  ]);
  const usbPort = usb.createWindowsUsbPort(clock);
  const turns = createDriveTurns(poolThreads);
  const systemDrive = process.env['SystemDrive'];
  return {
    usb: usbPort,
    volumes: volumes.createWindowsVolumesPort({ clock, usb: usbPort, turns, systemDrive }),
    eject: eject.createWindowsEjectPort({ clock, turns }),
    antiVirus: await antiVirus.createWindowsAntiVirusPort(process.env['ProgramFiles']),
  };
}
