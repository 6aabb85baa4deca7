/** Measuring covers without Electron: what is said of each display, and that no window is left. */
import { beforeEach, expect, it, vi } from 'vitest';
import { windowsDesktop } from '../../../../electron/platform/desktop/desktop.ts';
import { measureCover } from '../../../../electron/windows/measure-cover.ts';
import { succeed } from '../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import { createFakeWindowState } from '../../../fakes/platform/fake-window-state.ts';
import { drainMicrotasks } from '../../../support/drain-microtasks.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[], displays: [] as unknown[] }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  return {
    screen: { getAllDisplays: () => electron.displays },
    BrowserWindow: class extends Window {
      constructor() {
        super();
        electron.windows.push(this);
      }
    },
  };
});

const covers = () => electron.windows as FakeWindow[];

beforeEach(() => {
  electron.windows.length = 0;
  electron.displays = [
    { id: 1, bounds: { x: 0, y: 0, width: 1092, height: 614 }, scaleFactor: 1.25 },
    { id: 2, bounds: { x: 1092, y: 0, width: 1920, height: 1080 }, scaleFactor: 1 },
  ];
});

/** Lets the seconds pass in which the covers are on the screen. */
async function measure(forSeconds: number) {
  const clock = createFakeClock();
  const windowState = createFakeWindowState();
  windowState.keyboardWith(succeed({ kind: 'other', by: 'CabinetWClass' }));
  const measuring = measureCover({ clock, desktop: windowsDesktop, windowState, forSeconds });
  for (let second = 0; second < forSeconds; second += 1) {
    await drainMicrotasks();
    clock.advance(1000);
  }
  return { clock, windowState, measured: await measuring };
}

it('says of each display what was asked and answered, and who has the keyboard, and leaves nothing', async () => {
  const { clock, windowState, measured } = await measure(5);
  expect(measured.covers).toMatchObject([
    {
      scaleFactor: 1.25,
      asked: { x: 0, y: 0, width: 1093, height: 615 },
      answered: { x: 0, y: 0, width: 1093, height: 615 },
      requests: 1,
      lost: '',
      place: { ok: false },
    },
    { asked: { x: 1092, y: 0, width: 1920, height: 1080 }, requests: 1 },
  ]);
  expect(measured.keyboard).toEqual({ ok: true, value: { kind: 'other', by: 'CabinetWClass' } });
  expect(measured.electronBelievesFocused, 'as Electron does after a refusal').toBe(true);
  expect(windowState.taken()).toEqual([covers()[0]]);
  expect(covers().every((cover) => cover.isDestroyed())).toBe(true);
  expect(clock.pendingTimers()).toBe(0);
});

it('says nothing where there is no display', async () => {
  electron.displays = [];
  const { measured } = await measure(1);
  expect(measured.covers).toEqual([]);
});
