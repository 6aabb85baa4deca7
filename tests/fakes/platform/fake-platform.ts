/** A whole operating system that a test scripts: the account, the answers, and a record of the agent's requests. */

import type {
  AccountPort,
  AccountProblem,
  SignedInAccount,
} from '../../../electron/platform/account/account-port.ts';
import type { Platform } from '../../../electron/platform/create-platform.ts';
import { windowsDesktop } from '../../../electron/platform/desktop/desktop.ts';
import { noDesktopHold } from '../../../electron/platform/desktop-hold/desktop-hold-port.ts';
import type { IdlePort, IdleProblem } from '../../../electron/platform/idle/idle-port.ts';
import type { LockPort, LockProblem } from '../../../electron/platform/lock/lock-port.ts';
import type { MachinePort, MachineProblem } from '../../../electron/platform/machine/machine-port.ts';
import type {
  ManagedConfigAnswer,
  ManagedConfigPort,
} from '../../../electron/platform/managed-config/managed-config-port.ts';
import type {
  Presence,
  PresencePort,
  PresenceProblem,
} from '../../../electron/platform/presence/presence-port.ts';
import type {
  SessionPort,
  SessionProblem,
  SessionState,
} from '../../../electron/platform/session/session-port.ts';
import type { Clock } from '../../../electron/platform/time/clock.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { createFakeClock } from './fake-clock.ts';
import {
  createFakeNetworkPort,
  createFakeNotificationsPort,
  createFakeSecretStorePort,
  type FakeNetworkPort,
  type FakeSecretStorePort,
} from './fake-electron-ports.ts';
import { createFakeFolderRightsPort, type FakeFolderRightsPort } from './fake-folder-rights.ts';
import { createFakeRemovableMedia, type FakeRemovableMedia } from './fake-removable-media.ts';
import { createFakeWindowState, type FakeWindowState } from './fake-window-state.ts';

const teacher: SignedInAccount = {
  account: {
    name: 'sprys',
    domain: 'YSGOL',
    sid: 'S-1-5-21-1004336348-1177238915-682003330-1107',
    upn: 'sprys@ysgol.example',
    displayName: 'Siân Prys',
  },
  groups: ['YSGOL\\Staff', 'YSGOL\\Domain Users'],
  loginId: 'login-1',
};

const labComputer: Machine = {
  id: '5f3c1c2f1f0f6a9b2f6d0f1a4e8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b',
  hostname: 'LAB-07',
  os: 'Windows 11 Education (10.0.22631)',
};

const full = (name: string): Capability => ({ name, level: 'full', reason: '' });

/** The capability of a port that has a problem of this kind. */
const capabilityAfter = (
  name: string,
  problem: { readonly kind: string; readonly reason: string },
): Capability => ({
  name,
  level: problem.kind === 'none' ? 'none' : 'degraded',
  reason: problem.reason,
});

interface FakeAccountPort extends AccountPort {
  answerWith(answer: Result<SignedInAccount, AccountProblem>): void;
}

function createFakeAccountPort(signedIn: SignedInAccount = teacher): FakeAccountPort {
  let answer: Result<SignedInAccount, AccountProblem> = succeed(signedIn);
  return {
    answerWith: (next) => {
      answer = next;
    },
    capability: () => (answer.ok ? full('account') : capabilityAfter('account', answer.error)),
    read: () => Promise.resolve(answer),
  };
}

interface FakeMachinePort extends MachinePort {
  answerWith(answer: Result<Machine, MachineProblem>): void;
}

function createFakeMachinePort(machine: Machine = labComputer): FakeMachinePort {
  let answer: Result<Machine, MachineProblem> = succeed(machine);
  return {
    answerWith: (next) => {
      answer = next;
    },
    capability: () => (answer.ok ? full('machine') : capabilityAfter('machine', answer.error)),
    read: () => Promise.resolve(answer),
  };
}

/** Called when the agent asks the fake to sign out or to lock, before the fake answers. */
type RecordDeed = (deed: 'sign-out' | 'lock') => void;

interface FakeSessionPort extends SessionPort {
  /** Without a problem the next requests succeed again. */
  refuseWith(problem: SessionProblem | undefined): void;
  /** Requests to sign out, refused ones included. */
  signOuts(): number;
  standAs(state: Result<SessionState, SessionProblem>): void;
}

function createFakeSessionPort(record: RecordDeed = () => undefined): FakeSessionPort {
  let problem: SessionProblem | undefined;
  let signOuts = 0;
  let state: Result<SessionState, SessionProblem> = succeed({ inFront: true, locked: false });
  return {
    refuseWith: (next) => {
      problem = next;
    },
    signOuts: () => signOuts,
    capability: () => (problem === undefined ? full('session') : capabilityAfter('session', problem)),
    signOut: () => {
      signOuts += 1;
      record('sign-out');
      return Promise.resolve(problem === undefined ? succeed('requested') : fail(problem));
    },
    standAs: (next) => {
      state = next;
    },
    readState: () => Promise.resolve(state),
  };
}

