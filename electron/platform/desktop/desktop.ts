/** Traits of the desktop: the agent acts on these, and never on the name of the operating system. */

export interface Desktop {
  /** Where windows appear. `none`: this process has no display. */
  readonly display: 'windows' | 'x11' | 'wayland' | 'none' | 'other';
  /**
   * A window fills a display by full screen and not by its bounds. On X11 Chromium makes a window of exactly the
   * display's size one pixel smaller, so that window managers do not take it for full screen, and panels stay above it.
   */
  readonly fillsByFullScreen: boolean;
  /**
   * A warning above another program's full screen gets no keyboard. On X11 a window is placed there only when the window
   * manager does not control it, and such a window has no focus.
   */
  readonly warnsWithoutKeyboard: boolean;
  /**
   * How a window is shown on every virtual desktop. `type`: Windows shows a tool window on all of them, and Electron's call
   * has no effect there. `call`: Electron's call works.
   */
  readonly shownOnEveryDesktopBy: 'type' | 'call';
  readonly trayIconFormat: 'ico' | 'png';
  /** The bar with the tray icon has a theme of its own, beside that of the programs. */
  readonly hasTaskbarTheme: boolean;
  /** A left click on the tray icon, and Enter on it, open no menu by themselves. */
  readonly trayClickOpensNothing: boolean;
  /** The system tells of the end of the session through a window of the program. */
  readonly endsSessionThroughWindow: boolean;
  /** Chromium loads GTK into the main process. */
  readonly loadsGtk: boolean;
}

export const windowsDesktop: Desktop = {
  display: 'windows',
  fillsByFullScreen: false,
  warnsWithoutKeyboard: false,
  shownOnEveryDesktopBy: 'type',
  trayIconFormat: 'ico',
  hasTaskbarTheme: true,
  trayClickOpensNothing: true,
  endsSessionThroughWindow: true,
  loadsGtk: false,
};

export const unknownDesktop: Desktop = {
  ...windowsDesktop,
  display: 'other',
  shownOnEveryDesktopBy: 'call',
  trayIconFormat: 'png',
  hasTaskbarTheme: false,
  trayClickOpensNothing: false,
  endsSessionThroughWindow: false,
};

/** @param environment of this process; the login session has set the display's variables there. */
export function readLinuxDesktop(environment: Readonly<Record<string, string | undefined>>): Desktop {
  const { XDG_SESSION_TYPE: session, WAYLAND_DISPLAY: wayland = '', DISPLAY: display = '' } = environment;
  const traits = {
    fillsByFullScreen: true,
    warnsWithoutKeyboard: true,
    shownOnEveryDesktopBy: 'call',
    trayIconFormat: 'png',
    hasTaskbarTheme: false,
    trayClickOpensNothing: false,
    endsSessionThroughWindow: false,
    loadsGtk: true,
  } as const;
  if (session === 'wayland' || wayland !== '') return { display: 'wayland', ...traits };
  return { display: display === '' ? 'none' : 'x11', ...traits };
}
