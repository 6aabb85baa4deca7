import { describe, expect, it } from 'vitest';
import { createCrashWatch } from '../../../../../electron/services/gate/crash-watch.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createSettingsInMemory } from '../../../../fixtures/settings-in-memory.ts';

function createPc() {
  const clock = createFakeClock();
  const settings = createSettingsInMemory();
  return {
    clock,
    start: (loginId = 'login-1', limit = 3, pauseSeconds = 0) =>
      createCrashWatch(settings, loginId, limit, clock.nowUtc, pauseSeconds),
  };
}

describe('the watch over crashes in front of a shut gate', () => {
  it('reaches the limit at the third start after a kill', async () => {
    const { start, clock } = createPc();
    const reached: boolean[] = [];
    for (let run = 0; run < 4; run += 1) {
      const watch = start();
      await watch.noteStart();
      reached.push(watch.isLimitReached());
      clock.advance(10_000);
    }
    expect(reached).toEqual([false, false, false, true]);
  });

  it('counts the crashes of the page like those of the agent', async () => {
    const { start } = createPc();
    const watch = start();
    await watch.noteStart();
    await watch.noteCrash();
    await watch.noteCrash();
    expect(watch.isLimitReached()).toBe(false);
    const next = start();
    await next.noteStart();
    expect(next.isLimitReached()).toBe(true);
  });

  it('does not count a normal end, a kill behind an open gate, or an old crash', async () => {
    const { start, clock } = createPc();
    for (let run = 0; run < 6; run += 1) {
      const watch = start();
      await watch.noteStart();
      await watch.noteEnd();
    }
    expect(start().isLimitReached()).toBe(false);
    for (let run = 0; run < 6; run += 1) {
      await start().noteStart();
      clock.advance(61_000);
    }
    expect(start().isLimitReached()).toBe(false);
  });

  it('cannot be reached by declining, signing in and declining again', async () => {
    const { start } = createPc();
    for (let login = 0; login < 10; login += 1) {
      const watch = start(`login-${login}`);
      await watch.noteStart();
      expect(watch.isLimitReached()).toBe(false);
    }
  });

  it('reaches the limit although the restarts take longer than two minutes in all', async () => {
    const { start, clock } = createPc();
    const reached: boolean[] = [];
    for (let run = 0; run < 4; run += 1) {
      const watch = start('login-1', 3, 120);
      await watch.noteStart();
      reached.push(watch.isLimitReached());
      clock.advance(121_000);
    }
    expect(reached).toEqual([false, false, false, true]);
  });

  it('does not count crashes that lie further apart than such restarts', async () => {
    const { start, clock } = createPc();
    for (let run = 0; run < 20; run += 1) {
      const watch = start('login-1', 3, 120);
      await watch.noteStart();
      expect(watch.isLimitReached()).toBe(false);
      clock.advance(181_000);
    }
  });

  it('remembers, until the next login, that an agent has run and how its gate was opened', async () => {
    const { start } = createPc();
    expect(start().hasRunBefore()).toBe(false);
    expect(start().openedBy()).toBeUndefined();
    const first = start();
    await first.noteStart();
    await first.noteEnd('break-glass');
    const again = start();
    expect([again.hasRunBefore(), again.openedBy()]).toEqual([true, 'break-glass']);
    await again.noteStart();
    await again.noteCrash();
    await again.noteEnd();
    expect(start().openedBy()).toBe('break-glass');
    const next = start('login-2');
    expect([next.hasRunBefore(), next.openedBy()]).toEqual([false, undefined]);
    await next.noteStart();
    expect(start('login-2').openedBy()).toBeUndefined();
  });

  it('forgets how the gate was opened once it is shut again, so that no kill bypasses a new version', async () => {
    const { start } = createPc();
    const first = start();
    await first.noteStart();
    await first.noteEnd('receipt');
    expect(start().openedBy()).toBe('receipt');
    await first.noteShut();
    expect(start().openedBy()).toBeUndefined();
    await first.noteEnd('known-to-collector');
    expect(start().openedBy()).toBe('known-to-collector');
    expect(start('login-2').openedBy()).toBeUndefined();
  });

  it('never reaches the limit where the school has set 0', async () => {
    const { start } = createPc();
    for (let run = 0; run < 200; run += 1) await start('login-1', 0).noteStart();
    expect(start('login-1', 0).isLimitReached()).toBe(false);
  });
});
