/** The tray icon without Electron: which picture it has, and what a click does. */
import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readLinuxDesktop, windowsDesktop } from '../../../../electron/platform/desktop/desktop.ts';
import { createTrayIcon } from '../../../../electron/tray/tray.ts';

const electron = vi.hoisted(() => ({
  theme: { shouldUseDarkColors: false, shouldUseDarkColorsForSystemIntegratedUI: true },
  themeListeners: new Set<() => void>(),
  trays: [] as { picture: string; menus: number; emit(event: string): boolean }[],
}));

vi.mock('electron', () => ({
  Menu: { buildFromTemplate: () => ({}) },
  nativeImage: { createFromPath: (path: string) => path },
  nativeTheme: Object.assign(electron.theme, {
    on: (_event: string, listener: () => void) => electron.themeListeners.add(listener),
    off: (_event: string, listener: () => void) => electron.themeListeners.delete(listener),
  }),
  Tray: class extends EventEmitter {
    picture: string;
    menus = 0;
    constructor(picture: string) {
      super();
      this.picture = picture;
      electron.trays.push(this);
    }
    setImage(picture: string) {
      this.picture = picture;
    }
    setToolTip() {}
    setContextMenu() {}
    popUpContextMenu() {
      this.menus += 1;
    }
    destroy() {}
  },
}));

beforeEach(() => {
  electron.trays.length = 0;
  Object.assign(electron.theme, {
    shouldUseDarkColors: false,
    shouldUseDarkColorsForSystemIntegratedUI: true,
  });
});

const linux = readLinuxDesktop({ DISPLAY: ':0' });

describe('the tray icon', () => {
  it('is light on the dark taskbar that Windows has by default, whatever the theme of programs', () => {
    createTrayIcon('/icons', windowsDesktop);
    expect(electron.trays[0]?.picture).toBe('/icons/tray-dark.ico');
    electron.theme.shouldUseDarkColorsForSystemIntegratedUI = false;
    electron.theme.shouldUseDarkColors = true;
    for (const listener of electron.themeListeners) listener();
    expect(electron.trays[0]?.picture).toBe('/icons/tray-light.ico');
  });

  it('follows the one theme of a Linux desktop', () => {
    createTrayIcon('/icons', linux);
    expect(electron.trays[0]?.picture).toBe('/icons/tray-light.png');
  });

  it('opens its menu on a left click and by Enter where the system does not', () => {
    createTrayIcon('/icons', windowsDesktop);
    electron.trays[0]?.emit('click');
    expect(electron.trays[0]?.menus).toBe(1);
    createTrayIcon('/icons', linux);
    electron.trays[1]?.emit('click');
    expect(electron.trays[1]?.menus, 'Linux opens it itself').toBe(0);
  });
});
