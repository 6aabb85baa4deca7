/** Keeps a page alive in each window of the gate: loads a page again that breaks, hangs or does not paint. */
import type { BrowserWindow } from 'electron';
import type { Clock } from '../platform/time/clock.ts';
import { pageUrl } from './open-page.ts';

/** A page that has not painted by then is loaded again. Slow lab PCs need this generous limit during login. */
const paintDeadlineMs = 30_000;
const unresponsiveGraceMs = 10_000;
const reloadDelaysMs = [0, 1000, 2000, 5000] as const;

export type GatePage = 'gate' | 'cover';

/** The running timers of one window: each entry cancels its timer. */
interface PageTimers {
  readonly paint?: () => void;
  readonly reload?: () => void;
  readonly unresponsive?: () => void;
}

export interface PageWatch {
  /** Watches the page of a new window, and loads it unless it is loading already. */
  start(window: BrowserWindow, page: GatePage, isLoading: boolean): void;
  /** Loads a page again that was found dead. Does nothing if a reload is already planned. */
  reloadIfDead(window: BrowserWindow, page: GatePage): void;
  /** The gate's page has painted. Answers whether a page was reloaded since the last painting. */
  notePainted(window: BrowserWindow | undefined): boolean;
  /** Cancels the window's timers. */
  end(window: BrowserWindow): void;
  /** The next broken page is reloaded at once. */
  resetDelays(): void;
}

interface Options {
  readonly clock: Clock;
  /** Whether the window should still exist. */
  readonly isWanted: (window: BrowserWindow) => boolean;
  /** Someone could see the page now. Never rejects. */
  readonly canBeSeen: () => Promise<boolean>;
  readonly onInterrupted: (what: 'renderer-gone' | 'unresponsive', detail: string) => void;
}

export function createPageWatch({ clock, isWanted, canBeSeen, onInterrupted }: Options): PageWatch {
  const timers = new Map<BrowserWindow, PageTimers>();
  const unpainted = new Set<BrowserWindow>();
  let reloads = 0;

  const setTimer = (window: BrowserWindow, name: keyof PageTimers, delayMs: number, fire: () => void) => {
    stopTimer(window, name);
    const stop = clock.setTimer(delayMs, () => {
      stopTimer(window, name);
      if (isWanted(window)) fire();
    });
    timers.set(window, { ...timers.get(window), [name]: stop });
  };
  const stopTimer = (window: BrowserWindow, name: keyof PageTimers) => {
    const { [name]: stop, ...others } = timers.get(window) ?? {};
    stop?.();
    timers.set(window, others);
  };

  const load = (window: BrowserWindow, page: GatePage) => {
    // `did-fail-load` reports a failed load, and reloads the page.
    window.loadURL(pageUrl(page)).catch(() => undefined);
  };
  const expectPaint = (window: BrowserWindow) => {
    unpainted.add(window);
    setTimer(window, 'paint', paintDeadlineMs, () => void endIfBroken(window));
  };
  /** A page that no one can see need not paint. It gets another deadline, and counts as no crash. */
  const endIfBroken = async (window: BrowserWindow): Promise<void> => {
    const isBroken = await canBeSeen();
    // During the question the page may have painted, died, or started again with a deadline of its own.
    const { paint, reload } = timers.get(window) ?? {};
    if (!isWanted(window) || !unpainted.has(window) || paint !== undefined || reload !== undefined) return;
    if (!isBroken) return expectPaint(window);
    onInterrupted('unresponsive', 'gate: not painted in time');
    window.webContents.forcefullyCrashRenderer();
  };
  const reloadLater = (window: BrowserWindow, page: GatePage) => {
    const delayMs = reloadDelaysMs[Math.min(reloads, reloadDelaysMs.length - 1)] ?? 0;
    reloads += 1;
    setTimer(window, 'reload', delayMs, () => {
      if (page === 'gate') expectPaint(window);
      load(window, page);
    });
  };
  const isReloadPlanned = (window: BrowserWindow) => timers.get(window)?.reload !== undefined;

  return {
    start: (window, page, isLoading) => {
      const { webContents } = window;
      const noteBroken = (reason: string) => {
        // A page that dies while it loads causes two events, but is one crash.
        if (!isWanted(window) || isReloadPlanned(window)) return;
        onInterrupted('renderer-gone', `${page}: ${reason}`);
        reloadLater(window, page);
      };
      webContents.on('render-process-gone', (_event, { reason }) => noteBroken(reason));
      webContents.on('did-fail-load', (_event, code, description) => noteBroken(`${description} (${code})`));
      window.on('unresponsive', () => {
        setTimer(window, 'unresponsive', unresponsiveGraceMs, () => {
          onInterrupted('unresponsive', page);
          webContents.forcefullyCrashRenderer();
        });
      });
      window.on('responsive', () => stopTimer(window, 'unresponsive'));
      if (page === 'gate') expectPaint(window);
      if (!isLoading) load(window, page);
    },
    reloadIfDead: (window, page) => {
      if (window.webContents.isCrashed() && !isReloadPlanned(window)) reloadLater(window, page);
    },
    notePainted: (window) => {
      if (window !== undefined) {
        stopTimer(window, 'paint');
        unpainted.delete(window);
      }
      const wasReloaded = reloads > 0;
      reloads = 0;
      return wasReloaded;
    },
    end: (window) => {
      for (const stop of Object.values(timers.get(window) ?? {})) stop();
      timers.delete(window);
      unpainted.delete(window);
    },
    resetDelays: () => {
      reloads = 0;
    },
  };
}
