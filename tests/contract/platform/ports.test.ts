import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import nodeMachineId from 'node-machine-id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlatform, type Platform } from '../../../electron/platform/create-platform.ts';
import { createSystemClock } from '../../../electron/platform/time/clock.ts';
import {
  createUnsupportedManagedConfigPort,
  createUnsupportedSystem,
} from '../../../electron/platform/unsupported-ports.ts';
import { accountSchema, machineSchema } from '../../../shared/wire/account.ts';
import { type Capability, capabilitySchema } from '../../../shared/wire/events.ts';
import { createFakePlatform } from '../../fakes/platform/fake-platform.ts';

const createUnknownPlatform = (): Platform => {
  const clock = createSystemClock();
  const system = createUnsupportedSystem({ clock, developmentFile: undefined });
  return { ...createFakePlatform({ clock }), ...system };
};

/** The fake, this machine's own system and an unknown one all keep the promises of the ports. */
const platforms: readonly (readonly [string, () => Promise<Platform>])[] = [
  ['the fake', () => Promise.resolve(createFakePlatform({ clock: createSystemClock() }))],
  ['this system', () => createPlatform({ isPackaged: true, developmentConfigFile: undefined })],
  ['an unknown system', () => Promise.resolve(createUnknownPlatform())],
];

function expectHonest(capability: Capability, name: string) {
  expect(capabilitySchema.parse(capability)).toEqual(capability);
  expect(capability.name).toBe(name);
  expect(capability.level === 'full', 'a reason is given for all that is less than full').toBe(
    capability.reason === '',
  );
}

describe.each(platforms)('the ports of %s', (name, create) => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await create();
  });

  it('name the account in the wire format, with one login id for every question', async () => {
    const answer = await platform.account.read();
    const again = await platform.account.read();
    expectHonest(platform.account.capability(), 'account');
    expect(again).toEqual(answer);
    if (!answer.ok) {
      expect(answer.error.reason).not.toBe('');
      expect(platform.account.capability().level).not.toBe('full');
      return;
    }
    expect(accountSchema.parse(answer.value.account)).toEqual(answer.value.account);
    expect(answer.value.account.name).not.toBe('');
    expect(answer.value.loginId).toMatch(/^\S{1,256}$/u);
    expect(answer.value.groups).not.toContain('');
  });

  it('name the PC in the wire format, the same every time', async () => {
    const answer = await platform.machine.read();
    expect(await platform.machine.read()).toEqual(answer);
    expectHonest(platform.machine.capability(), 'machine');
    if (answer.ok) {
      expect(machineSchema.parse(answer.value)).toEqual(answer.value);
      expect(answer.value.id, 'the raw id of the system never leaves the PC').toMatch(/^[0-9a-f]{64}$/u);
    } else {
      expect(machineSchema.parse({ id: 'made-up', ...answer.error.known })).toMatchObject(answer.error.known);
      expect(platform.machine.capability().level).not.toBe('full');
    }
  });

  it('give the same machine id as the package node-machine-id', async () => {
    const answer = await platform.machine.read();
    if (name === 'the fake' || !answer.ok) return;
    expect(answer.value.id).toBe(await nodeMachineId.machineId());
  });

  it('report whether they can sign out and lock before the agent asks for it', () => {
    expectHonest(platform.session.capability(), 'session');
    expectHonest(platform.lock.capability(), 'lock');
  });

  it('report the state of the session, or why they cannot', async () => {
    const answer = await platform.session.readState();
    if (answer.ok) expect(Object.keys(answer.value).toSorted()).toEqual(['inFront', 'locked']);
    else expect(answer.error.reason).not.toBe('');
  });

  it('measure idle time, or report that they cannot', async () => {
    const { idle } = await platform.loadSensors();
    const answer = await idle.readSeconds();
    expectHonest(idle.capability(), 'idle');
    if (answer.ok) expect(Number.isInteger(answer.value) && answer.value >= 0).toBe(true);
    else expect(idle.capability().level).not.toBe('full');
    const limit = await idle.readSystemLimit();
    if (limit.ok && limit.value !== undefined) expect(limit.value).toBeGreaterThan(0);
    for (const name of await idle.findGameControllers()) expect(name).not.toBe('');
  });

  it('name what the user is watching, or report that they cannot tell', async () => {
    const { presence } = await platform.loadSensors();
    const answer = await presence.read();
    expectHonest(presence.capability(), 'presence');
    if (!answer.ok) expect(presence.capability().level).not.toBe('full');
    expect((await platform.loadSensors()).presence).toBe(presence);
  });

  it('name who has the keyboard and where a window is, or report that they cannot tell', async () => {
    const state = await platform.loadWindowState();
    expect(await platform.loadWindowState()).toBe(state);
    const window = {
      getNativeWindowHandle: () => Buffer.alloc(8),
      isFocused: () => false,
      focus: () => undefined,
    };
    const keyboard = state.readKeyboard([window]);
    if (keyboard.ok) expect(['window', 'own', 'other', 'none']).toContain(keyboard.value.kind);
    else expect(keyboard.error.reason).not.toBe('');
    expectHonest(state.capability(), 'window-state');
    const place = state.readPlace(window);
    if (place.ok) expect(place.value.scalePercent).toBeGreaterThanOrEqual(100);
    else expect(place.error.reason).not.toBe('');
    const taken = await state.takeKeyboard(window);
    if (!taken.ok) expect(taken.error.reason).not.toBe('');
  });

  it('read the administrator’s settings as one of four answers', async () => {
    const answer = await platform.managedConfig.read();
    expectHonest(platform.managedConfig.capability(), 'managed-config');
    expect(['absent', 'loaded', 'invalid', 'unreadable']).toContain(answer.kind);
  });

  it('watch the administrator’s settings, notify only after the call has returned, and can be stopped twice', () => {
    let told = 0;
    const stop = platform.managedConfig.watch(() => {
      told += 1;
    });
    expect(told).toBe(0);
    stop();
    stop();
  });

  it('list the devices and drives that are plugged in, or report why they cannot', async () => {
    const { usb, volumes, eject, antiVirus } = await platform.removableMedia();
    const stops: (() => Promise<void>)[] = [];
    for (const answer of [
      await usb.watch({ onArrived: () => undefined, onDeparted: () => undefined }),
      await volumes.watch(() => undefined),
    ]) {
      if (answer.ok) stops.push(answer.value);
      else expect(answer.error.reason).not.toBe('');
    }
    const devices = await usb.list();
    const drives = await volumes.list();
    expectHonest(usb.capability(), 'usb');
    expectHonest(volumes.capability(), 'volumes');
    expectHonest(eject.capability(), 'eject');
    expectHonest(antiVirus.capability(), 'anti-virus');
    if (!devices.ok) expect(usb.capability().level).not.toBe('full');
    if (!drives.ok) expect(volumes.capability().level).not.toBe('full');
    for (const { vendorId, productId } of devices.ok ? devices.value : []) {
      expect(`${vendorId}:${productId}`).toMatch(/^[0-9a-f]{4}:[0-9a-f]{4}$/u);
    }
    const keys = (drives.ok ? drives.value : []).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const stop of stops) {
      await stop();
      await stop();
    }
  });

  it('give a time that does not run backwards, and keep or cancel a timer', async () => {
    const { clock } = platform;
    const before = clock.monotonicMs();
    let calledOffFired = false;
    const dispose = clock.setTimer(1, () => {
      calledOffFired = true;
    });
    dispose();
    dispose();
    await new Promise<void>((resolve) => {
      clock.setTimer(20, resolve);
    });
    expect(calledOffFired).toBe(false);
    expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(19);
    expect(Math.abs(clock.nowUtc().getTime() - Date.now())).toBeLessThan(1000);
  });
});

