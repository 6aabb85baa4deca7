/**
 * The windows of the gate: one that can be answered, and a cover on every other display.
 *
 * Focus, blur and display events are taken as hints only (they are known to be missed): a slow loop compares what
 * is there with what should be there, once a second, and puts it right.
 */
import type { BrowserWindow, Display } from 'electron';
import { screen } from 'electron';
import { planCover, type Rectangle, sameRectangle } from '../domain/gate/plan-cover.ts';
import type { Clock } from '../platform/time/clock.ts';
import { createLeavingWindows } from './leaving-windows.ts';
import { openPage, type PageFolders, pageUrl } from './open-page.ts';
import { gateWindowOptions } from './prewarmed-window.ts';

const assertEveryMs = 1000;
/** A page that has not painted by then is loaded anew. Slow lab PCs under login load need the generous figure. */
const paintDeadlineMs = 30_000;
const unresponsiveGraceMs = 10_000;
const reloadDelaysMs = [0, 1000, 2000, 5000] as const;

export type Interruption = 'renderer-gone' | 'unresponsive' | 'window-closed' | 'cover-lost';

interface GateWindowEvents {
  /** Cover or page was lost. A page that hangs is ended, so that `renderer-gone` follows `unresponsive`. */
  onInterrupted(what: Interruption, detail: string): void;
  onRegained(what: Interruption): void;
  /** Ctrl+Shift+F12; only called in demonstration mode. */
  onDemonstrationLeft(): void;
}

export interface GateWindows {
  show(): void;
  /** Takes every window away, so that no renderer process stays alive behind an open gate. */
  hide(): void;
  /** Brings the answerable window to the display that the given cover window is on. */
  bringToCover(cover: Electron.WebContents): void;
  /** The page of the gate has painted. */
  notePainted(): void;
  gateContents(): readonly Electron.WebContents[];
  coverContents(): readonly Electron.WebContents[];
}

/** Running timers of one window: each entry calls its timer off. */
interface PageTimers {
  readonly paint?: () => void;
  readonly reload?: () => void;
  readonly unresponsive?: () => void;
}

interface Options {
  readonly folders: PageFolders;
  /** The window that was started before it was known to be needed; undefined when there is none (any more). */
  readonly takePrewarmed: () => BrowserWindow | undefined;
  readonly clock: Clock;
  readonly demonstration: boolean;
  /** Fill a display by full screen rather than by bounds. */
  readonly fullScreen: boolean;
  readonly windowTitle: () => string;
  /** Something of our own stands above the gate, and is neither covered nor deprived of the keyboard. */
  readonly mayBeCovered: () => boolean;
  readonly events: GateWindowEvents;
}

