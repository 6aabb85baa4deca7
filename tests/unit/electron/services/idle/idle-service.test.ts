import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IdleSettings } from '../../../../../electron/domain/idle/idle-state.ts';
import type { SensorRecord } from '../../../../../electron/domain/idle/sensor-check.ts';
import { createIdleService, type IdlePorts } from '../../../../../electron/services/idle/idle-service.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createFakePlatform } from '../../../../fakes/platform/fake-platform.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

const settings: IdleSettings = {
  lockAfterSeconds: 600,
  warningSeconds: 30,
  holdCeilingSeconds: 3600,
  signOutAfterSeconds: 0,
};

function createWorld(chosen: Partial<IdleSettings> = {}, changes: Partial<IdlePorts> = {}) {
  const clock = createFakeClock();
  const platform = createFakePlatform({ clock });
  const { idle, presence } = platform.sensors;
  const done: string[] = [];
  let movedAtMs = 0;
  let changesSeen = 0;
  let saved: SensorRecord | undefined;
  const service = createIdleService(
    {
      clock,
      idle,
      presence,
      session: platform.session,
      lock: platform.lock,
      isGateShut: () => false,
      showWarning: (purpose) => done.push(`warning ${purpose}`),
      hideWarning: () => done.push('warning gone'),
      reportLocked: (cause, certainty, attempts) => done.push(`locked ${cause} ${certainty} ${attempts}`),
      reportLockFailed: (cause, attempts, reason) => done.push(`lock failed ${cause} ${attempts} ${reason}`),
      reportSignedOut: () => {
        done.push('signed out');
        return Promise.resolve();
      },
      noteAwake: () => undefined,
      onFault: ({ fault, subject, reason }) => done.push(`fault ${fault} ${subject}: ${reason}`),
      loadSensorRecord: () => saved,
      saveSensorRecord: (record) => {
        saved = record;
      },
      ...changes,
    },
    { ...settings, ...chosen },
  );
  service.onChanged(() => {
    changesSeen += 1;
  });
  return {
    clock,
    platform,
    idle,
    presence,
    service,
    done,
    changesSeen: () => changesSeen,
    saved: () => saved,
    move: () => {
      movedAtMs = clock.monotonicMs();
    },
    /** Lets time pass, a quarter of a second at a time, while the sensor counts along. */
    pass: async (seconds: number) => {
      for (let step = 0; step < seconds * 4; step += 1) {
        idle.answerWith(succeed(Math.floor((clock.monotonicMs() + 250 - movedAtMs) / 1000)));
        clock.advance(250);
        await drainMicrotasks();
      }
    },
  };
}

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => {
  world.service.stop();
  expect(world.clock.pendingTimers(), 'no timer outlives the service').toBe(0);
});

