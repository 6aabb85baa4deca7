/** The card of the media warning without Electron: where it is shown, and how it gets the keyboard. */
import { beforeEach, expect, it, vi } from 'vitest';
import { createMediaWarningWindow } from '../../../../electron/windows/media-warning-window.ts';
import { succeed } from '../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import { createFakeWindowState } from '../../../fakes/platform/fake-window-state.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[], options: [] as unknown[] }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  const display = { id: 1, workArea: { x: 0, y: 0, width: 1280, height: 1000 } };
  return {
    nativeTheme: { shouldUseDarkColors: false },
    screen: {
      getCursorScreenPoint: () => ({ x: 1, y: 1 }),
      getDisplayNearestPoint: () => display,
      getDisplayMatching: () => display,
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

beforeEach(() => {
  electron.windows.length = 0;
  electron.options.length = 0;
});

function openCard() {
  const windowState = createFakeWindowState();
  const card = createMediaWarningWindow({
    folders: { preload: '/preload' },
    clock: createFakeClock(),
    windowState,
    backgroundColor: () => '#ffffff',
    windowTitle: () => 'Porthor',
    onFailed: () => undefined,
    onClosed: () => undefined,
  });
  card.show();
  const [window] = electron.windows as FakeWindow[];
  if (window === undefined) throw new Error('no card');
  const placeOn = (onCurrentDesktop: boolean) => {
    const area = { x: 0, y: 0, width: 480, height: 420 };
    windowState.placeWith(() =>
      succeed({ outer: area, painted: area, display: area, scalePercent: 100, onCurrentDesktop }),
    );
  };
  return { card, window, windowState, placeOn };
}

it('is in the taskbar and in Alt+Tab, without a frame that the system adds to', () => {
  openCard();
  expect(electron.options).toMatchObject([{ skipTaskbar: false, thickFrame: false, roundedCorners: false }]);
  expect(electron.options[0]).not.toHaveProperty('type');
});

it('comes to the virtual desktop in front when it has something new to show', () => {
  const { card, window, placeOn } = openCard();
  placeOn(true);
  card.show();
  expect(window.done, 'it is in front of the user already').toEqual([]);
  placeOn(false);
  card.show();
  expect(window.done).toEqual(['hide']);
  expect(window.isVisible()).toBe(true);
});

it('asks the system for the keyboard when the user opens it from the tray', () => {
  const { card, window, windowState } = openCard();
  card.focus();
  expect(windowState.taken()).toEqual([window]);
});
