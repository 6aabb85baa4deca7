/** Shows one plain page over the whole display, as early as Electron allows, and says when it has been painted. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, ipcMain, screen } from 'electron';

const folder = path.dirname(fileURLToPath(import.meta.url));

ipcMain.handle('painted', () => console.log('bare painted'));
app.whenReady().then(() => {
  const window = new BrowserWindow({
    ...screen.getPrimaryDisplay().bounds,
    frame: false,
    resizable: false,
    enableLargerThanScreen: true,
    skipTaskbar: true,
    backgroundColor: '#f7f8f7',
    // The sandbox, the isolation and the preload script that any window with a bridge has; nothing beyond them.
    webPreferences: { preload: path.join(folder, 'preload.cjs'), sandbox: true, contextIsolation: true },
  });
  window.setAlwaysOnTop(true, 'screen-saver');
  window.loadFile(path.join(folder, 'page.html'));
});
