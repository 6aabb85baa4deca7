/** Lets the page say that it has been painted. */
const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('bare', { painted: () => ipcRenderer.invoke('painted') });
