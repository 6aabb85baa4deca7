import { EventEmitter } from 'node:events';
import type { BrowserWindow } from 'electron';
import { describe, expect, it } from 'vitest';
import { createLeavingWindows } from '../../../electron/windows/leaving-windows.ts';
import { createFakeClock } from '../../fakes/platform/fake-clock.ts';

/** The part of a window that is used; `closes` false for one whose page hangs. */
class FakeWindow extends EventEmitter {
  readonly done: string[] = [];
  readonly webContents: { isCrashed(): boolean };
  #isGone = false;
  readonly #closes: boolean;

  constructor({ closes = true, crashed = false } = {}) {
    super();
    this.#closes = closes;
    this.webContents = { isCrashed: () => crashed };
  }
  isDestroyed() {
    return this.#isGone;
  }
  hide() {
    this.done.push('hide');
  }
  close() {
    this.done.push('close');
    if (this.#closes) queueMicrotask(() => this.#go());
  }
  destroy() {
    this.done.push('destroy');
    this.#go();
  }
  #go() {
    if (this.#isGone) return;
    this.#isGone = true;
    this.emit('closed');
  }
}

function createWorld(window: FakeWindow) {
  const clock = createFakeClock();
  const leaving = createLeavingWindows(clock);
  return { clock, leaving, close: () => leaving.close(window as unknown as BrowserWindow) };
}

describe('a window that leaves', () => {
  it('is off the screen at once, closes by itself, and leaves no timer', async () => {
    const window = new FakeWindow();
    const { clock, leaving, close } = createWorld(window);
    close();
    expect(window.done).toEqual(['hide', 'close']);
    expect(leaving.contents(), 'its page may still say something').toEqual([window.webContents]);
    await Promise.resolve();
    expect(leaving.contents()).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
    clock.advance(10_000);
    expect(window.done).toEqual(['hide', 'close']);
  });

  it('is destroyed where its page does not close', () => {
    const window = new FakeWindow({ closes: false });
    const { clock, leaving, close } = createWorld(window);
    close();
    clock.advance(1999);
    expect(window.done).not.toContain('destroy');
    clock.advance(1);
    expect(window.done).toEqual(['hide', 'close', 'destroy']);
    expect(leaving.contents()).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is destroyed at once where its page has crashed', () => {
    const window = new FakeWindow({ crashed: true });
    const { clock, close } = createWorld(window);
    close();
    expect(window.done).toEqual(['hide', 'destroy']);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is asked once, however often it is sent away', async () => {
    const window = new FakeWindow();
    const { clock, close } = createWorld(window);
    close();
    close();
    await Promise.resolve();
    close();
    expect(window.done).toEqual(['hide', 'close']);
    expect(clock.pendingTimers()).toBe(0);
  });
});
