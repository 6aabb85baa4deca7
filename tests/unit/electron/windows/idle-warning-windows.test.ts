/** The cards of the idle warning without Electron: when they count as shown, lost or closed, and that all of them close. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { windowsDesktop } from '../../../../electron/platform/desktop/desktop.ts';
import { createIdleWarningWindows } from '../../../../electron/windows/idle-warning-windows.ts';
import { succeed } from '../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import { createFakeWindowState } from '../../../fakes/platform/fake-window-state.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({
  windows: [] as unknown[],
  options: [] as unknown[],
  listeners: 0,
  app: { accessibilitySupportEnabled: false },
}));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  const displays = [1, 2].map((id) => ({
    id,
    workArea: { x: (id - 1) * 1280, y: 0, width: 1280, height: 1000 },
  }));
  return {
    app: electron.app,
    nativeTheme: { shouldUseDarkColors: false },
    screen: {
      getAllDisplays: () => displays,
      getCursorScreenPoint: () => ({ x: 1, y: 1 }),
      getDisplayNearestPoint: () => displays[0],
      on: () => {
        electron.listeners += 1;
      },
      off: () => {
        electron.listeners -= 1;
      },
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

const cards = () => electron.windows as FakeWindow[];

function createWorld() {
  const clock = createFakeClock();
  const told: string[] = [];
  const windowState = createFakeWindowState();
  const windows = createIdleWarningWindows({
    folders: { preload: '/preload' },
    clock,
    desktop: windowsDesktop,
    windowState,
    backgroundColor: () => '#ffffff',
    windowTitle: () => 'Porthor',
    onShown: () => told.push('shown'),
    onLost: (reason) => told.push(`lost: ${reason}`),
    onClosed: () => told.push('closed'),
  });
  windows.show();
  const paintAll = () => {
    for (const card of cards()) windows.notePainted(card.webContents as never);
  };
  return { clock, told, windows, windowState, paintAll };
}

async function expectNothingLeft({ clock, windows }: ReturnType<typeof createWorld>): Promise<void> {
  windows.hide();
  await Promise.resolve();
  expect(cards().every((card) => card.isDestroyed())).toBe(true);
  expect(windows.contents()).toEqual([]);
  expect(clock.pendingTimers()).toBe(0);
  expect(electron.listeners).toBe(0);
}

beforeEach(() => {
  electron.windows.length = 0;
  electron.options.length = 0;
  electron.listeners = 0;
  electron.app.accessibilitySupportEnabled = false;
});

describe('the warning', () => {
  it('is shown once every display has its card, and leaves the screen at once and in order', async () => {
    const world = createWorld();
    const [first] = cards();
    world.windows.notePainted(first?.webContents as never);
    expect(world.told).toEqual([]);
    world.paintAll();
    expect(world.told).toEqual(['shown']);
    world.windows.hide();
    expect(cards().map(({ done }) => done)).toEqual([
      ['hide', 'close'],
      ['hide', 'close'],
    ]);
    await expectNothingLeft(world);
    expect(world.told).toEqual(['shown']);
  });

  it('is cancelled by closing one of its cards', async () => {
    const world = createWorld();
    world.paintAll();
    cards()[0]?.close();
    await Promise.resolve();
    expect(world.told).toEqual(['shown', 'closed']);
    await expectNothingLeft(world);
    expect(world.told).toEqual(['shown', 'closed']);
  });

  it('is shown again if a card crashes before the user has read it, and is lost if that one crashes too', async () => {
    const world = createWorld();
    cards()[0]?.webContents.forcefullyCrashRenderer();
    expect(cards()).toHaveLength(3);
    expect(world.told).toEqual([]);
    world.clock.advance(10_000);
    expect(world.told[0]).toBe('lost: it was not painted in time');
    await expectNothingLeft(world);
    expect(world.told).not.toContain('closed');
  });

  it('is lost when a card crashes after the user has read it', async () => {
    const world = createWorld();
    world.paintAll();
    cards()[1]?.webContents.forcefullyCrashRenderer();
    expect(world.told).toEqual(['shown', 'lost: its page ended: killed']);
    await expectNothingLeft(world);
  });

  it('is on every virtual desktop, and follows the user who has gone to another one', async () => {
    const world = createWorld();
    for (const options of electron.options) {
      expect(options).toMatchObject({ type: 'toolbar', thickFrame: false, roundedCorners: false });
    }
    world.paintAll();
    const area = { x: 0, y: 0, width: 560, height: 480 };
    world.windowState.placeWith((window) =>
      succeed({
        outer: area,
        painted: area,
        display: area,
        scalePercent: 100,
        onCurrentDesktop: window !== cards()[0],
      }),
    );
    world.clock.advance(1000);
    expect(cards().map(({ done }) => done)).toEqual([['hide'], []]);
    expect(cards().every((card) => card.isVisible())).toBe(true);
    await expectNothingLeft(world);
  });

  it('asks the system for the keyboard where a screen reader runs, because Electron may not notice a refusal', async () => {
    electron.app.accessibilitySupportEnabled = true;
    const world = createWorld();
    world.paintAll();
    expect(world.windowState.taken()).toEqual([cards()[0]]);
    await expectNothingLeft(world);
  });
});
