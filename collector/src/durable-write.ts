/** Writes that outlast a power cut. */
import { open } from 'node:fs/promises';

/** Waits until what was written into a file is on the disk. */
export async function syncFile(file: string): Promise<void> {
  // Windows syncs only files that were opened for writing.
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder outlast a power cut. Windows keeps them by itself, and refuses to sync a folder (EPERM). */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder).catch(() => undefined);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}