describe('the idle lock', () => {
  it('warns, counts down, locks, and reads the sensor seldom before', async () => {
    await world.service.start();
    await world.pass(569);
    expect(world.done).toEqual([]);
    expect(world.idle.readings()).toBeLessThan(5);
    await world.pass(2);
    expect(world.done).toEqual(['warning lock']);
    expect(world.service.warning()).toEqual({ purpose: 'lock', secondsLeft: 30 });
    world.service.warningShown();
    await world.pass(10);
    expect(world.service.warning()?.secondsLeft).toBe(20);
    await world.pass(25);
    expect(world.done).toEqual(['warning lock', 'warning gone', 'locked idle confirmed 1']);
    expect(world.platform.lock.locks()).toBe(1);
    expect(world.changesSeen()).toBeGreaterThan(25);
  });

  it('reports a refusal with the system’s reason after three tries', async () => {
    world.platform.lock.answerWith(fail({ kind: 'refused', reason: 'not now' }));
    await world.service.start();
    await world.pass(571);
    world.service.warningShown();
    await world.pass(60);
    expect(world.done.at(-1)).toBe('lock failed idle 3 not now');
    expect(world.platform.lock.locks()).toBe(3);
  });

  it('does not count "requested" as a lock', async () => {
    world.platform.lock.answerWith(succeed('requested'));
    await world.service.start();
    await world.pass(571);
    world.service.warningShown();
    await world.pass(60);
    expect(world.done.at(-1)).toMatch(/^lock failed idle 3 .*did not say/u);
  });

  it('locks on a PC where the answer about the session comes late', async () => {
    world.service.stop();
    const slow = createFakePlatform({ clock: world.clock }).session;
    world = createWorld(
      {},
      {
        session: {
          ...slow,
          readState: async () => {
            await new Promise<void>((resolve) => {
              world.clock.setTimer(1750, resolve);
            });
            return slow.readState();
          },
        },
      },
    );
    const started = world.service.start();
    await world.pass(2);
    await started;
    await world.pass(571);
    expect(world.done).toEqual(['warning lock']);
    world.service.warningShown();
    await world.pass(40);
    expect(world.done).toEqual(['warning lock', 'warning gone', 'locked idle confirmed 1']);
  });

  it('reports a lock that was confirmed only after its deadline', async () => {
    world.platform.lock.answerWith(succeed('requested'));
    await world.service.start();
    await world.pass(571);
    world.service.warningShown();
    await world.pass(31);
    expect(world.platform.lock.locks()).toBe(1);
    world.platform.session.standAs(succeed({ inFront: true, locked: true }));
    await world.pass(60);
    expect(world.platform.lock.locks()).toBe(1);
    expect(world.done.at(-1)).toBe('locked idle confirmed 1');
  });

  it('does not warn where no lock is possible, and reports it once', async () => {
    world.platform.lock.answerWith(fail({ kind: 'none', reason: 'no login manager' }));
    await world.service.start();
    await world.pass(1200);
    expect(world.done).toEqual([expect.stringMatching(/^fault lock-unavailable .*no login manager/u)]);
    expect(world.service.status().state).toBe('cannot-lock');
  });

  it('does nothing while the sensor cannot be read, and reports it once', async () => {
    await world.service.start();
    world.idle.answerWith(fail({ kind: 'unreadable', reason: 'no answer' }));
    world.clock.advance(600_000);
    await drainMicrotasks();
    world.clock.advance(60_000);
    await drainMicrotasks();
    expect(world.done).toEqual([expect.stringMatching(/^fault idle-unreadable .*no answer/u)]);
    expect(world.service.status().state).toBe('cannot-tell');
  });

  it('reports why a warning could not be shown, and does not lock', async () => {
    await world.service.start();
    await world.pass(571);
    world.service.warningLost('its page ended: crashed');
    expect(world.done.at(-1)).toMatch(/^fault idle-warning-not-shown .*its page ended: crashed/u);
    await world.pass(90);
    expect(world.done.filter((line) => line === 'warning lock')).toHaveLength(2);
    expect(world.platform.lock.locks()).toBe(0);
  });

  it('is held off by a presentation, reports which and until when, and checks whether it is still on', async () => {
    world.presence.answerWith(succeed([{ kind: 'presentation', by: 'Slides' }]));
    await world.service.start();
    await world.pass(1000);
    expect(world.done).toEqual([]);
    const status = world.service.status();
    expect(status).toMatchObject({ state: 'held', heldBy: 'presentation', heldByName: 'Slides' });
    // 600 s of limit and 3600 s of ceiling after the last input, at 08:40.
    expect(status.heldUntil.slice(0, 16)).toBe('2026-11-22T09:50');
    world.move();
    world.presence.answerWith(succeed([]));
    await world.pass(61);
    expect(world.service.status().state).toBe('watching');
  });

  it('does not count a full screen as a film while the gate is shut', async () => {
    world.service.stop();
    world = createWorld({}, { isGateShut: () => true });
    world.presence.answerWith(succeed([{ kind: 'full-screen', by: '' }]));
    await world.service.start();
    await world.pass(571);
    expect(world.done).toEqual(['warning lock']);
  });

  it('does nothing in a session that is not in front', async () => {
    world.platform.session.standAs(succeed({ inFront: false, locked: false }));
    await world.service.start();
    await world.pass(1200);
    expect(world.done).toEqual([]);
    expect(world.platform.lock.locks()).toBe(0);
  });

  it('locks before a sleep once, however often the system reports it', async () => {
    await world.service.start();
    world.service.noteSystem('suspending');
    world.service.noteSystem('suspending');
    expect(world.platform.lock.locks()).toBe(1);
    expect(world.done).toEqual(['locked sleep requested 1']);
    world.service.noteSystem('resumed');
    expect(world.service.warning()).toBeUndefined();
  });

  it('locks on the wake-up a PC that slept before it could be locked, once', async () => {
    await world.service.start();
    world.service.noteSystem('resumed');
    world.service.noteSystem('resumed');
    await drainMicrotasks();
    expect(world.platform.lock.locks()).toBe(1);
    expect(world.done).toEqual(['locked sleep confirmed 1']);
  });

  it.each([
    ['a locked session', { inFront: true, locked: true }],
    ['a session that is not in front', { inFront: false, locked: false }],
  ])('leaves %s alone on the wake-up', async (_name, state) => {
    await world.service.start();
    world.platform.session.standAs(succeed(state));
    world.service.noteSystem('resumed');
    await drainMicrotasks();
    expect(world.platform.lock.locks()).toBe(0);
    expect(world.done).toEqual([]);
  });

  it('locks on the wake-up where the session cannot be read, and reports where it cannot lock', async () => {
    await world.service.start();
    world.platform.session.standAs(fail({ kind: 'unreadable', reason: 'busy' }));
    world.platform.lock.answerWith(fail({ kind: 'refused', reason: 'no' }));
    world.service.noteSystem('resumed');
    await drainMicrotasks();
    expect(world.platform.lock.locks()).toBe(1);
    expect(world.done).toEqual(['lock failed sleep 1 no']);
  });

  it('does not ask a locked session to lock before a sleep', async () => {
    await world.service.start();
    world.service.noteSystem('locked');
    world.service.noteSystem('suspending');
    expect(world.platform.lock.locks()).toBe(0);
  });

  it('signs out as announced, writes it down first, and reports when the sign-out fails', async () => {
    world.service.stop();
    world = createWorld({ signOutAfterSeconds: 900 });
    world.platform.session.refuseWith({ kind: 'refused', reason: 'busy' });
    await world.service.start();
    await world.pass(571);
    world.service.warningShown();
    await world.pass(35);
    world.platform.session.standAs(succeed({ inFront: true, locked: true }));
    await world.pass(330);
    expect(world.done.slice(3)).toEqual(['signed out', expect.stringMatching(/^fault sign-out-failed/u)]);
    expect(world.platform.session.signOuts()).toBe(1);
  });

  it('shows the shorter of the school’s limit and the system’s', async () => {
    world.idle.limitWith(succeed(300));
    await world.service.start();
    expect(world.service.status()).toMatchObject({ lockAfterSeconds: 300, limitedBy: 'system' });
    world.service.stop();
    world = createWorld();
    world.idle.limitWith(succeed(900));
    await world.service.start();
    expect(world.service.status()).toMatchObject({ lockAfterSeconds: 600, limitedBy: 'school' });
    expect(world.service.status().locksAt.slice(0, 16)).toBe('2026-11-22T08:50');
  });
});

