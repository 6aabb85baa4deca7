/** A logind of the test's own: python-dbusmock on a private bus, which records the requests. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run, startChild } from '../../build/runtime/child.ts';
import { ensurePrograms } from '../../build/runtime/system-packages.ts';
import { logindNeeds } from './system-needs.ts';

export interface PrivateLogind {
  readonly environment: { readonly DBUS_SYSTEM_BUS_ADDRESS: string };
  /** Adds a login session that a terminate request closes; returns its object path. */
  addSession(id: string, uid: number): Promise<string>;
  /** Makes logind answer that this process belongs to that session. */
  putProcessInSession(pid: number, sessionPath: string): Promise<void>;
  /** Makes the session's desktop lock on request, and report the lock. */
  giveLockScreen(sessionPath: string): Promise<void>;
  setClass(sessionPath: string, sessionClass: string): Promise<void>;
  /** Makes logind name that session as the one in which the user has a display. */
  showOnDisplay(uid: number, id: string, sessionPath: string): Promise<void>;
  isClosing(sessionPath: string): Promise<boolean>;
  /** Puts the session into the foreground, or behind another. */
  setActive(sessionPath: string, active: boolean): Promise<void>;
  setLocked(sessionPath: string, locked: boolean): Promise<void>;
  isLocked(sessionPath: string): Promise<boolean>;
  /** Makes logind refuse every request to lock. */
  refuseLock(sessionPath: string): Promise<void>;
  /** Replaces what `ListInhibitors` names. */
  inhibit(inhibitors: readonly FakeInhibitor[]): Promise<void>;
  /** Which programs hold a delay before a sleep now. */
  sleepDelays(): Promise<readonly string[]>;
  /** Signals that the PC is about to sleep, or has woken up. */
  sleep(goingToSleep: boolean): Promise<void>;
  /** Every request so far that ends or locks something, in order. */
  deeds(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

interface FakeInhibitor {
  readonly what: string;
  readonly who: string;
  readonly mode: 'block' | 'delay';
  readonly uid: number;
}

const service = 'org.freedesktop.login1';
const manager = '/org/freedesktop/login1';
const mockInterface = 'org.freedesktop.DBus.Mock';

/** The mock is written for the system's own Python, whatever other Pythons a developer has. */
const systemPython = '/usr/bin/python3';

/** Installs what is missing where it can; throws, saying what to install, where it cannot. */
export async function ensureLogindPrograms(): Promise<void> {
  await ensurePrograms('a private logind for the tests', logindNeeds);
}

export async function startPrivateLogind(): Promise<PrivateLogind> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-logind-'));
  const socket = path.join(folder, 'bus');
  const config = path.join(folder, 'bus.conf');
  const log = path.join(folder, 'log');
  await writeFile(
    config,
    `<busconfig><type>system</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
</busconfig>`,
  );
  const environment = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` };
  const env = { ...process.env, ...environment };
  const quiet = { onLine: () => undefined, onErrorLine: () => undefined };
  const bus = await startChild(
    'dbus-daemon',
    'dbus-daemon',
    [`--config-file=${config}`, '--nofork', '--print-pid=1'],
    quiet,
  );
  // The bus prints its process id once it listens.
  await bus.waitForLine(/^\d+$/u, 10_000);
  const mock = await startChild(
    'dbusmock',
    systemPython,
    ['-m', 'dbusmock', '--system', '--template', 'logind', '-l', log],
    { ...quiet, env },
  );

  const busctl = async (...words: readonly string[]): Promise<string> => {
    const answer = await run('busctl', ['--system', '--json=short', ...words], { env, deadlineMs: 5000 });
    if (answer.status !== 0) throw new Error(`busctl ${words.join(' ')}: ${answer.stderr}`);
    return answer.stdout;
  };
  const callMock = (object: string, method: string, ...words: readonly string[]) =>
    busctl('call', service, object, mockInterface, method, ...words);
  /** `code` is Python that the mock runs for the method. */
  const giveMethod = (
    object: string,
    kind: string,
    name: string,
    types: readonly [string, string],
    code: string,
  ) => callMock(object, 'AddMethod', 'sssss', `${service}.${kind}`, name, ...types, code);
  const setProperty = (object: string, kind: string, name: string, ...typeAndValue: readonly string[]) =>
    busctl('set-property', service, object, `${service}.${kind}`, name, ...typeAndValue);

  await run('gdbus', ['wait', '--system', '--timeout', '10', service], { env, deadlineMs: 12_000 });
  // The template lacks GetSessionByPID. This one finds no session, with the real logind's error.
  const noSession =
    'raise dbus.exceptions.DBusException(f"PID {args[0]} does not belong to any known session", name="org.freedesktop.login1.NoSessionForPID")';
  await giveMethod(manager, 'Manager', 'GetSessionByPID', ['u', 'o'], noSession);
  // The template's GetUser fails for every user id.
  const noUser =
    'raise dbus.exceptions.DBusException(f"User ID {args[0]} is not logged in or lingering", name="org.freedesktop.login1.NoSuchUser")';
  await giveMethod(manager, 'Manager', 'GetUser', ['u', 'o'], noUser);

  return {
    environment,
    addSession: async (id, uid) => {
      await callMock(manager, 'AddSession', 'ssusb', id, 'seat0', String(uid), 'someone', 'true');
      const session = `${manager}/session/${id}`;
      await giveMethod(
        session,
        'Session',
        'Terminate',
        ['', ''],
        'self.UpdateProperties("", {"State": dbus.String("closing")})',
      );
      return session;
    },
    putProcessInSession: async (pid, sessionPath) => {
      const code = `if args[0] != ${pid}:\n  ${noSession}\nret = dbus.ObjectPath("${sessionPath}")`;
      await giveMethod(manager, 'Manager', 'GetSessionByPID', ['u', 'o'], code);
    },
    giveLockScreen: async (sessionPath) => {
      const code = 'self.UpdateProperties("", {"LockedHint": dbus.Boolean(True)})';
      await giveMethod(sessionPath, 'Session', 'Lock', ['', ''], code);
    },
    setClass: async (sessionPath, sessionClass) => {
      await setProperty(sessionPath, 'Session', 'Class', 's', sessionClass);
    },
    showOnDisplay: async (uid, id, sessionPath) => {
      const user = `${manager}/user/${uid}`;
      await giveMethod(manager, 'Manager', 'GetUser', ['u', 'o'], `ret = dbus.ObjectPath("${user}")`);
      await setProperty(user, 'User', 'Display', '(so)', id, sessionPath);
    },
    isClosing: async (sessionPath) => {
      const state = await busctl('get-property', service, sessionPath, `${service}.Session`, 'State');
      return state.includes('"closing"');
    },
    setActive: async (sessionPath, active) => {
      await setProperty(sessionPath, 'Session', 'Active', 'b', String(active));
    },
    setLocked: async (sessionPath, locked) => {
      await setProperty(sessionPath, 'Session', 'LockedHint', 'b', String(locked));
    },
    isLocked: async (sessionPath) => {
      const hint = await busctl('get-property', service, sessionPath, `${service}.Session`, 'LockedHint');
      return hint.includes('true');
    },
    refuseLock: async (sessionPath) => {
      const code =
        'raise dbus.exceptions.DBusException("Access denied", name="org.freedesktop.DBus.Error.AccessDenied")';
      await giveMethod(sessionPath, 'Session', 'Lock', ['', ''], code);
    },
    inhibit: async (inhibitors) => {
      const list = inhibitors.map(
        ({ what, who, mode, uid }) =>
          `("${what}", "${who}", "a test", "${mode}", dbus.UInt32(${uid}), dbus.UInt32(1))`,
      );
      const code = `ret = dbus.Array([${list.join(', ')}], signature="(ssssuu)")`;
      await giveMethod(manager, 'Manager', 'ListInhibitors', ['', 'a(ssssuu)'], code);
    },
    sleepDelays: async () => {
      const answer = await busctl('call', service, manager, `${service}.Manager`, 'ListInhibitors');
      return [...answer.matchAll(/"(sleep[^"]*)","([^"]*)"/gu)].map(([, , who = '']) => who);
    },
    sleep: async (goingToSleep) => {
      await callMock(
        manager,
        'EmitSignal',
        'sssav',
        `${service}.Manager`,
        'PrepareForSleep',
        'b',
        '1',
        'b',
        String(goingToSleep),
      );
    },
    deeds: async () => {
      const lines = (await readFile(log, 'utf8')).split('\n');
      return lines.flatMap((line) => {
        const deed = /^[\d.]+ ((?:Lock|Terminate|Kill|PowerOff|Reboot)\w*)/u.exec(line);
        return deed?.[1] === undefined ? [] : [deed[1]];
      });
    },
    stop: async () => {
      await mock.stop();
      await bus.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
