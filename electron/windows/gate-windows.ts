/**
 * The windows of the gate: one that takes the answer, and a cover on every other display.
 *
 * Focus, blur and display events are only hints, because systems are known to miss them. Once a second the agent compares
 * the windows with what they should be, and corrects them.
 */
import type { BrowserWindow, Display } from 'electron';
import { screen } from 'electron';
import { planCover, type Rectangle, sameRectangle } from '../domain/gate/plan-cover.ts';
import type { Clock } from '../platform/time/clock.ts';
import { createLeavingWindows } from './leaving-windows.ts';
import { openPage, type PageFolders } from './open-page.ts';
import { gateWindowOptions } from './prewarmed-window.ts';
import { createPageWatch, type GatePage } from './watch-page.ts';

const assertEveryMs = 1000;

export type Interruption = 'renderer-gone' | 'unresponsive' | 'window-closed' | 'cover-lost';

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
  /** True to fill a display by full screen rather than by bounds. */
  readonly fullScreen: boolean;
  readonly windowTitle: () => string;
  /** A warning of the agent is above the gate. The gate neither covers it nor takes its keyboard. */
  readonly mayBeCovered: () => boolean;
  readonly events: GateWindowEvents;
}

export function createGateWindows(options: Options): GateWindows {
  const { clock, events } = options;
  let shown = false;
  let gate: BrowserWindow | undefined;
  let gateDisplayId: number | undefined;
  const covers = new Map<number, BrowserWindow>();
  /** The windows that should exist, each with its bounds. */
  const wanted = new Map<BrowserWindow, Rectangle>();
  const leavingGates = createLeavingWindows(clock);
  const leavingCovers = createLeavingWindows(clock);
  const pages = createPageWatch({
    clock,
    isWanted: (window) => wanted.has(window),
    onInterrupted: events.onInterrupted,
  });
  let stopLoop = () => {};
  let coverIsLost = false;
  /** Until then a window that the plan has moved may still be moving. */
  let settledAtMs = 0;

  const create = (page: GatePage, bounds: Rectangle): BrowserWindow => {
    const prewarmed = page === 'gate' ? options.takePrewarmed() : undefined;
    const window =
      prewarmed ??
      openPage(page, options.folders, {
        ...bounds,
        ...gateWindowOptions(options.fullScreen),
      });
    window.setTitle(options.windowTitle());
    window.setAlwaysOnTop(true, 'screen-saver');
    window.setVisibleOnAllWorkspaces(true);
    window.on('close', (event) => {
      if (shown && wanted.has(window)) {
        event.preventDefault();
        events.onInterrupted('window-closed', page);
      }
    });
    window.on('closed', () => {
      pages.end(window);
      wanted.delete(window);
      if (gate === window) gate = undefined;
      for (const [id, cover] of covers) if (cover === window) covers.delete(id);
    });
    window.webContents.on('before-input-event', (event, input) => {
      if (
        options.demonstration &&
        input.type === 'keyDown' &&
        input.control &&
        input.shift &&
        input.key === 'F12'
      ) {
        event.preventDefault();
        events.onDemonstrationLeft();
      }
    });
    wanted.set(window, bounds);
    pages.start(window, page, prewarmed !== undefined);
    window.showInactive();
    fillDisplay(window, bounds);
    return window;
  };

  const fillDisplay = (window: BrowserWindow, bounds: Rectangle) => {
    if (!options.fullScreen) {
      window.setBounds(bounds);
      return;
    }
    // A full-screen window stays on its display, so make it an ordinary window first.
    if (window.isFullScreen()) window.setFullScreen(false);
    window.setBounds(bounds);
    window.setFullScreen(true);
  };

  const layOut = () => {
    if (!shown) return;
    const displays = screen.getAllDisplays();
    const person = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const plan = planCover(displays, gateDisplayId, person.id);
    // If there is no display, the windows stay where they are until one is back.
    if (plan.gate === undefined) return;

    gateDisplayId = plan.gate.id;
    if (gate === undefined) gate = create('gate', plan.gate.bounds);
    place(gate, plan.gate.bounds);

    const coverIds = new Set(plan.covers.map(({ id }) => id));
    for (const [id, cover] of covers) if (!coverIds.has(id)) retire(cover);
    for (const { id, bounds } of plan.covers) {
      let cover = covers.get(id);
      if (cover === undefined) {
        cover = create('cover', bounds);
        covers.set(id, cover);
      }
      place(cover, bounds);
    }
  };

  const place = (window: BrowserWindow, bounds: Rectangle) => {
    const before = wanted.get(window);
    wanted.set(window, bounds);
    if (before === undefined || !sameRectangle(before, bounds)) {
      settledAtMs = clock.monotonicMs() + 2 * assertEveryMs;
      fillDisplay(window, bounds);
    }
  };

  const retire = (window: BrowserWindow) => {
    pages.end(window);
    wanted.delete(window);
    for (const [id, cover] of covers) if (cover === window) covers.delete(id);
    leavingCovers.close(window);
  };

  const assertCover = () => {
    layOut();
    let lost = '';
    for (const [window, bounds] of wanted) {
      if (window.isMinimized()) {
        lost = 'minimised';
        window.restore();
      }
      if (!window.isVisible()) {
        lost = 'hidden';
        window.showInactive();
      }
      if (!sameRectangle(window.getBounds(), bounds)) {
        lost = 'moved or resized';
        fillDisplay(window, bounds);
      }
      pages.reloadIfDead(window, window === gate ? 'gate' : 'cover');
      if (options.mayBeCovered()) continue;
      window.setAlwaysOnTop(true, 'screen-saver');
      window.moveTop();
    }
    if (
      gate !== undefined &&
      !options.mayBeCovered() &&
      ![...wanted.keys()].some((window) => window.isFocused())
    )
      gate.focus();
    noteCover(lost);
    stopLoop = clock.setTimer(assertEveryMs, assertCover);
  };

  const noteCover = (lost: string) => {
    if (lost !== '' && !coverIsLost && clock.monotonicMs() > settledAtMs) {
      coverIsLost = true;
      events.onInterrupted('cover-lost', lost);
    } else if (lost === '' && coverIsLost) {
      coverIsLost = false;
      events.onRegained('cover-lost');
    }
  };

  const onDisplaysChanged = (_event: unknown, _display: Display) => layOut();

  return {
    show: () => {
      if (shown) return;
      shown = true;
      pages.resetDelays();
      settledAtMs = clock.monotonicMs() + 2 * assertEveryMs;
      screen.on('display-added', onDisplaysChanged);
      screen.on('display-removed', onDisplaysChanged);
      screen.on('display-metrics-changed', onDisplaysChanged);
      layOut();
      gate?.focus();
      stopLoop = clock.setTimer(assertEveryMs, assertCover);
    },
    hide: () => {
      if (!shown) return;
      shown = false;
      screen.off('display-added', onDisplaysChanged);
      screen.off('display-removed', onDisplaysChanged);
      screen.off('display-metrics-changed', onDisplaysChanged);
      stopLoop();
      const windows = [...wanted.keys()];
      const answerable = gate;
      wanted.clear();
      covers.clear();
      gate = undefined;
      gateDisplayId = undefined;
      for (const window of windows) {
        pages.end(window);
        (window === answerable ? leavingGates : leavingCovers).close(window);
      }
    },
    bringToCover: (contents) => {
      const target = [...covers].find(([, cover]) => cover.webContents === contents);
      if (target === undefined || gate === undefined || gateDisplayId === undefined) return;
      const [displayId, cover] = target;
      // The two windows swap displays, so that no display is uncovered in between.
      covers.delete(displayId);
      covers.set(gateDisplayId, cover);
      gateDisplayId = displayId;
      layOut();
      gate.moveTop();
      gate.focus();
    },
    notePainted: () => {
      if (pages.notePainted(gate)) events.onRegained('renderer-gone');
    },
    gateContents: () => [...(gate === undefined ? [] : [gate.webContents]), ...leavingGates.contents()],
    coverContents: () => [
      ...[...covers.values()].map(({ webContents }) => webContents),
      ...leavingCovers.contents(),
    ],
  };
}
