import type { BrowserWindow } from 'electron';
import { describe, expect, it } from 'vitest';
import { createLeavingWindows } from '../../../../electron/windows/leaving-windows.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import { FakeWindow } from '../../../support/fake-window.ts';

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
    const window = new FakeWindow();
    window.closes = false;
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
    const window = new FakeWindow();
    window.webContents.hasCrashed = true;
    const { clock, close } = createWorld(window);
    close();
    expect(window.done).toEqual(['hide', 'destroy']);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is asked to close once, however often it is sent away', async () => {
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
