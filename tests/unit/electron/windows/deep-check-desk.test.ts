/** The trial of a cover without Electron: what it says of each display, and that no window is left. */
import { beforeEach, expect, it, vi } from 'vitest';
import { createDeepCheckDesk } from '../../../../electron/windows/deep-check-desk.ts';
import { succeed } from '../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import { createFakePlatform } from '../../../fakes/platform/fake-platform.ts';
import { drainMicrotasks } from '../../../support/drain-microtasks.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[], options: [] as unknown[] }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  return {
    app: { on: () => undefined, off: () => undefined },
    dialog: {},
    desktopCapturer: { getSources: () => Promise.resolve([]) },
    screen: {
      getAllDisplays: () => [
        { id: 1, bounds: { x: 0, y: 0, width: 1092, height: 614 }, scaleFactor: 1.25 },
        { id: 2, bounds: { x: 1092, y: 0, width: 1920, height: 1080 }, scaleFactor: 1 },
      ],
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

const covers = () => electron.windows as FakeWindow[];

beforeEach(() => {
  electron.windows.length = 0;
  electron.options.length = 0;
});

it('covers as the gate does, says what was asked and who has the keyboard, and leaves nothing', async () => {
  const clock = createFakeClock();
  const platform = createFakePlatform({ clock });
  platform.windowState.keyboardWith(succeed({ kind: 'other', by: 'CabinetWClass' }));
  const trying = createDeepCheckDesk(platform, (key) => key).tryCover();
  for (let second = 0; second < 5; second += 1) {
    await drainMicrotasks();
    clock.advance(1000);
  }
  const trials = await trying;
  const seen = (name: string) => {
    const found = trials.find((trial) => trial.name === name)?.seen;
    return found?.ok === true ? found.value : found?.error.reason;
  };
  expect(seen('cover')).toContain('asked 0, 0, 1093 x 615 (requests: 1), got 0, 0, 1093 x 615');
  expect(seen('cover')).toContain('asked 1092, 0, 1920 x 1080 (requests: 1)');
  expect(seen('keyboard'), 'Electron believes it after a refusal').toBe(
    'other CabinetWClass; Electron says: ours',
  );
  expect(electron.options).toMatchObject([
    { type: 'toolbar', thickFrame: false, roundedCorners: false },
    { type: 'toolbar', thickFrame: false, roundedCorners: false },
  ]);
  expect(platform.windowState.taken()).toEqual([covers()[0]]);
  expect(covers().every((cover) => cover.isDestroyed())).toBe(true);
  expect(clock.pendingTimers()).toBe(0);
});
