/** What all windows share that must be in front of every program: the gate, its covers and the cards of the warnings. */
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import type { Desktop } from '../platform/desktop/desktop.ts';
import type { WindowStatePort } from '../platform/window-state/window-state-port.ts';

type Level = 'screen-saver' | 'pop-up-menu';

/**
 * Without a frame, its shadow and its round corners, the system adds nothing to the window. Electron gives a frameless
 * window on Windows invisible borders unless `thickFrame` is false: then its bounds are not those that were asked for
 * (electron issues 51572 and 51679), and it reaches onto the neighbouring display.
 */
export const frameless = {
  frame: false,
  thickFrame: false,
  roundedCorners: false,
} as const satisfies BrowserWindowConstructorOptions;

/** Windows shows a tool window on every virtual desktop, the new ones too, and leaves it out of Alt+Tab. */
export function onEveryDesktop({ shownOnEveryDesktopBy }: Desktop): BrowserWindowConstructorOptions {
  return shownOnEveryDesktopBy === 'type' ? { type: 'toolbar' } : {};
}

export function putInFront(window: BrowserWindow, level: Level): void {
  window.setAlwaysOnTop(true, level);
  // Has no effect on Windows; see `onEveryDesktop`.
  window.setVisibleOnAllWorkspaces(true);
}

/** A window that is hidden belongs to no virtual desktop, and is shown on the one in front. */
export function showOnCurrentDesktop(window: BrowserWindow): void {
  window.hide();
  window.showInactive();
}

/** False where the system says that the window is on a virtual desktop that is not in front. */
export function isOnCurrentDesktop(window: BrowserWindow, state: WindowStatePort | undefined): boolean {
  const place = state?.readPlace(window);
  return place?.ok !== true || place.value.onCurrentDesktop;
}

/** Asks the system for the keyboard, because Electron may not notice that it was refused; else asks Electron. */
export async function takeKeyboard(window: BrowserWindow, state: WindowStatePort | undefined): Promise<void> {
  await state?.takeKeyboard(window);
  // Passes the keyboard on to the page. The window may have closed meanwhile.
  if (!window.isDestroyed()) window.focus();
}
