/** The gate's windows without Electron: the events that they report, and that they leave nothing behind. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readLinuxDesktop, windowsDesktop } from '../../../../electron/platform/desktop/desktop.ts';
import { createGateWindows, type Interruption } from '../../../../electron/windows/gate-windows.ts';
import { fail, succeed } from '../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import { createFakeWindowState } from '../../../fakes/platform/fake-window-state.ts';
import { drainMicrotasks } from '../../../support/drain-microtasks.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[], options: [] as unknown[], listeners: 0 }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  const displays = [
    { id: 1, scaleFactor: 1, bounds: { x: 0, y: 0, width: 1280, height: 1024 } },
    { id: 2, scaleFactor: 1, bounds: { x: 1280, y: 0, width: 1280, height: 1024 } },
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
      constructor(options: unknown) {
        super();
        electron.options.push(options);
        electron.windows.push(this);
      }
    },
  };
});

function createWorld(desktop = windowsDesktop) {
  const clock = createFakeClock();
  const windowState = createFakeWindowState();
  const session = { isInUse: true, canBeSeen: true };
  const told: Interruption[] = [];
  const details: string[] = [];
  const regained: Interruption[] = [];
  const windows = createGateWindows({
    folders: { preload: '/preload' },
    takePrewarmed: () => undefined,
    clock,
    demonstration: false,
    desktop,
    windowState: () => windowState,
    isSessionInUse: () => Promise.resolve(session.isInUse),
    canBeSeen: () => Promise.resolve(session.canBeSeen),
    windowTitle: () => 'Porthor',
    mayBeCovered: () => false,
    events: {
      onInterrupted: (what, detail) => {
        told.push(what);
        details.push(detail);
      },
      onRegained: (what) => regained.push(what),
      onDemonstrationLeft: () => undefined,
    },
  });
  windows.show();
  const [gate, cover] = electron.windows as FakeWindow[];
  if (gate === undefined || cover === undefined) throw new Error('one window a display');
  return { clock, told, details, regained, session, windowState, windows, gate, cover };
}

beforeEach(() => {
  electron.windows.length = 0;
  electron.options.length = 0;
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

  it('is ended and loaded again when it hangs, and when it does not paint', async () => {
    const { clock, told, gate } = createWorld();
    gate.emit('unresponsive');
    clock.advance(10_000);
    expect(told).toEqual(['unresponsive', 'renderer-gone']);
    clock.advance(1000);
    expect(gate.loads).toBe(2);
    clock.advance(30_000);
    await drainMicrotasks();
    expect(told).toEqual(['unresponsive', 'renderer-gone', 'unresponsive', 'renderer-gone']);
  });

  it('does not count while no one could see it, and counts again when someone can', async () => {
    const { clock, told, gate, session, windows } = createWorld();
    session.canBeSeen = false;
    for (let deadline = 1; deadline <= 10; deadline += 1) {
      clock.advance(30_000);
      await drainMicrotasks();
    }
    expect([told, gate.loads], 'five minutes in front of a dark display').toEqual([[], 1]);
    session.canBeSeen = true;
    clock.advance(30_000);
    await drainMicrotasks();
    expect(told).toEqual(['unresponsive', 'renderer-gone']);
    windows.hide();
    await drainMicrotasks();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is not ended when it paints while the agent asks whether anyone can see it', async () => {
    const { clock, told, windows } = createWorld();
    clock.advance(30_000);
    windows.notePainted();
    await drainMicrotasks();
    clock.advance(300_000);
    await drainMicrotasks();
    expect(told).toEqual([]);
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

describe('the place of a window', () => {
  it.each([1, 8])(
    'is what it answers where it rounds or grows by %i: nothing is lost, and nothing is set again',
    (by) => {
      const { clock, told, windows, gate, cover } = createWorld();
      windows.notePainted();
      for (const window of [gate, cover]) {
        window.answer = ({ x, y, width, height }) => ({
          x: x - by,
          y,
          width: width + 2 * by,
          height: height + by,
        });
        window.setBounds(window.bounds);
      }
      clock.advance(5000);
      const requests = gate.requests + cover.requests;
      clock.advance(60_000);
      expect(told).toEqual([]);
      expect(gate.requests + cover.requests).toBe(requests);
    },
  );

  it('is on every virtual desktop, without a frame that the system adds to', () => {
    createWorld();
    for (const options of electron.options) {
      expect(options).toMatchObject({
        type: 'toolbar',
        thickFrame: false,
        roundedCorners: false,
        frame: false,
      });
    }
    electron.options.length = 0;
    createWorld(readLinuxDesktop({ DISPLAY: ':0' }));
    for (const options of electron.options) {
      expect(options).not.toHaveProperty('type');
      expect(options).toMatchObject({ roundedCorners: false, frame: false });
    }
  });

  it('is lost on another virtual desktop, and regained on the one in front', () => {
    const { clock, told, details, regained, windows, windowState, gate } = createWorld();
    windows.notePainted();
    clock.advance(5000);
    const screen = { x: 0, y: 0, width: 2560, height: 1024 };
    const placeOn = (onCurrentDesktop: boolean) =>
      succeed({ outer: screen, painted: screen, display: screen, scalePercent: 100, onCurrentDesktop });
    windowState.placeWith((window) => placeOn(window !== gate));
    clock.advance(1000);
    expect([told, details]).toEqual([['cover-lost'], ['on another virtual desktop']]);
    expect(gate.done, 'a hidden window is shown on the desktop in front').toEqual(['hide']);
    expect(gate.isVisible()).toBe(true);
    windowState.placeWith(() => placeOn(true));
    clock.advance(1000);
    expect(regained).toEqual(['cover-lost']);
  });
});

describe('the keyboard', () => {
  it('is taken for the gate each second while another program has it, whatever Electron believes', async () => {
    const { clock, windows, windowState, gate } = createWorld();
    windows.notePainted();
    gate.isActive = true;
    windowState.keyboardWith(succeed({ kind: 'other', by: 'Chrome_WidgetWin_1' }));
    for (let second = 1; second <= 3; second += 1) {
      clock.advance(1000);
      await drainMicrotasks();
    }
    expect(windowState.taken()).toEqual([gate, gate, gate]);
    const focused = gate.focused;
    windowState.keyboardWith(succeed({ kind: 'window' }));
    clock.advance(1000);
    expect(gate.focused, 'the page gets the keyboard from its window').toBe(focused + 1);
    clock.advance(10_000);
    expect([windowState.taken().length, gate.focused]).toEqual([3, focused + 1]);
  });

  it('is reported missing once when another program keeps it, and again when the gate has it', async () => {
    const { clock, told, details, regained, windows, windowState } = createWorld();
    windows.notePainted();
    windowState.keyboardWith(succeed({ kind: 'other', by: 'Windows.UI.Core.CoreWindow' }));
    clock.advance(5000);
    await drainMicrotasks();
    expect(told, 'a short loss is usual').toEqual([]);
    clock.advance(1000);
    await drainMicrotasks();
    clock.advance(120_000);
    await drainMicrotasks();
    expect(told).toEqual(['without-keyboard']);
    expect(details[0]).toContain('Windows.UI.Core.CoreWindow');
    windowState.keyboardWith(succeed({ kind: 'window' }));
    clock.advance(1000);
    expect(regained).toEqual(['without-keyboard']);
  });

  it('stays with a page on which Windows sets up the account, for as long as that has it', async () => {
    const { clock, told, windows, windowState, gate } = createWorld();
    windows.notePainted();
    const focused = gate.focused;
    windowState.keyboardWith(succeed({ kind: 'set-up' }));
    for (let second = 1; second <= 120; second += 1) {
      clock.advance(1000);
      await drainMicrotasks();
    }
    expect([windowState.taken(), gate.focused, told]).toEqual([[], focused, []]);
    windowState.keyboardWith(succeed({ kind: 'other', by: '' }));
    clock.advance(1000);
    await drainMicrotasks();
    expect(windowState.taken()).toEqual([gate]);
  });

  it('is not missing while the screen is locked', async () => {
    const { clock, told, windows, windowState, session } = createWorld();
    windows.notePainted();
    session.isInUse = false;
    windowState.keyboardWith(succeed({ kind: 'other', by: '' }));
    clock.advance(50_000);
    await drainMicrotasks();
    expect(told).toEqual([]);
    windowState.keyboardWith(succeed({ kind: 'none' }));
    session.isInUse = true;
    clock.advance(120_000);
    await drainMicrotasks();
    expect(told).toEqual([]);
  });

  it('is asked of Electron where the system gives no answer', () => {
    const { clock, told, windows, windowState, gate, cover } = createWorld();
    windows.notePainted();
    windowState.keyboardWith(fail({ kind: 'unreadable', reason: 'no answer' }));
    clock.advance(2000);
    const focused = gate.focused;
    gate.isActive = false;
    cover.isActive = false;
    clock.advance(2000);
    expect(gate.focused).toBe(focused + 2);
    expect([told, windowState.taken()]).toEqual([[], []]);
  });
});
