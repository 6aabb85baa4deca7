/** Shows one plain page over the whole display, as early as Electron allows, and says when it has been painted. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, ipcMain, net, screen } from 'electron';

const folder = path.dirname(fileURLToPath(import.meta.url));

/** Given for the floor of a gate that asks a collector first: twice, one question after the other, as at a first login. */
const address = process.env.PORTHOR_BARE_ASKS;
const ask = async () => {
  for (let round = 0; round < 2; round += 1) await (await net.fetch(address)).text();
};

let answered = Promise.resolve();
ipcMain.handle('painted', () => answered.then(() => console.log('bare painted')));
app.whenReady().then(() => {
  if (address !== undefined) answered = ask();
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
