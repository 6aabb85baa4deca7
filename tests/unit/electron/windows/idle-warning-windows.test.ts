/** The cards of the idle warning without Electron: when they count as shown, lost or closed, and that all of them close. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createIdleWarningWindows } from '../../../../electron/windows/idle-warning-windows.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[], listeners: 0 }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  const displays = [1, 2].map((id) => ({
    id,
    workArea: { x: (id - 1) * 1280, y: 0, width: 1280, height: 1000 },
  }));
  return {
    app: { accessibilitySupportEnabled: false },
    nativeTheme: { shouldUseDarkColors: false },
    screen: {
      getAllDisplays: () => displays,
      on: () => {
        electron.listeners += 1;
      },
      off: () => {
        electron.listeners -= 1;
      },
    },
    BrowserWindow: class extends Window {
      constructor() {
        super();
        electron.windows.push(this);
      }
    },
  };
});

const cards = () => electron.windows as FakeWindow[];

function createWorld() {
  const clock = createFakeClock();
  const told: string[] = [];
  const windows = createIdleWarningWindows({
    folders: { preload: '/preload' },
    clock,
    withoutKeyboard: false,
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
  return { clock, told, windows, paintAll };
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
  electron.listeners = 0;
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
});
