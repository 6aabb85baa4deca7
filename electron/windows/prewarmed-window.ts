/**
 * A gate window that is made, out of sight, before it is known whether one is needed: its renderer process starts while
 * the agent still reads what this PC knows, so that a person who must answer waits for neither after the other.
 */
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { screen } from 'electron';
import type { SystemName } from '../platform/create-platform.ts';
import { openPage, type PageFolders, pageUrl } from './open-page.ts';

export interface PrewarmedWindow {
  /** Gives the window away, once; undefined when there is none in good order. Its page is loading already. */
  take(): BrowserWindow | undefined;
  /** Ends a window that nobody took, and its renderer process with it. */
  discard(): void;
  /** Resolves when the window is taken or discarded: until then there is no answer to what its page asks. */
  readonly settled: Promise<void>;
}

/**
 * Whether a window fills a display by full screen rather than by bounds. On X11 Chromium makes a window that has just
 * the size of its display one pixel smaller (so that window managers do not take it for full screen), and panels stay
 * above it.
 */
export function fillsByFullScreen(system: SystemName): boolean {
  return system === 'linux';
}

/** What every window of gate and cover is made with, wherever it stands. */
export function gateWindowOptions(fullScreen: boolean): BrowserWindowConstructorOptions {
  return {
    frame: false,
    show: false,
    // A window of fixed size cannot be made full screen by every window manager.
    resizable: fullScreen,
    movable: false,
    minimizable: false,
    maximizable: false,
    fullscreenable: fullScreen,
    skipTaskbar: true,
    hasShadow: false,
    roundedCorners: false,
    enableLargerThanScreen: true,
  };
}

/** Call when the app is ready. */
export function prewarmGateWindow(folders: PageFolders, fullScreen: boolean): PrewarmedWindow {
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const person = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
  const window = openPage('gate', folders, { ...person.bounds, ...gateWindowOptions(fullScreen) });
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
