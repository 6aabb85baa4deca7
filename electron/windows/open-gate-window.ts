/** Opens one window of the gate, in front of everything and on every virtual desktop. */
import type { BrowserWindow, Rectangle } from 'electron';
import type { Desktop } from '../platform/desktop/desktop.ts';
import { openPage, type PageFolders } from './open-page.ts';
import { putInFront } from './overlay.ts';
import { gateWindowOptions } from './prewarmed-window.ts';
import type { GatePage } from './watch-page.ts';

interface Options {
  readonly folders: PageFolders;
  readonly desktop: Desktop;
  /** The prewarmed window; undefined if there is none, or if it is taken. */
  readonly takePrewarmed: () => BrowserWindow | undefined;
  readonly windowTitle: () => string;
  readonly demonstration: boolean;
  /** Whether the window must stay: a user cannot close it then. */
  readonly mustStay: (window: BrowserWindow) => boolean;
  readonly onCloseRefused: (page: GatePage) => void;
  readonly onClosed: (window: BrowserWindow) => void;
  /** Ctrl+Shift+F12; called in demonstration mode only. */
  readonly onDemonstrationLeft: () => void;
}

export interface OpenedWindow {
  readonly window: BrowserWindow;
  /** The page is loading already. */
  readonly isLoading: boolean;
}

export function openGateWindow(page: GatePage, bounds: Rectangle, options: Options): OpenedWindow {
  const prewarmed = page === 'gate' ? options.takePrewarmed() : undefined;
  const window =
    prewarmed ?? openPage(page, options.folders, { ...bounds, ...gateWindowOptions(options.desktop) });
  window.setTitle(options.windowTitle());
  putInFront(window, 'screen-saver');
  window.on('close', (event) => {
    if (!options.mustStay(window)) return;
    event.preventDefault();
    options.onCloseRefused(page);
  });
  window.on('closed', () => options.onClosed(window));
  window.webContents.on('before-input-event', (event, input) => {
    if (!options.demonstration || !isLeaveKey(input)) return;
    event.preventDefault();
    options.onDemonstrationLeft();
  });
  return { window, isLoading: prewarmed !== undefined };
}

function isLeaveKey({ type, control, shift, key }: Electron.Input): boolean {
  return type === 'keyDown' && control && shift && key === 'F12';
}