describe('an idle sensor that never rises', () => {
  const dayOfUse = async () => {
    for (let reading = 0; reading < 160; reading += 1) {
      world.clock.advance(570_100);
      await drainMicrotasks();
    }
  };

  it('is reported after a day of use, with the controllers that may be the cause', async () => {
    world.idle.plugIn(['Microsoft X-Box 360 pad (045e:028e)']);
    world.idle.answerWith(succeed(3));
    await world.service.start();
    await dayOfUse();
    expect(world.done).toEqual([expect.stringMatching(/^fault idle-sensor never-rises: .*X-Box 360 pad/u)]);
  });

  it('is a separate fault when it stays at zero', async () => {
    world.idle.answerWith(succeed(0));
    await world.service.start();
    await dayOfUse();
    expect(world.done).toEqual([expect.stringMatching(/^fault idle-sensor stuck-at-zero: /u)]);
  });

  it('is also reported where the limit lets nearly an hour pass between two readings', async () => {
    world.service.stop();
    world = createWorld({ lockAfterSeconds: 3600, warningSeconds: 20 });
    world.idle.answerWith(succeed(0));
    await world.service.start();
    for (let reading = 0; reading < 60; reading += 1) {
      world.clock.advance(3_580_100);
      await drainMicrotasks();
    }
    expect(world.done).toEqual([expect.stringMatching(/^fault idle-sensor stuck-at-zero: /u)]);
  });

  it('is not evaluated by the hours in which the PC slept', async () => {
    world.service.stop();
    const clock = createFakeClock();
    let sleptMs = 0;
    world = createWorld({}, { clock: { ...clock, monotonicMs: () => clock.monotonicMs() + sleptMs } });
    world.idle.answerWith(succeed(0));
    await world.service.start();
    clock.advance(570_100);
    await drainMicrotasks();
    sleptMs = 8 * 3_600_000;
    clock.advance(570_100);
    await drainMicrotasks();
    world.service.stop();
    expect(world.saved()?.usedSeconds).toBeCloseTo(570, 0);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is evaluated over many short sessions', async () => {
    world.idle.answerWith(succeed(0));
    await world.service.start();
    world.clock.advance(570_100);
    await drainMicrotasks();
    world.service.stop();
    expect(world.saved()).toMatchObject({ highestIdleSeconds: 0 });
    expect(world.saved()?.usedSeconds).toBeGreaterThan(500);
  });
});
