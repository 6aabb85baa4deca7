/** Puts an icon with a menu beside the clock, says so, and stays. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, Menu, nativeImage, Tray } from 'electron';

const icon = fileURLToPath(new URL('../../../../assets/icons/tray-light.png', import.meta.url));

let tray;
app.on('window-all-closed', () => undefined);
app.whenReady().then(() => {
  tray = new Tray(nativeImage.createFromPath(path.normalize(icon)));
  tray.setToolTip('Bare tray');
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Nothing', enabled: false },
      { label: 'Quit', click: () => app.quit() },
    ]),
  );
  console.log('bare tray');
});
