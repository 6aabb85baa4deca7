/** The small windows behind the tray, without Electron: each exists while it is needed, and then closes. */
import { beforeEach, expect, it, vi } from 'vitest';
import { createInformationWindows } from '../../../../electron/windows/information-windows.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[] }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  return {
    nativeTheme: { shouldUseDarkColors: false },
    BrowserWindow: class extends Window {
      constructor() {
        super();
        electron.windows.push(this);
      }
    },
  };
});

let failed: string[];
beforeEach(() => {
  electron.windows.length = 0;
  failed = [];
});

function open() {
  const windows = createInformationWindows({
    folders: { preload: '/preload' },
    windowTitle: () => 'Porthor',
    onFailed: (page, reason) => failed.push(`${page} ${reason}`),
  });
  windows.open('about');
  return { windows, window: electron.windows[0] as FakeWindow };
}

it('is opened once, however often the user asks for it, and closes in order', async () => {
  const { windows, window } = open();
  windows.open('about');
  expect(electron.windows).toHaveLength(1);
  windows.close('about');
  expect(window.done).toEqual(['close']);
  await Promise.resolve();
  expect(windows.contents('about')).toEqual([]);
});

it('is gone when its page crashes, and another opens when the user asks for it', () => {
  const { windows, window } = open();
  window.webContents.forcefullyCrashRenderer();
  expect(window.isDestroyed()).toBe(true);
  expect(windows.contents('about')).toEqual([]);
  expect(failed).toEqual(['about killed']);
  windows.open('about');
  expect(electron.windows).toHaveLength(2);
});