interface FakeLockPort extends LockPort {
  answerWith(answer: Result<'requested' | 'confirmed', LockProblem>): void;
  /** Requests to lock, refused ones included. */
  locks(): number;
}

function createFakeLockPort(record: RecordDeed = () => undefined): FakeLockPort {
  let answer: Result<'requested' | 'confirmed', LockProblem> = succeed('confirmed');
  let locks = 0;
  return {
    answerWith: (next) => {
      answer = next;
    },
    locks: () => locks,
    capability: () => (answer.ok ? full('lock') : capabilityAfter('lock', answer.error)),
    lock: () => {
      locks += 1;
      record('lock');
      return Promise.resolve(answer);
    },
    lockAtOnce: () => {
      locks += 1;
      record('lock');
      return answer.ok ? succeed('requested') : answer;
    },
  };
}

interface FakeIdlePort extends IdlePort {
  answerWith(answer: Result<number, IdleProblem>): void;
  limitWith(answer: Result<number | undefined, IdleProblem>): void;
  plugIn(controllers: readonly string[]): void;
  /** How often the agent has read the idle time. */
  readings(): number;
}

function createFakeIdlePort(): FakeIdlePort {
  let answer: Result<number, IdleProblem> = succeed(0);
  let limit: Result<number | undefined, IdleProblem> = succeed(undefined);
  let controllers: readonly string[] = [];
  let readings = 0;
  return {
    answerWith: (next) => {
      answer = next;
    },
    limitWith: (next) => {
      limit = next;
    },
    plugIn: (next) => {
      controllers = next;
    },
    readings: () => readings,
    capability: () => (answer.ok ? full('idle') : capabilityAfter('idle', answer.error)),
    readSeconds: () => {
      readings += 1;
      return Promise.resolve(answer);
    },
    readSystemLimit: () => Promise.resolve(limit),
    findGameControllers: () => Promise.resolve(controllers),
  };
}

interface FakePresencePort extends PresencePort {
  answerWith(answer: Result<readonly Presence[], PresenceProblem>): void;
}

function createFakePresencePort(): FakePresencePort {
  let answer: Result<readonly Presence[], PresenceProblem> = succeed([]);
  return {
    answerWith: (next) => {
      answer = next;
    },
    capability: () => (answer.ok ? full('presence') : capabilityAfter('presence', answer.error)),
    read: () => Promise.resolve(answer),
  };
}

interface FakeManagedConfigPort extends ManagedConfigPort {
  /** Applies from now on. Every watcher is notified. */
  answerWith(answer: ManagedConfigAnswer): void;
  watchers(): number;
}

export function createFakeManagedConfigPort(
  first: ManagedConfigAnswer = { kind: 'absent' },
): FakeManagedConfigPort {
  let answer = first;
  const watchers = new Set<{ readonly onChange: () => void }>();
  return {
    answerWith: (next) => {
      answer = next;
      for (const { onChange } of watchers) onChange();
    },
    watchers: () => watchers.size,
    capability: () => full('managed-config'),
    read: () => Promise.resolve(answer),
    watch: (onChange) => {
      const watcher = { onChange };
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
      };
    },
  };
}

export interface FakePlatform extends Platform {
  readonly account: FakeAccountPort;
  readonly machine: FakeMachinePort;
  readonly session: FakeSessionPort;
  readonly lock: FakeLockPort;
  readonly managedConfig: FakeManagedConfigPort;
  readonly folderRights: FakeFolderRightsPort;
  readonly media: FakeRemovableMedia;
  readonly sensors: { readonly idle: FakeIdlePort; readonly presence: FakePresencePort };
  readonly windowState: FakeWindowState;
  readonly network: FakeNetworkPort;
  readonly secretStore: FakeSecretStorePort;
}

/** Without a clock, time does not pass; a real program needs the system's clock. */
export function createFakePlatform(
  options: {
    readonly record?: RecordDeed;
    readonly clock?: Clock;
    readonly config?: ManagedConfigAnswer;
  } = {},
): FakePlatform {
  const media = createFakeRemovableMedia();
  const sensors = { idle: createFakeIdlePort(), presence: createFakePresencePort() };
  const windowState = createFakeWindowState();
  const network = createFakeNetworkPort();
  const secretStore = createFakeSecretStorePort();
  const notifications = createFakeNotificationsPort();
  return {
    sensors,
    loadSensors: () => Promise.resolve(sensors),
    windowState,
    loadWindowState: () => Promise.resolve(windowState),
    desktop: windowsDesktop,
    network,
    loadNetwork: () => Promise.resolve(network),
    secretStore,
    loadSecretStore: () => Promise.resolve(secretStore),
    loadNotifications: () => Promise.resolve(notifications),
    account: createFakeAccountPort(),
    machine: createFakeMachinePort(),
    session: createFakeSessionPort(options.record),
    lock: createFakeLockPort(options.record),
    managedConfig: createFakeManagedConfigPort(options.config),
    folderRights: createFakeFolderRightsPort(),
    desktopHold: noDesktopHold,
    media,
    removableMedia: () => Promise.resolve(media),
    clock: options.clock ?? createFakeClock(),
  };
}
