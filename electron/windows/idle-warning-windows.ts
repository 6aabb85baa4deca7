/**
 * The idle warning, a card on every display.
 *
 * It never takes the keyboard from the program in which a user types. The service is notified once, when the warning is
 * on every display, and of a card that breaks. No lock may follow a warning that the user could not see.
 */
import type { BrowserWindow, Rectangle } from 'electron';
import { app, screen } from 'electron';
import type { Desktop } from '../platform/desktop/desktop.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { WindowStatePort } from '../platform/window-state/window-state-port.ts';
import { createLeavingWindows } from './leaving-windows.ts';
import { openPage, type PageFolders, pageUrl } from './open-page.ts';
import {
  frameless,
  isOnCurrentDesktop,
  onEveryDesktop,
  putInFront,
  showOnCurrentDesktop,
  takeKeyboard,
} from './overlay.ts';

const cardSize = { width: 560, height: 480 };
/** Slow lab PCs need this generous limit; the countdown starts only after painting. */
const paintDeadlineMs = 10_000;
const assertEveryMs = 1000;

interface Options {
  readonly folders: PageFolders;
  readonly clock: Clock;
  /** Where the warning gets no keyboard, any key still cancels it. */
  readonly desktop: Desktop;
  readonly windowState: WindowStatePort;
  readonly backgroundColor: () => string;
  readonly windowTitle: () => string;
  /** The warning is on every display. */
  readonly onShown: () => void;
  /** The warning could not be shown, or has gone. */
  readonly onLost: (reason: string) => void;
  /** A user has closed a card, for instance with Alt+F4. */
  readonly onClosed: () => void;
}

export interface IdleWarningWindows {
  show(): void;
  /** Closes the cards, so that no renderer process stays alive. */
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
  let hasReportedShown = false;
  let reloads = 0;
  let stopAssert = () => {};

  const create = (displayId: number, bounds: Rectangle): Card => {
    const window = openPage('idle-warning', options.folders, {
      ...bounds,
      title: options.windowTitle(),
      backgroundColor: options.backgroundColor(),
      ...frameless,
      ...onEveryDesktop(options.desktop),
      show: false,
      resizable: false,
      movable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      focusable: !options.desktop.warnsWithoutKeyboard,
    });
    const stopPaintTimer = clock.setTimer(paintDeadlineMs, () => {
      if (cards.get(displayId)?.window === window) fail(displayId, 'it was not painted in time');
    });
    putInFront(window, 'screen-saver');
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
    // `did-fail-load` reports a failed load.
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

  /** Replaces the first broken page. Reports a second one, or one that was already shown, as lost. */
  const fail = (displayId: number, reason: string) => {
    discard(displayId);
    reloads += 1;
    if (hasReportedShown || reloads > 1) options.onLost(reason);
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
    else reportWhenShown();
  };

  const reportWhenShown = () => {
    if (hasReportedShown || cards.size === 0 || ![...cards.values()].every(({ painted }) => painted)) return;
    hasReportedShown = true;
    takeFocusForScreenReader();
    options.onShown();
  };

  /** A screen reader reads the window that has the keyboard. Only then may the warning take it from another program. */
  const takeFocusForScreenReader = () => {
    if (options.desktop.warnsWithoutKeyboard || !app.accessibilitySupportEnabled) return;
    const here = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const card = cards.get(here.id) ?? [...cards.values()][0];
    if (card !== undefined) void takeKeyboard(card.window, options.windowState);
  };

  const assertOnTop = () => {
    for (const { window } of cards.values()) {
      if (!window.isVisible()) window.showInactive();
      else if (!isOnCurrentDesktop(window, options.windowState)) showOnCurrentDesktop(window);
      putInFront(window, 'screen-saver');
      window.moveTop();
    }
    stopAssert = clock.setTimer(assertEveryMs, assertOnTop);
  };

  return {
    show: () => {
      if (shown) return;
      shown = true;
      hasReportedShown = false;
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
      reportWhenShown();
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
