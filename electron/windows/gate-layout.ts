/** Which windows a shown gate has: the gate on one display, and a cover on every other. */
import type { BrowserWindow } from 'electron';
import { screen } from 'electron';
import { type DisplayFacts, planCover } from '../domain/gate/plan-cover.ts';
import type { GatePage } from './watch-page.ts';

interface Options {
  /** Opens a window and shows it on the display. */
  readonly open: (page: GatePage, display: DisplayFacts) => BrowserWindow;
  /** Sees to it that the window is on this display. Called for every window at every layout. */
  readonly place: (window: BrowserWindow, display: DisplayFacts) => void;
  /** The window's display is gone. The layout holds no reference to the window any more. */
  readonly retire: (window: BrowserWindow) => void;
}

export interface GateLayout {
  /** Opens, moves and retires windows until each display has one. */
  layOut(): void;
  gate(): BrowserWindow | undefined;
  covers(): readonly BrowserWindow[];
  /** The gate and its covers. */
  all(): readonly BrowserWindow[];
  has(window: BrowserWindow): boolean;
  /** Gives the gate the display of the cover with this page, and the cover that of the gate. False without such a cover. */
  swapWith(cover: Electron.WebContents): boolean;
  /** The window is gone. The next layout opens another one. */
  forget(window: BrowserWindow): void;
  clear(): void;
}

export function createGateLayout({ open, place, retire }: Options): GateLayout {
  let gate: BrowserWindow | undefined;
  let gateDisplayId: number | undefined;
  const covers = new Map<number, BrowserWindow>();
  const all = () => [...(gate === undefined ? [] : [gate]), ...covers.values()];

  const forget = (window: BrowserWindow) => {
    if (gate === window) gate = undefined;
    for (const [id, cover] of covers) if (cover === window) covers.delete(id);
  };

  return {
    layOut: () => {
      const person = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
      const plan = planCover(screen.getAllDisplays(), gateDisplayId, person.id);
      // If there is no display, the windows stay where they are until one is back.
      if (plan.gate === undefined) return;

      gateDisplayId = plan.gate.id;
      gate ??= open('gate', plan.gate);
      place(gate, plan.gate);

      const coverIds = new Set(plan.covers.map(({ id }) => id));
      for (const [id, cover] of [...covers]) {
        if (coverIds.has(id)) continue;
        forget(cover);
        retire(cover);
      }
      for (const display of plan.covers) {
        const cover = covers.get(display.id) ?? open('cover', display);
        covers.set(display.id, cover);
        place(cover, display);
      }
    },
    gate: () => gate,
    covers: () => [...covers.values()],
    all,
    has: (window) => all().includes(window),
    swapWith: (contents) => {
      const target = [...covers].find(([, cover]) => cover.webContents === contents);
      if (target === undefined || gate === undefined || gateDisplayId === undefined) return false;
      const [displayId, cover] = target;
      // The two windows swap displays, so that no display is uncovered in between.
      covers.delete(displayId);
      covers.set(gateDisplayId, cover);
      gateDisplayId = displayId;
      return true;
    },
    forget,
    clear: () => {
      gate = undefined;
      gateDisplayId = undefined;
      covers.clear();
    },
  };
}
