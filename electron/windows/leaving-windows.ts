/**
 * Hides windows at once and lets their pages end in order.
 *
 * A window may be in the middle of a call to the main process when it is destroyed; Electron 33 was seen to crash on that.
 * So the agent closes the window, and destroys it only where its page cannot close.
 */
import type { BrowserWindow, WebContents } from 'electron';
import type { Clock } from '../platform/time/clock.ts';

/** A page that hangs does not close. It is hidden, but its process would stay. */
const closeDeadlineMs = 2000;

export interface LeavingWindows {
  /** Hides the window now. Its maker must let it close, and must hold no reference to it. */
  close(window: BrowserWindow): void;
  /** Pages that are closing. Their calls are still accepted, and change nothing. */
  contents(): readonly WebContents[];
}

export function createLeavingWindows(clock: Clock): LeavingWindows {
  const leaving = new Map<BrowserWindow, WebContents>();
  return {
    close: (window) => {
      if (window.isDestroyed() || leaving.has(window)) return;
      const { webContents } = window;
      leaving.set(window, webContents);
      const cancel = clock.setTimer(closeDeadlineMs, () => window.destroy());
      window.once('closed', () => {
        cancel();
        leaving.delete(window);
      });
      window.hide();
      // A crashed page has no call that could be cut off.
      if (webContents.isCrashed()) window.destroy();
      else window.close();
    },
    contents: () => [...leaving.values()],
  };
}
