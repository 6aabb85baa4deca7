/**
 * The idle warning, a card on every display.
 *
 * It never takes the keyboard from what a person may be typing in. That it stands on every display is told once, and
 * a card that breaks is told as well: nothing may follow a warning that nobody could see.
 */
import type { BrowserWindow, Rectangle } from 'electron';
import { app, screen } from 'electron';
import type { Clock } from '../platform/time/clock.ts';
import { createLeavingWindows } from './leaving-windows.ts';
import { openPage, type PageFolders, pageUrl } from './open-page.ts';

const cardSize = { width: 560, height: 480 };
/** Slow lab PCs need the generous figure; the countdown begins only then. */
const paintDeadlineMs = 10_000;
const assertEveryMs = 1000;

interface Options {
  readonly folders: PageFolders;
  readonly clock: Clock;
  /**
   * On X11 a window stands above another program's full screen only when the window manager has no say about it, and
   * such a window gets no keyboard. Any key calls the warning off all the same.
   */
  readonly withoutKeyboard: boolean;
  readonly backgroundColor: () => string;
  readonly windowTitle: () => string;
  /** It stands on every display. */
  readonly onShown: () => void;
  /** It could not be shown, or does not stand any more. */
  readonly onLost: (reason: string) => void;
  /** A person has closed it, for instance with Alt+F4. */
  readonly onClosed: () => void;
}

export interface IdleWarningWindows {
  show(): void;
  /** Takes the cards away, so that no renderer process stays alive. */
  hide(): void;
  notePainted(contents: Electron.WebContents): void;
  contents(): readonly Electron.WebContents[];
}

interface Card {
  readonly window: BrowserWindow;
  readonly stopPaintTimer: () => void;
  painted: boolean;
}

export function createIdleWarningWindows(options: Options): IdleWarningWindows {
  const { clock } = options;
  const cards = new Map<number, Card>();
  const leaving = createLeavingWindows(clock);
  let shown = false;
  let toldShown = false;
  let reloads = 0;
  let stopAssert = () => {};

  const create = (displayId: number, bounds: Rectangle): Card => {
    const window = openPage('idle-warning', options.folders, {
      ...bounds,
      title: options.windowTitle(),
      backgroundColor: options.backgroundColor(),
      frame: false,
      show: false,
      resizable: false,
      movable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      focusable: !options.withoutKeyboard,
    });
    const stopPaintTimer = clock.setTimer(paintDeadlineMs, () => {
      if (cards.get(displayId)?.window === window) fail(displayId, 'it was not painted in time');
    });
    window.setAlwaysOnTop(true, 'screen-saver');
    window.setVisibleOnAllWorkspaces(true);
    window.on('closed', () => {
      if (cards.get(displayId)?.window !== window) return;
      stopPaintTimer();
      cards.delete(displayId);
      options.onClosed();
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (cards.get(displayId)?.window === window) fail(displayId, `its page ended: ${reason}`);
    });
    window.webContents.on('did-fail-load', (_event, code, description) => {
      if (cards.get(displayId)?.window === window) fail(displayId, `${description} (${code})`);
    });
    // A failed load is told by `did-fail-load`.
    window.loadURL(pageUrl('idle-warning')).catch(() => undefined);
    window.showInactive();
    return { window, stopPaintTimer, painted: false };
  };

  const discard = (displayId: number) => {
    const card = cards.get(displayId);
    cards.delete(displayId);
    card?.stopPaintTimer();
    if (card !== undefined) leaving.close(card.window);
  };

  /** One broken page is made anew; a second, or one that people had begun to read, is told. */
  const fail = (displayId: number, reason: string) => {
    discard(displayId);
    reloads += 1;
    if (toldShown || reloads > 1) options.onLost(reason);
    else layOut();
  };

  const layOut = () => {
    if (!shown) return;
    const displays = screen.getAllDisplays();
    const ids = new Set(displays.map(({ id }) => id));
    for (const id of [...cards.keys()]) if (!ids.has(id)) discard(id);
    for (const { id, workArea } of displays) {
      const bounds = centred(workArea);
      const card = cards.get(id);
      if (card === undefined) cards.set(id, create(id, bounds));
      else card.window.setBounds(bounds);
    }
    if (displays.length === 0) options.onLost('there is no display');
    else tellWhenShown();
  };

  const tellWhenShown = () => {
    if (toldShown || cards.size === 0 || ![...cards.values()].every(({ painted }) => painted)) return;
    toldShown = true;
    takeFocusForScreenReader();
    options.onShown();
  };

  /** A screen reader speaks of the window that has the keyboard; only then is it worth taking it from another program. */
  const takeFocusForScreenReader = () => {
    if (options.withoutKeyboard || !app.accessibilitySupportEnabled) return;
    const here = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    (cards.get(here.id) ?? [...cards.values()][0])?.window.focus();
  };

  const assertOnTop = () => {
    for (const { window } of cards.values()) {
      if (!window.isVisible()) window.showInactive();
      window.setAlwaysOnTop(true, 'screen-saver');
      window.moveTop();
    }
    stopAssert = clock.setTimer(assertEveryMs, assertOnTop);
  };

  return {
    show: () => {
      if (shown) return;
      shown = true;
      toldShown = false;
      reloads = 0;
      screen.on('display-added', layOut);
      screen.on('display-removed', layOut);
      screen.on('display-metrics-changed', layOut);
      stopAssert = clock.setTimer(assertEveryMs, assertOnTop);
      layOut();
    },
    hide: () => {
      if (!shown) return;
      shown = false;
      screen.off('display-added', layOut);
      screen.off('display-removed', layOut);
      screen.off('display-metrics-changed', layOut);
      stopAssert();
      for (const id of [...cards.keys()]) discard(id);
    },
    notePainted: (contents) => {
      for (const card of cards.values()) {
        if (card.window.webContents !== contents) continue;
        card.painted = true;
        card.stopPaintTimer();
      }
      tellWhenShown();
    },
    contents: () => [...[...cards.values()].map(({ window }) => window.webContents), ...leaving.contents()],
  };
}

function centred(area: Rectangle): Rectangle {
  const width = Math.min(cardSize.width, area.width);
  const height = Math.min(cardSize.height, area.height);
  return {
    x: area.x + Math.round((area.width - width) / 2),
    y: area.y + Math.round((area.height - height) / 2),
    width,
    height,
  };
}
