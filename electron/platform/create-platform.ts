/** Chooses the adapters of the operating system: the only reader of `process.platform`. */
import type { AccountPort } from './account/account-port.ts';
import type { IdlePort } from './idle/idle-port.ts';
import type { LockPort } from './lock/lock-port.ts';
import type { MachinePort } from './machine/machine-port.ts';
import type { ManagedConfigPort } from './managed-config/managed-config-port.ts';
import type { PresencePort } from './presence/presence-port.ts';
import type { RemovableMedia } from './removable-media.ts';
import type { SessionPort } from './session/session-port.ts';
import { type Clock, createSystemClock } from './time/clock.ts';
import {
  createUnsupportedManagedConfigPort,
  unsupportedAccountPort,
  unsupportedIdlePort,
  unsupportedLockPort,
  unsupportedMachinePort,
  unsupportedPresencePort,
  unsupportedRemovableMedia,
  unsupportedSessionPort,
} from './unsupported-ports.ts';

export type SystemName = 'win32' | 'linux' | 'other';

/** The system that this is, as far as Porthor tells systems apart. */
export function nameSystem(): SystemName {
  return process.platform === 'win32' || process.platform === 'linux' ? process.platform : 'other';
}

export interface Sensors {
  readonly idle: IdlePort;
  readonly presence: PresencePort;
}

export interface Platform {
  readonly os: SystemName;
  readonly account: AccountPort;
  readonly machine: MachinePort;
  readonly session: SessionPort;
  readonly lock: LockPort;
  /** What the idle lock asks. Loaded when it starts, so that nobody waits for it at the gate; answers the same every time. */
  loadSensors(): Promise<Sensors>;
  readonly managedConfig: ManagedConfigPort;
  /** Loads its adapters at the first call, which is to come after the gate: they bring native code along. */
  removableMedia(): Promise<RemovableMedia>;
  readonly clock: Clock;
}

export interface PlatformOptions {
  readonly isPackaged: boolean;
  /** From `--config` or `PORTHOR_CONFIG`; a packaged build never looks at it. */
  readonly developmentConfigFile: string | undefined;
}

/** Loads the adapters of this system alone, and asks the system nothing yet. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const clock = createSystemClock();
  const developmentFile = options.isPackaged ? undefined : options.developmentConfigFile;
  switch (nameSystem()) {
    case 'win32':
      return createWindowsPlatform(clock, developmentFile);
    case 'linux':
      return createLinuxPlatform(clock, developmentFile);
    case 'other':
      return {
        os: 'other',
        account: unsupportedAccountPort,
        machine: unsupportedMachinePort,
        session: unsupportedSessionPort,
        lock: unsupportedLockPort,
        loadSensors: () => Promise.resolve({ idle: unsupportedIdlePort, presence: unsupportedPresencePort }),
        managedConfig: createUnsupportedManagedConfigPort(developmentFile, clock),
        removableMedia: () => Promise.resolve(unsupportedRemovableMedia),
        clock,
      };
  }
}

async function createWindowsPlatform(clock: Clock, developmentFile: string | undefined): Promise<Platform> {
  const [account, machine, session, lock, managedConfig] = await Promise.all([
    import('./account/account.win32.ts'),
    import('./machine/machine.win32.ts'),
    import('./session/session.win32.ts'),
    import('./lock/lock.win32.ts'),
    import('./managed-config/managed-config.win32.ts'),
  ]);
  return {
    os: 'win32',
    account: account.createWindowsAccountPort(),
    machine: machine.createWindowsMachinePort(),
    session: session.createWindowsSessionPort(),
    lock: lock.createWindowsLockPort(clock),
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
    managedConfig: managedConfig.createWindowsManagedConfigPort(developmentFile, clock),
    removableMedia: once(() => loadWindowsRemovableMedia(clock)),
    clock,
  };
}

async function createLinuxPlatform(clock: Clock, developmentFile: string | undefined): Promise<Platform> {
  const [account, machine, logind, session, lock, managedConfig] = await Promise.all([
    import('./account/account.linux.ts'),
    import('./machine/machine.linux.ts'),
    import('./logind/logind.linux.ts'),
    import('./session/session.linux.ts'),
    import('./lock/lock.linux.ts'),
    import('./managed-config/managed-config.linux.ts'),
  ]);
  const uid = process.getuid?.() ?? -1;
  const ownLogind = logind.createLogind({ environment: process.env, pid: process.pid, uid });
  return {
    os: 'linux',
    account: account.createLinuxAccountPort(process.env),
    machine: machine.createLinuxMachinePort(),
    session: session.createLinuxSessionPort(ownLogind),
    lock: lock.createLinuxLockPort(ownLogind, clock),
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
        presence: presence.createLinuxPresencePort(ownLogind, uid),
      };
    }),
    managedConfig: managedConfig.createLinuxManagedConfigPort({
      clock,
      developmentFile,
      systemFile: '/etc/porthor/config.json',
      ownerUid: 0,
    }),
    removableMedia: once(() => loadLinuxRemovableMedia(clock)),
    clock,
  };
}

async function loadLinuxRemovableMedia(clock: Clock): Promise<RemovableMedia> {
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

async function loadWindowsRemovableMedia(clock: Clock): Promise<RemovableMedia> {
  const [usb, volumes, eject, antiVirus] = await Promise.all([
    import('./usb/usb.win32.ts'),
    import('./volumes/volumes.win32.ts'),
    import('./volumes/eject.win32.ts'),
    import('./anti-virus/anti-virus.win32.ts'),
  ]);
  const usbPort = usb.createWindowsUsbPort(clock);
  return {
    usb: usbPort,
    volumes: volumes.createWindowsVolumesPort(clock, usbPort, process.env['SystemDrive']),
    eject: eject.createWindowsEjectPort(),
    antiVirus: await antiVirus.createWindowsAntiVirusPort(process.env['ProgramFiles']),
  };
}

/** Whoever asks gets the same adapters. */
function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
