import { describe, expect, it } from 'vitest';
import type { ManagedConfigAnswer } from '../../../../../electron/platform/managed-config/managed-config-port.ts';
import { followConfig } from '../../../../../electron/services/managed-config/follow-config.ts';
import { defaultManagedConfig, type ManagedConfig } from '../../../../../shared/config/managed-config.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createFakeManagedConfigPort } from '../../../../fakes/platform/fake-platform.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

const settleMs = 3000;
const school: ManagedConfig = { ...defaultManagedConfig, siteName: 'Ysgol y Bryn' };
const renamed: ManagedConfig = { ...defaultManagedConfig, siteName: 'Ysgol y Dref' };
const loaded = (config: ManagedConfig): ManagedConfigAnswer => ({
  kind: 'loaded',
  config,
  from: 'config.json',
});
const broken: ManagedConfigAnswer = {
  kind: 'invalid',
  problems: [{ key: 'siteNmae', reason: 'is not a key that Porthor knows' }],
  from: 'config.json',
};

function follow(
  onRead: (config: ManagedConfig) => Promise<void> = () => Promise.resolve(),
  found = loaded(school),
) {
  const clock = createFakeClock();
  const port = createFakeManagedConfigPort(found);
  const told: string[] = [];
  const follower = followConfig({
    port,
    clock,
    inForce: school,
    onRead: (config, kind) => {
      told.push(`${kind}: ${config.siteName}`);
      return onRead(config);
    },
    onUnusable: ({ kind }) => void told.push(kind),
    onFailed: (reason) => void told.push(reason),
  });
  const advance = async (ms = settleMs) => {
    await drainMicrotasks();
    clock.advance(ms);
    await drainMicrotasks();
  };
  return { clock, port, told, follower, advance };
}

describe('following the configuration', () => {
  it('passes on a changed configuration when it has stayed the same for a moment', async () => {
    const { port, told, advance } = follow();
    port.answerWith(loaded(renamed));
    await advance(settleMs - 1);
    expect(told).toEqual([]);
    await advance(1);
    expect(told).toEqual(['loaded: Ysgol y Dref']);
  });

  it('notices a change from before the watch started', async () => {
    const { told, advance } = follow(undefined, loaded(renamed));
    await advance();
    expect(told).toEqual(['loaded: Ysgol y Dref']);
  });

  it('ignores a notification without a change', async () => {
    const { port, told, clock, follower, advance } = follow();
    port.answerWith(loaded(structuredClone(school)));
    follower.check();
    await drainMicrotasks();
    expect(clock.pendingTimers()).toBe(0);
    await advance();
    expect(told).toEqual([]);
  });

  it('ignores a passing state: a file that is deleted and written again, or half-written', async () => {
    const { port, told, advance } = follow();
    for (const passing of [{ kind: 'absent' } as const, broken, loaded(renamed)]) {
      port.answerWith(passing);
      await drainMicrotasks();
      port.answerWith(loaded(school));
      await advance();
      await advance();
    }
    expect(told).toEqual([]);
  });

  it('waits while the configuration keeps changing, and takes the last', async () => {
    const { port, told, advance } = follow();
    port.answerWith(loaded(renamed));
    await drainMicrotasks();
    port.answerWith(broken);
    await advance();
    expect(told).toEqual([]);
    port.answerWith(loaded({ ...school, siteName: 'Ysgol y Môr' }));
    await advance();
    await advance();
    expect(told).toEqual(['loaded: Ysgol y Môr']);
  });

  it('keeps the last good configuration while the file is unusable, and applies the file when it is right again', async () => {
    const { port, told, advance } = follow();
    port.answerWith(broken);
    await advance();
    port.answerWith({ kind: 'unreadable', reason: 'EIO', from: 'config.json' });
    await advance();
    port.answerWith(loaded(school));
    await advance();
    expect(told).toEqual(['invalid', 'unreadable']);
    port.answerWith(loaded(renamed));
    await advance();
    expect(told.at(-1)).toBe('loaded: Ysgol y Dref');
  });

  it('goes back to the defaults when the configuration is removed for good', async () => {
    const { port, told, advance } = follow();
    port.answerWith({ kind: 'absent' });
    await advance();
    port.answerWith({ kind: 'absent' });
    await advance();
    expect(told).toEqual(['absent: ']);
  });

  it('applies one change after the other, and continues when one of them fails', async () => {
    let finish = () => {};
    const { port, told, advance } = follow(({ siteName }) =>
      siteName === 'Ysgol y Dref'
        ? new Promise<void>((_resolve, reject) => {
            finish = () => reject(new Error('no window'));
          })
        : Promise.resolve(),
    );
    port.answerWith(loaded(renamed));
    await advance();
    port.answerWith(loaded(school));
    await advance();
    expect(told).toEqual(['loaded: Ysgol y Dref']);
    finish();
    await advance();
    expect(told).toEqual(['loaded: Ysgol y Dref', 'Error: no window', 'loaded: Ysgol y Bryn']);
  });

  it('stops in the middle of its wait: no timer, no watcher, nothing passed on', async () => {
    const { port, told, clock, follower, advance } = follow();
    port.answerWith(loaded(renamed));
    await drainMicrotasks();
    expect([clock.pendingTimers(), port.watchers()]).toEqual([1, 1]);
    await follower.stop();
    expect([clock.pendingTimers(), port.watchers()]).toEqual([0, 0]);
    port.answerWith(loaded(renamed));
    follower.check();
    await advance();
    expect(told).toEqual([]);
  });
});
