/**
 * Covers every display for some seconds, as the gate does, and says what the system says about these windows. The self-check
 * uses it on a real PC, with the consent of the user who sits there.
 */
import { BrowserWindow, type Rectangle, screen } from 'electron';
import type { Result } from '../../shared/lib/result.ts';
import type { Desktop } from '../platform/desktop/desktop.ts';
import type { Clock } from '../platform/time/clock.ts';
import type {
  KeyboardOwner,
  WindowPlace,
  WindowStatePort,
  WindowStateProblem,
} from '../platform/window-state/window-state-port.ts';
import { createGatePlaces } from './gate-places.ts';
import { putInFront, takeKeyboard } from './overlay.ts';
import { gateWindowOptions } from './prewarmed-window.ts';

/** One display and its cover. Bounds are in device-independent pixels; `place` is in physical pixels. */
interface CoverFacts {
  readonly display: Rectangle;
  readonly scaleFactor: number;
  /** The bounds of the last request. */
  readonly asked: Rectangle;
  readonly answered: Rectangle;
  /** How often the agent asked the window for bounds. */
  readonly requests: number;
  /** What was uncovered at the last check; empty where nothing was. */
  readonly lost: string;
  readonly place: Result<WindowPlace, WindowStateProblem>;
}

export interface MeasuredCover {
  readonly covers: readonly CoverFacts[];
  /** Who had the keyboard at the last check, after the agent asked for it. */
  readonly keyboard: Result<KeyboardOwner, WindowStateProblem>;
  /** Whether Electron believed then that a cover had the keyboard. */
  readonly electronBelievesFocused: boolean;
}

interface Options {
  readonly clock: Clock;
  readonly desktop: Desktop;
  readonly windowState: WindowStatePort;
  readonly forSeconds: number;
}

/** Resolves after `forSeconds`, when the covers are gone. There are none where the system reports no display. */
export async function measureCover(options: Options): Promise<MeasuredCover> {
  const { clock, desktop, windowState } = options;
  const places = createGatePlaces({ fullScreen: desktop.fillsByFullScreen, windowState: () => windowState });
  const covers = screen.getAllDisplays().map((display) => {
    const window = new BrowserWindow({ ...display.bounds, ...gateWindowOptions(desktop) });
    putInFront(window, 'screen-saver');
    window.showInactive();
    places.put(window, display);
    return { display, window, lost: '' };
  });
  const windows = covers.map(({ window }) => window);
  const [first] = windows;
  try {
    if (first !== undefined) await takeKeyboard(first, windowState);
    for (let second = 0; second < options.forSeconds; second += 1) {
      await new Promise<void>((resolve) => {
        clock.setTimer(1000, resolve);
      });
      for (const cover of covers) cover.lost = places.correct(cover.window);
    }
    return {
      covers: covers.map(({ display, window, lost }) => ({
        display: display.bounds,
        scaleFactor: display.scaleFactor,
        ...places.requested(window),
        answered: window.getBounds(),
        lost,
        place: windowState.readPlace(window),
      })),
      keyboard: windowState.readKeyboard(windows),
      electronBelievesFocused: windows.some((window) => window.isFocused()),
    };
  } finally {
    for (const window of windows) window.destroy();
  }
}
