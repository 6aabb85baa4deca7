/** Keeps beside the log what is no longer part of it: a line that was not finished, an acknowledgement that was refused. */
import { dirname } from 'node:path';
import { type OpenStorageFile, privateFileMode, syncDirectory, writeFully } from '../durable-file.ts';

/** Adds a piece to the file, on disk when it returns. Pieces stand on lines of their own. */
export async function appendAside(path: string, bytes: Uint8Array, openFile: OpenStorageFile): Promise<void> {
  const file = await openFile(path, 'a', privateFileMode);
  try {
    const { size } = await file.stat();
    const lineFeed = Buffer.from('\n');
    await writeFully(file, Buffer.concat(size === 0 ? [bytes, lineFeed] : [lineFeed, bytes, lineFeed]), size);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}
