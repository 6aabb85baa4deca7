import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLinuxLockPort } from '../../../electron/platform/lock/lock.linux.ts';
import { createLogind } from '../../../electron/platform/logind/logind.linux.ts';
import { createLinuxPresencePort } from '../../../electron/platform/presence/presence.linux.ts';
import { createLinuxSessionPort } from '../../../electron/platform/session/session.linux.ts';
import { createSystemClock } from '../../../electron/platform/time/clock.ts';
import { createFakeClock } from '../../fakes/platform/fake-clock.ts';
import {
  ensureLogindPrograms,
  type PrivateLogind,
  startPrivateLogind,
} from '../../support/private-logind.ts';

const uid = process.getuid?.() ?? -1;
const otherUid = uid + 4711;

// Logind is a part of Linux. There the programs of its stand-in are installed, and a failure to do so is a failure.
const onLinux = describe.runIf(process.platform === 'linux');

onLinux('session and lock against a real bus', () => {
  beforeAll(() => ensureLogindPrograms(), 300_000);
  let logind: PrivateLogind;
  const deskOf = (environment: Record<string, string> = {}) =>
    createLogind({ environment: { ...logind.environment, ...environment }, pid: process.pid, uid });

  beforeEach(async () => {
    logind = await startPrivateLogind();
  }, 30_000);
  afterEach(async () => {
    await logind.stop();
  });

  it('signs out the session of this process and leaves the others alone', async () => {
    const other = await logind.addSession('c1', uid);
    const own = await logind.addSession('c2', uid);
    const stranger = await logind.addSession('c3', otherUid);
    await logind.putProcessInSession(process.pid, own);
    const port = createLinuxSessionPort(deskOf({ XDG_SESSION_ID: 'c1' }));
    expect(await port.signOut()).toEqual({ ok: true, value: 'requested' });
    expect(await logind.isClosing(own)).toBe(true);
    expect(await logind.isClosing(other)).toBe(false);
    expect(await logind.isClosing(stranger)).toBe(false);
    expect(await logind.deeds()).toEqual(['Terminate']);
    expect(port.capability().level).toBe('full');
  });

  it('believes the environment only where logind does not know the process', async () => {
    const own = await logind.addSession('c2', uid);
    const port = createLinuxSessionPort(deskOf({ XDG_SESSION_ID: 'c2' }));
    expect(await port.signOut()).toEqual({ ok: true, value: 'requested' });
    expect(await logind.isClosing(own)).toBe(true);
  });

  it('never ends the session of another user, even when the environment names it', async () => {
    await logind.addSession('c3', otherUid);
    const port = createLinuxSessionPort(deskOf({ XDG_SESSION_ID: 'c3' }));
    expect(await port.signOut()).toMatchObject({ ok: false, error: { kind: 'none' } });
    expect(await logind.deeds()).toEqual([]);
    expect(port.capability().level).toBe('none');
  });

  it('never ends a session without a user, such as the login screen', async () => {
    const greeter = await logind.addSession('c4', uid);
    await logind.setClass(greeter, 'greeter');
    await logind.putProcessInSession(process.pid, greeter);
    expect(await createLinuxSessionPort(deskOf()).signOut()).toMatchObject({ ok: false });
    expect(await logind.deeds()).toEqual([]);
  });

  it('finds the session on the display when the process is outside every session', async () => {
    const own = await logind.addSession('c5', uid);
    await logind.showOnDisplay(uid, 'c5', own);
    expect(await createLinuxSessionPort(deskOf()).signOut()).toEqual({ ok: true, value: 'requested' });
    expect(await logind.isClosing(own)).toBe(true);
  });

  it('confirms a lock that the desktop confirms', async () => {
    const own = await logind.addSession('c2', uid);
    await logind.putProcessInSession(process.pid, own);
    await logind.giveLockScreen(own);
    const port = createLinuxLockPort(deskOf(), createSystemClock());
    expect(await port.lock()).toEqual({ ok: true, value: 'confirmed' });
    expect(await logind.deeds()).toEqual(['Lock']);
    expect(port.capability().level).toBe('full');
  });

  it('says whether the session is in front and whether it is locked', async () => {
    const own = await logind.addSession('c2', uid);
    await logind.putProcessInSession(process.pid, own);
    const port = createLinuxSessionPort(deskOf());
    expect(await port.readState()).toEqual({ ok: true, value: { inFront: true, locked: false } });
    await logind.setActive(own, false);
    await logind.setLocked(own, true);
    expect(await port.readState()).toEqual({ ok: true, value: { inFront: false, locked: true } });
  });

  it('before a sleep, locks at once a session that is in front and open, and no other', async () => {
    const own = await logind.addSession('c2', uid);
    await logind.putProcessInSession(process.pid, own);
    await logind.giveLockScreen(own);
    const desk = deskOf();
    const lock = createLinuxLockPort(desk, createSystemClock());
    expect(lock.lockAtOnce()).toMatchObject({ ok: false, error: { kind: 'none' } });
    await createLinuxSessionPort(desk).readState();
    await logind.setActive(own, false);
    expect(lock.lockAtOnce()).toEqual({ ok: true, value: 'not-needed' });
    await logind.setActive(own, true);
    expect(lock.lockAtOnce()).toEqual({ ok: true, value: 'requested' });
    expect(await logind.isLocked(own)).toBe(true);
    expect(lock.lockAtOnce()).toEqual({ ok: true, value: 'not-needed' });
    expect(await logind.deeds()).toEqual(['Lock']);
    await logind.setLocked(own, false);
    await logind.refuseLock(own);
    expect(lock.lockAtOnce()).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });

  it('takes an idle inhibitor of the user or the system as a sign of a watching user, never one of another user', async () => {
    const port = createLinuxPresencePort(deskOf(), uid);
    const film = { what: 'sleep:idle', who: 'A film', mode: 'block', uid } as const;
    await logind.inhibit([
      film,
      { ...film, what: 'sleep' },
      { ...film, mode: 'delay' },
      { ...film, uid: otherUid },
    ]);
    expect(await port.read()).toEqual({ ok: true, value: [{ kind: 'display-required', by: 'A film' }] });
    await logind.inhibit([]);
    expect(await port.read()).toEqual({ ok: true, value: [] });
    expect(port.capability().level).toBe('full');
  });

  it('reports an unconfirmed lock only as "requested", and says that it may not work', async () => {
    const own = await logind.addSession('c2', uid);
    await logind.putProcessInSession(process.pid, own);
    const clock = createFakeClock();
    // The pauses pass at once; the test counts the time that they represent.
    const port = createLinuxLockPort(deskOf(), {
      ...clock,
      setTimer: (delayMs, fire) => {
        const dispose = clock.setTimer(delayMs, fire);
        queueMicrotask(() => clock.advance(delayMs));
        return dispose;
      },
    });
    expect(await port.lock()).toEqual({ ok: true, value: 'requested' });
    expect(clock.monotonicMs()).toBe(5000);
    expect(port.capability().level).toBe('degraded');
  });
});

onLinux('session and lock without a logind', () => {
  it('reports that there is none, with a reason, where there is no bus', async () => {
    const logind = createLogind({
      environment: { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/bus' },
      pid: process.pid,
      uid,
    });
    const session = createLinuxSessionPort(logind);
    expect(await session.signOut()).toMatchObject({ ok: false, error: { kind: 'none' } });
    expect(session.capability()).toMatchObject({
      level: 'none',
      reason: expect.stringContaining('bus') as string,
    });
    expect(await session.readState()).toMatchObject({ ok: false, error: { kind: 'none' } });
    const presence = createLinuxPresencePort(logind, uid);
    expect(await presence.read()).toMatchObject({ ok: false, error: { kind: 'none' } });
    expect(presence.capability().level).toBe('none');
    expect(await createLinuxLockPort(logind, createSystemClock()).lock()).toMatchObject({
      ok: false,
      error: { kind: 'none' },
    });
  });
});
