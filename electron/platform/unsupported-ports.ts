/** The ports of a system that Porthor has no adapters for: each answers `none`, with that reason. */

import os from 'node:os';
import { fail, succeed } from '../../shared/lib/result.ts';
import type { Capability } from '../../shared/wire/events.ts';
import type { AccountPort } from './account/account-port.ts';
import type { SystemOptions, SystemPorts } from './create-platform.ts';
import { withDeadline } from './deadline.ts';
import { describeError } from './describe-error.ts';
import { noDesktopHold } from './desktop-hold/desktop-hold-port.ts';
import type { FolderRightsPort } from './folder-rights/folder-rights-port.ts';
import type { IdlePort } from './idle/idle-port.ts';
import type { LockPort } from './lock/lock-port.ts';
import type { MachinePort } from './machine/machine-port.ts';
import { readConfigFile } from './managed-config/config-file.ts';
import type { ManagedConfigPort } from './managed-config/managed-config-port.ts';
import { watchConfigFile } from './managed-config/watch-config.ts';
import { once } from './once.ts';
import type { PresencePort } from './presence/presence-port.ts';
import type { RemovableMedia } from './removable-media.ts';
import type { SessionPort } from './session/session-port.ts';
import type { Clock } from './time/clock.ts';

const reason = 'Porthor does not know this operating system';
const problem = { kind: 'none', reason } as const;

/** node-machine-id starts a program of the system. */
const machineIdDeadlineMs = 4000;

const none = (name: string) => (): Capability => ({ name, level: 'none', reason });

const unsupportedAccountPort: AccountPort = {
  capability: none('account'),
  read: () => Promise.resolve(fail(problem)),
};

/** Without an adapter a PC still has an id, on the systems that node-machine-id knows. */
const unsupportedMachinePort: MachinePort = {
  capability: () => ({ name: 'machine', level: 'degraded', reason }),
  read: async () => {
    const known = { hostname: os.hostname(), os: `${os.type()} ${os.release()}` };
    try {
      const { default: nodeMachineId } = await import('node-machine-id');
      const id = await withDeadline(nodeMachineId.machineId(), machineIdDeadlineMs);
      if (id.ok) return succeed({ id: id.value, ...known });
      return fail({ kind: 'unreadable', reason: `no machine id within ${machineIdDeadlineMs} ms`, known });
    } catch (error) {
      return fail({ kind: 'unreadable', reason: describeError(error), known });
    }
  },
};

const unsupportedSessionPort: SessionPort = {
  capability: none('session'),
  signOut: () => Promise.resolve(fail(problem)),
  readState: () => Promise.resolve(fail(problem)),
};

const unsupportedLockPort: LockPort = {
  capability: none('lock'),
  lock: () => Promise.resolve(fail(problem)),
  lockAtOnce: () => fail(problem),
};

const unsupportedFolderRightsPort: FolderRightsPort = {
  isOwn: () => Promise.resolve(false),
  closeToOthers: () => Promise.resolve(fail(reason)),
  listOthers: () => Promise.resolve(fail(reason)),
};

const unsupportedIdlePort: IdlePort = {
  capability: none('idle'),
  readSeconds: () => Promise.resolve(fail(problem)),
  readSystemLimit: () => Promise.resolve(fail(problem)),
  findGameControllers: () => Promise.resolve([]),
};

const unsupportedPresencePort: PresencePort = {
  capability: none('presence'),
  read: () => Promise.resolve(fail(problem)),
};

const unsupportedRemovableMedia: RemovableMedia = {
  usb: {
    capability: none('usb'),
    list: () => Promise.resolve(fail(problem)),
    watch: () => Promise.resolve(fail(problem)),
  },
  volumes: {
    capability: none('volumes'),
    list: () => Promise.resolve(fail(problem)),
    watch: () => Promise.resolve(fail(problem)),
  },
  eject: { capability: none('eject'), eject: () => Promise.resolve(fail(problem)) },
  antiVirus: { capability: none('anti-virus'), scan: () => Promise.resolve(fail(problem)) },
};

/** A file that is named on the command line can be read on any system. */
export function createUnsupportedManagedConfigPort(
  developmentFile: string | undefined,
  clock: Clock,
): ManagedConfigPort {
  return {
    capability: none('managed-config'),
    read: () =>
      developmentFile === undefined
        ? Promise.resolve({ kind: 'absent' })
        : readConfigFile({ path: developmentFile, whenMissing: 'unreadable' }),
    watch: (onChange) =>
      developmentFile === undefined ? () => undefined : watchConfigFile(developmentFile, clock, onChange),
  };
}

export function createUnsupportedSystem({ clock, developmentFile }: SystemOptions): SystemPorts {
  return {
    account: unsupportedAccountPort,
    machine: unsupportedMachinePort,
    session: unsupportedSessionPort,
    lock: unsupportedLockPort,
    loadSensors: () => Promise.resolve({ idle: unsupportedIdlePort, presence: unsupportedPresencePort }),
    loadWindowState: once(async () => {
      const { createElectronWindowStatePort } = await import('./window-state/window-state.electron.ts');
      return createElectronWindowStatePort(reason);
    }),
    managedConfig: createUnsupportedManagedConfigPort(developmentFile, clock),
    desktopHold: noDesktopHold,
    folderRights: unsupportedFolderRightsPort,
    loadSecretStore: async () => {
      const { createElectronSecretStorePort } = await import('./secret-store/secret-store.electron.ts');
      return createElectronSecretStorePort({ namesBackend: false });
    },
    removableMedia: () => Promise.resolve(unsupportedRemovableMedia),
  };
}