describe.skipIf(process.platform !== 'linux')('the account on this Linux', () => {
  it('is the one that the runtime names, in the groups that it belongs to', async () => {
    const { account } = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
    const answer = await account.read();
    const { username, gid } = os.userInfo();
    const passwd = await readFile('/etc/passwd', 'utf8');
    const groupFile = await readFile('/etc/group', 'utf8');
    const isLocal = passwd.split('\n').some((line) => line.startsWith(`${username}:`));
    const primaryGroup = groupFile.split('\n').find((line) => line.split(':')[2] === String(gid));
    if (!answer.ok) throw new Error(answer.error.reason);
    if (isLocal) expect(answer.value.account).toMatchObject({ name: username, domain: os.hostname() });
    if (primaryGroup !== undefined) expect(answer.value.groups).toContain(primaryGroup.split(':')[0]);
    expect(answer.value.loginId).toMatch(/^linux:[0-9a-f-]{36}(?::|$)/u);
  });
});

describe('signing out and locking', () => {
  /** Only for these two: the others would lock or end the session of the developer who runs the tests. */
  it.each([
    [
      'the fake that refuses',
      () => {
        const platform = createFakePlatform();
        platform.session.refuseWith({ kind: 'refused', reason: 'another program holds the session' });
        platform.lock.answerWith({ ok: false, error: { kind: 'refused', reason: 'locking is forbidden' } });
        return platform;
      },
    ],
    ['an unknown system', createUnknownPlatform],
  ])('report one of the known problems with a reason: %s', async (_name, create) => {
    const { session, lock } = create();
    for (const answer of [await session.signOut(), await lock.lock()]) {
      expect(answer).toMatchObject({ ok: false, error: { reason: expect.stringMatching(/./u) as string } });
    }
    expectHonest(session.capability(), 'session');
    expectHonest(lock.capability(), 'lock');
    expect(session.capability().level).not.toBe('full');
    expect(lock.capability().level).not.toBe('full');
  });

  it('are recorded by the fake even when they are refused', async () => {
    const deeds: string[] = [];
    const platform = createFakePlatform({ record: (deed) => deeds.push(deed) });
    platform.session.refuseWith({ kind: 'none', reason: 'no session' });
    await platform.session.signOut();
    await platform.lock.lock();
    expect(deeds).toEqual(['sign-out', 'lock']);
    expect([platform.session.signOuts(), platform.lock.locks()]).toEqual([1, 1]);
  });
});

describe('a configuration file that the developer named', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-named-config-'));
    await writeFile(path.join(folder, 'config.json'), '{"siteName":"Ysgol y Bryn"}');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('is read by an unpackaged build, and by no other', async () => {
    const developmentConfigFile = path.join(folder, 'config.json');
    const unpackaged = await createPlatform({ isPackaged: false, developmentConfigFile });
    expect(await unpackaged.managedConfig.read()).toMatchObject({
      kind: 'loaded',
      from: developmentConfigFile,
      config: { siteName: 'Ysgol y Bryn', idle: { lockAfterSeconds: 600 } },
    });
    const packaged = await createPlatform({ isPackaged: true, developmentConfigFile });
    const answer = await packaged.managedConfig.read();
    expect(answer.kind === 'absent' || answer.from !== developmentConfigFile).toBe(true);
  });

  it('is unreadable, not absent, where there is none', async () => {
    const missing = path.join(folder, 'mistyped.json');
    const port = createUnsupportedManagedConfigPort(missing, createSystemClock());
    expect(await port.read()).toEqual({ kind: 'unreadable', from: missing, reason: 'there is no such file' });
  });
});