export function createGateWindows(options: Options): GateWindows {
  const { clock, events } = options;
  let shown = false;
  let gate: BrowserWindow | undefined;
  let gateDisplayId: number | undefined;
  const covers = new Map<number, BrowserWindow>();
  /** The windows that should be there, and the bounds each should have. */
  const wanted = new Map<BrowserWindow, Rectangle>();
  const leavingGates = createLeavingWindows(clock);
  const leavingCovers = createLeavingWindows(clock);
  const timers = new Map<BrowserWindow, PageTimers>();
  let stopLoop = () => {};
  let reloads = 0;
  let coverIsLost = false;
  /** Windows that the plan itself has just moved may take a moment to arrive there. */
  let settledAtMs = 0;

  const create = (page: 'gate' | 'cover', bounds: Rectangle): BrowserWindow => {
    const started = page === 'gate' ? options.takePrewarmed() : undefined;
    const window =
      started ??
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
      endTimers(window);
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
    const noteBroken = (reason: string) => {
      // A page that dies while it loads is told of twice, and is one crash.
      if (!wanted.has(window) || timers.get(window)?.reload !== undefined) return;
      events.onInterrupted('renderer-gone', `${page}: ${reason}`);
      reloadLater(window, page);
    };
    window.webContents.on('render-process-gone', (_event, { reason }) => noteBroken(reason));
    window.webContents.on('did-fail-load', (_event, code, description) =>
      noteBroken(`${description} (${code})`),
    );
    window.on('unresponsive', () => {
      setPageTimer(window, 'unresponsive', unresponsiveGraceMs, () => {
        events.onInterrupted('unresponsive', page);
        window.webContents.forcefullyCrashRenderer();
      });
    });
    window.on('responsive', () => stopPageTimer(window, 'unresponsive'));
    wanted.set(window, bounds);
    if (page === 'gate') expectPaint(window);
    if (started === undefined) load(window, page);
    window.showInactive();
    fillDisplay(window, bounds);
    return window;
  };

  const fillDisplay = (window: BrowserWindow, bounds: Rectangle) => {
    if (!options.fullScreen) {
      window.setBounds(bounds);
      return;
    }
    // A full-screen window stays on its display until it is an ordinary one again.
    if (window.isFullScreen()) window.setFullScreen(false);
    window.setBounds(bounds);
    window.setFullScreen(true);
  };

  const expectPaint = (window: BrowserWindow) => {
    setPageTimer(window, 'paint', paintDeadlineMs, () => {
      events.onInterrupted('unresponsive', 'gate: not painted in time');
      window.webContents.forcefullyCrashRenderer();
    });
  };

  const load = (window: BrowserWindow, page: 'gate' | 'cover') => {
    // A failed load is told by `did-fail-load`, which loads it anew.
    window.loadURL(pageUrl(page)).catch(() => undefined);
  };

  const reloadLater = (window: BrowserWindow, page: 'gate' | 'cover') => {
    const delayMs = reloadDelaysMs[Math.min(reloads, reloadDelaysMs.length - 1)] ?? 0;
    reloads += 1;
    setPageTimer(window, 'reload', delayMs, () => {
      if (page === 'gate') expectPaint(window);
      load(window, page);
    });
  };

  const setPageTimer = (window: BrowserWindow, name: keyof PageTimers, delayMs: number, fire: () => void) => {
    stopPageTimer(window, name);
    const stop = clock.setTimer(delayMs, () => {
      stopPageTimer(window, name);
      if (wanted.has(window)) fire();
    });
    timers.set(window, { ...timers.get(window), [name]: stop });
  };

  const stopPageTimer = (window: BrowserWindow, name: keyof PageTimers) => {
    const { [name]: stop, ...others } = timers.get(window) ?? {};
    stop?.();
    timers.set(window, others);
  };

  const endTimers = (window: BrowserWindow) => {
    for (const stop of Object.values(timers.get(window) ?? {})) stop();
    timers.delete(window);
  };

  const layOut = () => {
    if (!shown) return;
    const displays = screen.getAllDisplays();
    const person = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const plan = planCover(displays, gateDisplayId, person.id);
    // With no display at all there is nowhere to move to; the windows stay until one is back.
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
    endTimers(window);
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
      if (window.webContents.isCrashed() && timers.get(window)?.reload === undefined) {
        reloadLater(window, window === gate ? 'gate' : 'cover');
      }
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
      reloads = 0;
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
        endTimers(window);
        (window === answerable ? leavingGates : leavingCovers).close(window);
      }
    },
    bringToCover: (contents) => {
      const target = [...covers].find(([, cover]) => cover.webContents === contents);
      if (target === undefined || gate === undefined || gateDisplayId === undefined) return;
      const [displayId, cover] = target;
      // The two windows change places, so that no display is bare in between.
      covers.delete(displayId);
      covers.set(gateDisplayId, cover);
      gateDisplayId = displayId;
      layOut();
      gate.moveTop();
      gate.focus();
    },
    notePainted: () => {
      if (gate !== undefined) stopPageTimer(gate, 'paint');
      if (reloads > 0) {
        reloads = 0;
        events.onRegained('renderer-gone');
      }
    },
    gateContents: () => [...(gate === undefined ? [] : [gate.webContents]), ...leavingGates.contents()],
    coverContents: () => [
      ...[...covers.values()].map(({ webContents }) => webContents),
      ...leavingCovers.contents(),
    ],
  };
}
