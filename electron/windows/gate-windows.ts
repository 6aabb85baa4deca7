/**
 * The windows of the gate: one that takes the answer, and a cover on every other display.
 *
 * Focus, blur and display events are only hints, because systems are known to miss them. Once a second the agent compares
 * the windows with what they should be, and corrects them.
 */
import type { BrowserWindow } from 'electron';
import { screen } from 'electron';
import type { Desktop } from '../platform/desktop/desktop.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { WindowStatePort } from '../platform/window-state/window-state-port.ts';
import { createGateKeyboard } from './gate-keyboard.ts';
import { createGateLayout } from './gate-layout.ts';
import { createGatePlaces } from './gate-places.ts';
import { createLeavingWindows } from './leaving-windows.ts';
import { openGateWindow } from './open-gate-window.ts';
import type { PageFolders } from './open-page.ts';
import { putInFront } from './overlay.ts';
import { createPageWatch } from './watch-page.ts';

const assertEveryMs = 1000;
/** Until then a window that has been placed again may still be moving, and may have to be asked again. */
const settledAfterMs = 4 * assertEveryMs;

export type Interruption =
  | 'renderer-gone'
  | 'unresponsive'
  | 'window-closed'
  | 'cover-lost'
  | 'without-keyboard';

interface GateWindowEvents {
  /** The cover or the page was lost. The agent ends a page that hangs, so `renderer-gone` follows `unresponsive`. */
  onInterrupted(what: Interruption, detail: string): void;
  onRegained(what: Interruption): void;
  /** Ctrl+Shift+F12; called in demonstration mode only. */
  onDemonstrationLeft(): void;
}

export interface GateWindows {
  show(): void;
  /** Closes every window, so that no renderer process stays alive behind an open gate. */
  hide(): void;
  /** Moves the gate to the display of the given cover. */
  bringToCover(cover: Electron.WebContents): void;
  /** The gate's page has painted. */
  notePainted(): void;
  gateContents(): readonly Electron.WebContents[];
  coverContents(): readonly Electron.WebContents[];
}

interface Options {
  readonly folders: PageFolders;
  /** The prewarmed window; undefined if there is none, or if it is taken. */
  readonly takePrewarmed: () => BrowserWindow | undefined;
  readonly clock: Clock;
  readonly demonstration: boolean;
  readonly desktop: Desktop;
  /** Undefined until it is loaded. */
  readonly windowState: () => WindowStatePort | undefined;
  /** A user is before this session, and it is not locked. */
  readonly isSessionInUse: () => Promise<boolean>;
  /** Someone could see the gate now: neither is the session locked, nor can the displays be dark. */
  readonly canBeSeen: () => Promise<boolean>;
  readonly windowTitle: () => string;
  /** A warning of the agent is above the gate. The gate neither covers it nor takes its keyboard. */
  readonly mayBeCovered: () => boolean;
  readonly events: GateWindowEvents;
}

/** Longer than other functions: it only joins the parts of a gate, which share whether the gate is shown. */
export function createGateWindows(options: Options): GateWindows {
  const { clock, events, windowState } = options;
  let shown = false;
  let stopLoop = () => {};
  const leavingGates = createLeavingWindows(clock);
  const leavingCovers = createLeavingWindows(clock);
  const places = createGatePlaces({ fullScreen: options.desktop.fillsByFullScreen, windowState });
  const keyboard = createGateKeyboard({
    ...options,
    onLost: (detail) => events.onInterrupted('without-keyboard', detail),
    onRegained: () => events.onRegained('without-keyboard'),
  });
  const cover = createCoverReport(clock, events);
  const pages = createPageWatch({
    clock,
    isWanted: (window) => layout.has(window),
    canBeSeen: options.canBeSeen,
    onInterrupted: events.onInterrupted,
  });
  const layout = createGateLayout({
    open: (page, { bounds }) => {
      const { window, isLoading } = openGateWindow(page, bounds, {
        ...options,
        mustStay: (asked) => shown && layout.has(asked),
        onCloseRefused: (refused) => events.onInterrupted('window-closed', refused),
        onClosed: (closed) => {
          pages.end(closed);
          layout.forget(closed);
        },
        onDemonstrationLeft: events.onDemonstrationLeft,
      });
      pages.start(window, page, isLoading);
      window.showInactive();
      return window;
    },
    place: (window, display) => {
      if (places.put(window, display)) cover.noteMoving();
    },
    retire: (window) => {
      pages.end(window);
      leavingCovers.close(window);
    },
  });
  const layOut = () => {
    if (shown) layout.layOut();
  };

  const assertCover = () => {
    layOut();
    let lost = '';
    const mayBeCovered = options.mayBeCovered();
    const gate = layout.gate();
    for (const window of layout.all()) {
      lost = places.correct(window) || lost;
      pages.reloadIfDead(window, window === gate ? 'gate' : 'cover');
      if (mayBeCovered) continue;
      putInFront(window, 'screen-saver');
      window.moveTop();
    }
    if (gate === undefined || mayBeCovered) keyboard.pause();
    else keyboard.check(gate, layout.all());
    cover.note(lost);
    stopLoop = clock.setTimer(assertEveryMs, assertCover);
  };

  return {
    show: () => {
      if (shown) return;
      shown = true;
      pages.resetDelays();
      screen.on('display-added', layOut);
      screen.on('display-removed', layOut);
      screen.on('display-metrics-changed', layOut);
      layOut();
      layout.gate()?.focus();
      stopLoop = clock.setTimer(assertEveryMs, assertCover);
    },
    hide: () => {
      if (!shown) return;
      shown = false;
      screen.off('display-added', layOut);
      screen.off('display-removed', layOut);
      screen.off('display-metrics-changed', layOut);
      stopLoop();
      keyboard.end();
      const [windows, answerable] = [layout.all(), layout.gate()];
      layout.clear();
      for (const window of windows) {
        pages.end(window);
        (window === answerable ? leavingGates : leavingCovers).close(window);
      }
    },
    bringToCover: (contents) => {
      if (!layout.swapWith(contents)) return;
      layOut();
      layout.gate()?.moveTop();
      layout.gate()?.focus();
    },
    notePainted: () => {
      if (pages.notePainted(layout.gate())) events.onRegained('renderer-gone');
    },
    gateContents: () => [...contentsOf([layout.gate()]), ...leavingGates.contents()],
    coverContents: () => [...contentsOf(layout.covers()), ...leavingCovers.contents()],
  };
}

function contentsOf(windows: readonly (BrowserWindow | undefined)[]): readonly Electron.WebContents[] {
  return windows.flatMap((window) => (window === undefined ? [] : [window.webContents]));
}

/** Reports once that a display was uncovered, and once that it is covered again. */
function createCoverReport(clock: Clock, events: GateWindowEvents) {
  let isLost = false;
  let settledAtMs = 0;
  return {
    noteMoving: () => {
      settledAtMs = clock.monotonicMs() + settledAfterMs;
    },
    note: (lost: string) => {
      if (lost !== '' && !isLost && clock.monotonicMs() > settledAtMs) {
        isLost = true;
        events.onInterrupted('cover-lost', lost);
      } else if (lost === '' && isLost) {
        isLost = false;
        events.onRegained('cover-lost');
      }
    },
  };
}
