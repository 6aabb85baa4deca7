/**
 * The prewarmed window: a hidden gate window, made before the agent knows whether it needs one. Its renderer process starts
 * while the agent reads its records, so that a person who must answer does not wait for one after the other.
 */
import type { BrowserWindow } from 'electron';
import { screen } from 'electron';
import type { Desktop } from '../platform/desktop/desktop.ts';
import { openPage, type PageFolders, pageUrl } from './open-page.ts';
import { frameless, onEveryDesktop } from './overlay.ts';

export interface PrewarmedWindow {
  /** Hands over the window, once. Its page is loading already. Undefined if the window is taken or broken. */
  take(): BrowserWindow | undefined;
  /** Ends a window that was not taken, with its renderer process. */
  discard(): void;
  /** Resolves when the window is taken or discarded. Until then calls of its page get no answer. */
  readonly settled: Promise<void>;
}

/** The options of every gate and cover window, on any display. */
export function gateWindowOptions(desktop: Desktop) {
  const fullScreen = desktop.fillsByFullScreen;
  return {
    ...frameless,
    ...onEveryDesktop(desktop),
    show: false,
    // Not every window manager can make a window of fixed size full screen.
    resizable: fullScreen,
    movable: false,
    minimizable: false,
    maximizable: false,
    fullscreenable: fullScreen,
    skipTaskbar: true,
    hasShadow: false,
    enableLargerThanScreen: true,
  };
}

/** Call when the app is ready. */
export function prewarmGateWindow(folders: PageFolders, desktop: Desktop): PrewarmedWindow {
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const person = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
  const window = openPage('gate', folders, { ...person.bounds, ...gateWindowOptions(desktop) });
  let isSound = true;
  const noteFailure = () => {
    isSound = false;
  };
  window.webContents.once('render-process-gone', noteFailure);
  window.webContents.once('did-fail-load', noteFailure);
  window.once('closed', noteFailure);
  window.loadURL(pageUrl('gate')).catch(noteFailure);

  let isGivenAway = false;
  const discard = () => {
    if (isGivenAway) return;
    isGivenAway = true;
    window.destroy();
    settle();
  };
  return {
    settled,
    discard,
    take: () => {
      if (isGivenAway) return undefined;
      if (!isSound) {
        discard();
        return undefined;
      }
      isGivenAway = true;
      settle();
      return window;
    },
  };
}
