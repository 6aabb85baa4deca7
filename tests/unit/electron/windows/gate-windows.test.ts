/** The gate's windows without Electron: the events that they report, and that they leave nothing behind. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createGateWindows, type Interruption } from '../../../../electron/windows/gate-windows.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[], listeners: 0 }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  const displays = [
    { id: 1, bounds: { x: 0, y: 0, width: 1280, height: 1024 } },
    { id: 2, bounds: { x: 1280, y: 0, width: 1280, height: 1024 } },
  ];
  return {
    nativeTheme: { shouldUseDarkColors: false },
    screen: {
      getAllDisplays: () => displays,
      getCursorScreenPoint: () => ({ x: 1, y: 1 }),
      getDisplayNearestPoint: () => displays[0],
      on: () => (electron.listeners += 1),
      off: () => (electron.listeners -= 1),
    },
    BrowserWindow: class extends Window {
      constructor() {
        super();
        electron.windows.push(this);
      }
    },
  };
});

function createWorld() {
  const clock = createFakeClock();
  const told: Interruption[] = [];
  const windows = createGateWindows({
    folders: { preload: '/preload' },
    takePrewarmed: () => undefined,
    clock,
    demonstration: false,
    fullScreen: false,
    windowTitle: () => 'Porthor',
    mayBeCovered: () => false,
    events: {
      onInterrupted: (what) => told.push(what),
      onRegained: () => undefined,
      onDemonstrationLeft: () => undefined,
    },
  });
  windows.show();
  const [gate, cover] = electron.windows as FakeWindow[];
  if (gate === undefined || cover === undefined) throw new Error('one window a display');
  return { clock, told, windows, gate, cover };
}

beforeEach(() => {
  electron.windows.length = 0;
  electron.listeners = 0;
});

describe('a page of the gate that breaks', () => {
  it('counts as one crash and is loaded again once, when it crashes while it loads', () => {
    const { clock, told, gate } = createWorld();
    gate.webContents.forcefullyCrashRenderer();
    gate.webContents.emit('did-fail-load', {}, -3, 'ERR_ABORTED');
    expect(told).toEqual(['renderer-gone']);
    clock.advance(500);
    expect(gate.loads).toBe(2);
    gate.webContents.forcefullyCrashRenderer();
    expect(told).toEqual(['renderer-gone', 'renderer-gone']);
  });

  it('is ended and loaded again when it hangs, and when it does not paint', () => {
    const { clock, told, gate } = createWorld();
    gate.emit('unresponsive');
    clock.advance(10_000);
    expect(told).toEqual(['unresponsive', 'renderer-gone']);
    clock.advance(1000);
    expect(gate.loads).toBe(2);
    clock.advance(30_000);
    expect(told).toEqual(['unresponsive', 'renderer-gone', 'unresponsive', 'renderer-gone']);
  });
});

describe('the windows of a gate that opens', () => {
  it('leave the screen at once and in order, and report their pages’ events until they are gone', async () => {
    const { clock, told, windows, gate, cover } = createWorld();
    gate.close();
    expect(told, 'a person cannot close it').toEqual(['window-closed']);
    windows.hide();
    expect(gate.done).toEqual(['close', 'hide', 'close']);
    expect(cover.done).toEqual(['hide', 'close']);
    expect(windows.gateContents()).toEqual([gate.webContents]);
    expect(windows.coverContents()).toEqual([cover.webContents]);
    await Promise.resolve();
    expect([gate.isDestroyed(), cover.isDestroyed()]).toEqual([true, true]);
    expect([...windows.gateContents(), ...windows.coverContents()]).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
    expect(electron.listeners).toBe(0);
  });
});
