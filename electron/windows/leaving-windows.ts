/**
 * Takes windows off the screen at once and lets their pages end in order.
 *
 * A window that is destroyed outright may be in the middle of a call to the main process, the one that ends it among
 * them, and Electron 33 was seen to fall over that. So its page is asked to go, and is only destroyed where it cannot.
 */
import type { BrowserWindow, WebContents } from 'electron';
import type { Clock } from '../platform/time/clock.ts';

/** A page that hangs does not close; nobody sees it any more, but its process would stay. */
const closeDeadlineMs = 2000;

export interface LeavingWindows {
  /** Hides the window now. Whoever made it must not keep it from closing, and must have forgotten it. */
  close(window: BrowserWindow): void;
  /** Pages on their way out: what they still say is listened to and changes nothing. */
  contents(): readonly WebContents[];
}

export function createLeavingWindows(clock: Clock): LeavingWindows {
  const leaving = new Map<BrowserWindow, WebContents>();
  return {
    close: (window) => {
      if (window.isDestroyed() || leaving.has(window)) return;
      const { webContents } = window;
      leaving.set(window, webContents);
      const callOff = clock.setTimer(closeDeadlineMs, () => window.destroy());
      window.once('closed', () => {
        callOff();
        leaving.delete(window);
      });
      window.hide();
      // There is no page left that could be cut off.
      if (webContents.isCrashed()) window.destroy();
      else window.close();
    },
    contents: () => [...leaving.values()],
  };
}
