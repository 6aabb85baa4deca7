/** Keeps each window of the gate on its display: asks for bounds, and takes what the window answers as its place. */
import type { BrowserWindow, Rectangle } from 'electron';
import { type Answer, type Fit, judgeFit, startFit, type Target } from '../domain/gate/fit-cover.ts';
import { sameRectangle } from '../domain/gate/plan-cover.ts';
import type { WindowStatePort } from '../platform/window-state/window-state-port.ts';
import { showOnCurrentDesktop } from './overlay.ts';

interface Options {
  /** True to fill a display by full screen rather than by bounds. */
  readonly fullScreen: boolean;
  /** Undefined until it is loaded. */
  readonly windowState: () => WindowStatePort | undefined;
}

export interface GatePlaces {
  /** Places a window. Does nothing, and answers false, if the window has been placed there before. */
  put(window: BrowserWindow, target: Target): boolean;
  /** Corrects what has changed. Answers what a user could see past the window by; empty if nothing. */
  correct(window: BrowserWindow): string;
  /** The last request for bounds, and the number of all requests. The window must have been placed. */
  requested(window: BrowserWindow): { readonly asked: Rectangle; readonly requests: number };
}

export function createGatePlaces({ fullScreen, windowState }: Options): GatePlaces {
  const fits = new WeakMap<BrowserWindow, Fit>();
  const counts = new WeakMap<BrowserWindow, number>();

  const fill = (window: BrowserWindow, bounds: Rectangle) => {
    counts.set(window, (counts.get(window) ?? 0) + 1);
    if (!fullScreen) {
      window.setBounds(bounds);
      return;
    }
    // A full-screen window stays on its display, so make it an ordinary window first.
    if (window.isFullScreen()) window.setFullScreen(false);
    window.setBounds(bounds);
    window.setFullScreen(true);
  };

  const put = (window: BrowserWindow, target: Target): boolean => {
    const before = fits.get(window)?.target;
    if (before !== undefined && isSameTarget(before, target)) return false;
    const fit = startFit(target, !fullScreen);
    fits.set(window, fit);
    fill(window, fit.asked);
    return true;
  };

  const correct = (window: BrowserWindow): string => {
    let lost = '';
    if (window.isMinimized()) {
      lost = 'minimised';
      window.restore();
    }
    if (!window.isVisible()) {
      lost = 'hidden';
      window.showInactive();
    }
    const place = windowState()?.readPlace(window);
    const pixels = place?.ok === true ? place.value : undefined;
    if (pixels?.onCurrentDesktop === false && lost === '') {
      lost = 'on another virtual desktop';
      showOnCurrentDesktop(window);
    }
    const fit = fits.get(window);
    if (fit === undefined) return lost;
    const answer: Answer = { bounds: window.getBounds(), pixels };
    const judgement = judgeFit(fit, answer, !fullScreen);
    fits.set(window, judgement.fit);
    if (judgement.ask) fill(window, judgement.fit.asked);
    return judgement.covers ? lost : 'moved or resized';
  };

  return {
    put,
    correct,
    requested: (window) => ({
      asked: fits.get(window)?.asked ?? window.getBounds(),
      requests: counts.get(window) ?? 0,
    }),
  };
}

function isSameTarget(left: Target, right: Target): boolean {
  return left.scaleFactor === right.scaleFactor && sameRectangle(left.bounds, right.bounds);
}
