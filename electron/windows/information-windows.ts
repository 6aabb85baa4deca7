/** The small windows behind the tray: each is made on request and ends when it is closed. */
import type { BrowserWindow } from 'electron';
import { openPage, type PageFolders, type PageName, pageUrl } from './open-page.ts';

export type InformationPage = Extract<PageName, 'about' | 'agreements' | 'records' | 'problem'>;

export interface InformationWindows {
  /** Opens the page, or brings the open one to the front. */
  open(page: InformationPage): void;
  close(page: InformationPage): void;
  contents(page: InformationPage): readonly Electron.WebContents[];
  closeAll(): void;
}

interface Options {
  readonly folders: PageFolders;
  readonly windowTitle: (page: InformationPage) => string;
  readonly onFailed: (page: InformationPage, reason: string) => void;
}

export function createInformationWindows(options: Options): InformationWindows {
  const windows = new Map<InformationPage, BrowserWindow>();

  const create = (page: InformationPage): BrowserWindow => {
    const window = openPage(page, options.folders, {
      width: 640,
      height: 720,
      minWidth: 320,
      minHeight: 320,
      title: options.windowTitle(page),
      show: false,
      fullscreenable: false,
      // The frame is the system's, and so are its corners.
      roundedCorners: true,
    });
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => windows.delete(page));
    // A broken page is closed rather than left blank; asking for it again makes a new one.
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      options.onFailed(page, reason);
      window.destroy();
    });
    window.loadURL(pageUrl(page)).catch((error: unknown) => {
      options.onFailed(page, String(error));
      if (!window.isDestroyed()) window.destroy();
    });
    windows.set(page, window);
    return window;
  };

  return {
    open: (page) => {
      const window = windows.get(page) ?? create(page);
      if (window.isMinimized()) window.restore();
      if (window.isVisible()) window.focus();
    },
    close: (page) => windows.get(page)?.close(),
    contents: (page) => {
      const window = windows.get(page);
      return window === undefined ? [] : [window.webContents];
    },
    closeAll: () => {
      for (const window of windows.values()) window.destroy();
    },
  };
}
