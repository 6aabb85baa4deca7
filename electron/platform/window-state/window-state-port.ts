/** What the system itself says about the windows of this program: who has the keyboard, and where a window really is. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

/** The part of Electron's window that names it to the system. */
export interface SystemWindow {
  /** On Windows the handle of the window, as the bytes of a pointer. */
  getNativeWindowHandle(): Buffer;
  isFocused(): boolean;
  focus(): void;
}

export interface PixelRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * `window`: one of the windows in question. `own`: another window of this program. `other`: a window of another program.
 * `none`: no window on this desktop, for instance while the screen is locked, or between two windows. `set-up`: a page with
 * which the system sets up the account or the PC; the user must be able to type there.
 */
export type KeyboardOwner =
  | { readonly kind: 'window' | 'own' | 'none' | 'set-up' }
  /** `by`: the kind of window, as the system names it; never its title. Empty where the system does not say. */
  | { readonly kind: 'other'; readonly by: string };

/** In physical pixels of the whole desktop. */
export interface WindowPlace {
  /** The window with its frame and its invisible borders. */
  readonly outer: PixelRectangle;
  /** The area that the window paints. */
  readonly painted: PixelRectangle;
  /** The display that most of the window is on. */
  readonly display: PixelRectangle;
  /** Physical pixels to one device-independent pixel, times 100. */
  readonly scalePercent: number;
  /** False for a window that the system keeps on a virtual desktop that is not in front. */
  readonly onCurrentDesktop: boolean;
}

export interface WindowStateProblem {
  /** `none`: nothing here can tell. `unreadable`: it could not be read this time. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface WindowStatePort {
  capability(): Capability;
  /** Who has the keyboard now. Cheap, at once; never throws. */
  readKeyboard(windows: readonly SystemWindow[]): Result<KeyboardOwner, WindowStateProblem>;
  /**
   * Asks the system to give the keyboard to `window`. Resolves within 1 s with whether it took the request; who has the
   * keyboard shows only a moment later, in `readKeyboard`. Never rejects.
   */
  takeKeyboard(window: SystemWindow): Promise<Result<undefined, WindowStateProblem>>;
  /** Where the window is. Cheap, at once; never throws. */
  readPlace(window: SystemWindow): Result<WindowPlace, WindowStateProblem>;
}
