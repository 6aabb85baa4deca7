/** The agent's icon beside the clock. */
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { Menu, nativeImage, nativeTheme, Tray } from 'electron';
import type { TrayItem } from './tray-menu.ts';

export interface TrayIcon {
  update(tooltip: string, items: readonly TrayItem[]): void;
  dispose(): void;
}

/** @param iconFile name of the icon file for a dark or a light taskbar. */
export function createTrayIcon(iconFolder: string, iconFile: (isDarkTaskbar: boolean) => string): TrayIcon {
  // From a path `Tray` throws when the file is not there; an agent without a picture is better than none.
  const currentIcon = () =>
    nativeImage.createFromPath(join(iconFolder, iconFile(nativeTheme.shouldUseDarkColors)));
  const tray = new Tray(currentIcon());
  const onThemeChanged = () => tray.setImage(currentIcon());
  nativeTheme.on('updated', onThemeChanged);
  return {
    update: (tooltip, items) => {
      tray.setToolTip(tooltip);
      // Linux shows a changed menu only when it is set anew.
      tray.setContextMenu(Menu.buildFromTemplate(items.map(toTemplate)));
    },
    dispose: () => {
      nativeTheme.off('updated', onThemeChanged);
      tray.destroy();
    },
  };
}

function toTemplate(item: TrayItem): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'text':
      return { label: item.label, enabled: false };
    case 'action':
      return { label: item.label, click: () => item.run() };
    case 'submenu':
      return { label: item.label, submenu: item.items.map(toTemplate) };
  }
}
