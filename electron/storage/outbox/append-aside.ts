/** Keeps beside the log what is no longer part of it: unfinished lines and refused acknowledgements. */
import { dirname } from 'node:path';
import { type OpenStorageFile, privateFileMode, syncDirectory, writeFully } from '../durable-file.ts';

/** Appends `bytes` to the file on a line of their own; they are on disk when it returns. */
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
