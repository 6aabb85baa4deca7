/** The agent's icon beside the clock. */
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { Menu, nativeImage, nativeTheme, Tray } from 'electron';
import type { Desktop } from '../platform/desktop/desktop.ts';
import type { TrayItem } from './tray-menu.ts';

export interface TrayIcon {
  update(tooltip: string, items: readonly TrayItem[]): void;
  dispose(): void;
}

export function createTrayIcon(iconFolder: string, format: Desktop['trayIconFormat']): TrayIcon {
  // `Tray` throws if the file is missing; an agent without an icon is better than no agent.
  const currentIcon = () => {
    const theme = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
    return nativeImage.createFromPath(join(iconFolder, `tray-${theme}.${format}`));
  };
  const tray = new Tray(currentIcon());
  const onThemeChanged = () => tray.setImage(currentIcon());
  nativeTheme.on('updated', onThemeChanged);
  return {
    update: (tooltip, items) => {
      tray.setToolTip(tooltip);
      // Linux shows a changed menu only when it is set again.
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
