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

export function createTrayIcon(iconFolder: string, desktop: Desktop): TrayIcon {
  // `Tray` throws if the file is missing; an agent without an icon is better than no agent.
  const currentIcon = () => {
    const theme = isOnDarkBar(desktop) ? 'dark' : 'light';
    return nativeImage.createFromPath(join(iconFolder, `tray-${theme}.${desktop.trayIconFormat}`));
  };
  const tray = new Tray(currentIcon());
  // Enter on the icon is a click too, and the keyboard has no right button.
  if (desktop.trayClickOpensNothing) tray.on('click', () => tray.popUpContextMenu());
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

/** Windows has one theme for programs and one for its own bar; by default the first is light and the second is dark. */
function isOnDarkBar({ hasTaskbarTheme }: Desktop): boolean {
  return hasTaskbarTheme
    ? nativeTheme.shouldUseDarkColorsForSystemIntegratedUI
    : nativeTheme.shouldUseDarkColors;
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
