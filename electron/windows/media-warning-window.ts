/**
 * The card that warns of a memory stick. It is in the corner of the display in use, above other windows, and never in
 * the way of the user's typing.
 *
 * It takes no focus by itself. The user reaches it by keyboard like every window (Alt+Tab, the taskbar), and from the
 * tray. It deliberately has no shortcut, because that key would be taken from every other program.
 */
import type { BrowserWindow } from 'electron';
import { screen } from 'electron';
import type { Clock } from '../platform/time/clock.ts';
import type { WindowStatePort } from '../platform/window-state/window-state-port.ts';
import { createLeavingWindows } from './leaving-windows.ts';
import { openPage, type PageFolders, pageUrl } from './open-page.ts';
import { frameless, isOnCurrentDesktop, putInFront, showOnCurrentDesktop, takeKeyboard } from './overlay.ts';

const widthPx = 480;
/** The height until the page has reported the height that it needs. */
const firstHeightPx = 420;
const leastHeightPx = 200;
/** The largest share of the display's height; beyond it the list scrolls inside. A card, not a wall. */
const mostHeightShare = 0.72;
/** One card with all its content fits into this height. On a small display the card may grow to it. */
const mostHeightAtLeastPx = 520;
const marginPx = 16;

export interface MediaWarningWindow {
  /** Opens the page unseen, so that it can be shown as soon as there is a verdict. */
  prepare(): void;
  /** Shows it without taking focus. */
  show(): void;
  /** Brings it to the front with focus, on the user's request. */
  focus(): void;
  fit(heightPx: number): void;
  /** Closes it, so that no renderer stays alive. */
  hide(): void;
  contents(): readonly Electron.WebContents[];
}

interface Options {
  readonly folders: PageFolders;
  readonly clock: Clock;
  readonly windowState: WindowStatePort;
  readonly backgroundColor: () => string;
  readonly windowTitle: () => string;
  readonly onFailed: (reason: string) => void;
  /** The user closed the window by the system's own means. */
  readonly onClosed: () => void;
}

export function createMediaWarningWindow(options: Options): MediaWarningWindow {
  let window: BrowserWindow | undefined;
  const leaving = createLeavingWindows(options.clock);
  let heightPx = firstHeightPx;
  let isShown = false;

  const place = (target: BrowserWindow) => {
    // The user looks at the display with the pointer. After it is shown, the warning stays there.
    const display = isShown
      ? screen.getDisplayMatching(target.getBounds())
      : screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const { workArea } = display;
    const width = Math.min(widthPx, workArea.width);
    const most = Math.min(
      Math.max(Math.round(workArea.height * mostHeightShare), mostHeightAtLeastPx),
      workArea.height - 2 * marginPx,
    );
    const height = Math.min(Math.max(heightPx, leastHeightPx), most);
    target.setBounds({
      x: workArea.x + Math.max(0, workArea.width - width - marginPx),
      y: workArea.y + Math.max(0, workArea.height - height - marginPx),
      width,
      height,
    });
  };

  const create = (): BrowserWindow => {
    const created = openPage('media-warning', options.folders, {
      width: widthPx,
      height: firstHeightPx,
      title: options.windowTitle(),
      backgroundColor: options.backgroundColor(),
      ...frameless,
      show: false,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      // In the taskbar and behind Alt+Tab, so that the user can reach it without a mouse. So it is no tool window, and
      // Windows shows it on one virtual desktop only.
      skipTaskbar: false,
    });
    putInFront(created, 'pop-up-menu');
    created.on('closed', () => {
      if (window !== created) return;
      window = undefined;
      isShown = false;
      options.onClosed();
    });
    const giveUp = (reason: string) => {
      options.onFailed(reason);
      if (!created.isDestroyed()) created.destroy();
    };
    // A page that hangs could neither close nor show anything.
    created.on('unresponsive', () => giveUp('unresponsive'));
    created.webContents.on('render-process-gone', (_event, { reason }) => giveUp(reason));
    created.loadURL(pageUrl('media-warning')).catch((error: unknown) => {
      if (window === created) giveUp(String(error));
    });
    window = created;
    return created;
  };

  const hide = () => {
    const closing = window;
    window = undefined;
    isShown = false;
    heightPx = firstHeightPx;
    if (closing !== undefined) leaving.close(closing);
  };

  const show = () => {
    const target = window ?? create();
    if (isShown) {
      // The user has gone to another virtual desktop since, and would not see what is new in the card.
      if (!isOnCurrentDesktop(target, options.windowState)) showOnCurrentDesktop(target);
      return;
    }
    place(target);
    isShown = true;
    target.showInactive();
    target.moveTop();
  };

  return {
    prepare: () => {
      if (window === undefined) create();
    },
    show,
    focus: () => {
      show();
      if (window !== undefined) void takeKeyboard(window, options.windowState);
    },
    fit: (wantedPx) => {
      heightPx = Math.ceil(wantedPx);
      if (window !== undefined && isShown) place(window);
    },
    hide,
    contents: () => [...(window === undefined ? [] : [window.webContents]), ...leaving.contents()],
  };
}
