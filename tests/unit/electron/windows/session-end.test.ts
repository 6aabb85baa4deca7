/** The hidden window that hears of the end of the session, without Electron. */
import { beforeEach, expect, it, vi } from 'vitest';
import { listenForSessionEnd } from '../../../../electron/windows/session-end.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

const electron = vi.hoisted(() => ({ windows: [] as unknown[], options: [] as unknown[] }));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  return {
    BaseWindow: class extends Window {
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

it('passes on that the session may end and that it ends, from one window that is never shown', () => {
  const told: string[] = [];
  const stop = listenForSessionEnd({
    onEnding: () => told.push('ending'),
    onEnded: () => told.push('ended'),
  });
  expect(electron.options).toMatchObject([{ show: false, focusable: false, skipTaskbar: true }]);
  const [window] = electron.windows as FakeWindow[];
  const event = { preventDefault: () => told.push('prevented') };
  window?.emit('query-session-end', event);
  window?.emit('session-end', event);
  expect(told).toEqual(['ending', 'ended']);
  stop();
  stop();
  expect(window?.isDestroyed()).toBe(true);
});
