/** Opens a page of the agent in a window of its own, always with the same hardened preferences. */
import { join } from 'node:path';
import type { BrowserWindowConstructorOptions } from 'electron';
import { BrowserWindow, nativeTheme } from 'electron';

export type PageName =
  | 'gate'
  | 'cover'
  | 'about'
  | 'agreements'
  | 'records'
  | 'problem'
  | 'idle-warning'
  | 'media-warning';

export const appScheme = 'porthor';

export function pageUrl(page: PageName): string {
  return `${appScheme}://app/${page}.html`;
}

/** Folder of the built preload scripts, one a page. */
export interface PageFolders {
  readonly preload: string;
}

/** Each window says whether its corners are round: the default differs between systems and versions of Electron. */
export interface WindowOptions extends BrowserWindowConstructorOptions {
  readonly roundedCorners: boolean;
}

export function openPage(page: PageName, folders: PageFolders, options: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    // The colour before the page has painted, so that there is no flash.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14191a' : '#f7f8f7',
    ...options,
    webPreferences: {
      preload: join(folders.preload, `${page}.cjs`),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // A covered or background window must continue its countdown, and must repaint as soon as it is shown.
      backgroundThrottling: false,
    },
  });
  window.webContents.on('before-input-event', (event, input) => {
    if (input.type === 'keyDown' && zoomByKey(window, input)) event.preventDefault();
  });
  return window;
}

/** Ctrl with plus, minus and 0 zooms between 100 % and 300 %, because there is no menu for it (WCAG 1.4.4). */
function zoomByKey(window: BrowserWindow, input: Electron.Input): boolean {
  if (!input.control || input.alt || input.meta) return false;
  const { webContents } = window;
  const factor = webContents.getZoomFactor();
  if (input.key === '+' || input.key === '=') webContents.setZoomFactor(Math.min(3, factor + 0.25));
  else if (input.key === '-') webContents.setZoomFactor(Math.max(1, factor - 0.25));
  else if (input.key === '0') webContents.setZoomFactor(1);
  else return false;
  return true;
}
