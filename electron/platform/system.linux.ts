/** The ports of Linux with systemd-logind. */

import { createLinuxAccountPort } from './account/account.linux.ts';
import type { SystemOptions, SystemPorts } from './create-platform.ts';
import { noDesktopHold } from './desktop-hold/desktop-hold-port.ts';
import { linuxFolderRightsPort } from './folder-rights/folder-rights.linux.ts';
import { createLinuxLockPort } from './lock/lock.linux.ts';
import { createLogind } from './logind/logind.linux.ts';
import { createLinuxMachinePort } from './machine/machine.linux.ts';
import { createLinuxManagedConfigPort } from './managed-config/managed-config.linux.ts';
import { once } from './once.ts';
import type { RemovableMedia } from './removable-media.ts';
import { createLinuxSessionPort } from './session/session.linux.ts';
import type { Clock } from './time/clock.ts';

export function createLinuxSystem({ clock, developmentFile }: SystemOptions): SystemPorts {
  const uid = process.getuid?.() ?? -1;
  const logind = createLogind({ environment: process.env, pid: process.pid, uid });
  return {
    account: createLinuxAccountPort(process.env),
    machine: createLinuxMachinePort(),
    session: createLinuxSessionPort(logind),
    lock: createLinuxLockPort(logind, clock),
    loadSensors: once(async () => {
      const [idle, idleTime, presence] = await Promise.all([
        import('./idle/idle.linux.ts'),
        import('./idle/idle.electron.ts'),
        import('./presence/presence.linux.ts'),
      ]);
      return {
        idle: idle.createLinuxIdlePort({
          environment: process.env,
          readSeconds: idleTime.readIdleSeconds,
          inputDevicesFile: '/proc/bus/input/devices',
        }),
        presence: presence.createLinuxPresencePort(logind, uid),
      };
    }),
    loadWindowState: once(async () => {
      const { createElectronWindowStatePort } = await import('./window-state/window-state.electron.ts');
      return createElectronWindowStatePort('');
    }),
    managedConfig: createLinuxManagedConfigPort({
      clock,
      developmentFile,
      systemFile: '/etc/porthor/config.json',
      ownerUid: 0,
    }),
    desktopHold: noDesktopHold,
    folderRights: linuxFolderRightsPort,
    loadSecretStore: once(async () => {
      const { createElectronSecretStorePort } = await import('./secret-store/secret-store.electron.ts');
      return createElectronSecretStorePort({ namesBackend: true });
    }),
    removableMedia: once(() => loadRemovableMedia(clock)),
  };
}

async function loadRemovableMedia(clock: Clock): Promise<RemovableMedia> {
  const [usb, volumes, eject, antiVirus] = await Promise.all([
    import('./usb/usb.linux.ts'),
    import('./volumes/volumes.linux.ts'),
    import('./volumes/eject.linux.ts'),
    import('./anti-virus/anti-virus.linux.ts'),
  ]);
  return {
    usb: usb.createLinuxUsbPort(clock),
    volumes: volumes.createLinuxVolumesPort(clock),
    eject: eject.createLinuxEjectPort(),
    antiVirus: antiVirus.createLinuxAntiVirusPort(),
  };
}
