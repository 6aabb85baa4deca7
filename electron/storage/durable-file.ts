/** Writes files so that after a power cut they are either complete or unchanged. */
import { constants } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { type Patience, whileHeld } from './held-file.ts';
import { errorCode } from './storage-fault.ts';

/** The part of an open file that storage uses; tests replace it with one that fails. */
export type StorageFile = {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  stat(): Promise<{ size: number }>;
  close(): Promise<void>;
};

export type OpenStorageFile = (path: string, flags: string, mode: number) => Promise<StorageFile>;

/** A sharing violation on Windows, and nothing else there. */
const heldCodes = ['EBUSY'];

/** Opens. Waits for some seconds while another program holds the file. */
export const openStorageFile: OpenStorageFile = (path, flags, mode) =>
  whileHeld(() => open(path, flags, mode), { codes: heldCodes });

/** Only the person's own account may read what the agent keeps. */
export const privateFileMode = 0o600;
export const privateFolderMode = 0o700;

/**
 * Writes all bytes at `position`. A disk that is nearly full writes a part and returns a smaller count, so this checks the
 * count and writes the rest, which then fails with ENOSPC.
 */
export async function writeFully(file: StorageFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten <= 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}

/** Reads up to `length` bytes at `position`; fewer only at the end of the file. */
export async function readFully(file: StorageFile, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

/**
 * Makes a rename or a new file in this folder survive a power cut. Windows has no such call for folders and fails with one
 * of the codes below; NTFS journals the folder itself.
 */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'EBADF', 'ENOTSUP'].includes(errorCode(error))) throw error;
  }
}

/** Windows gives the first two for a held file too, not only for a lack of rights. */
const heldTargetCodes = ['EPERM', 'EACCES', 'EBUSY'];

/** Renames. Waits for some seconds while another program holds one of the files. */
export function renameOver(from: string, to: string, patience?: Patience): Promise<void> {
  return whileHeld(() => rename(from, to), {
    codes: heldTargetCodes,
    ...(patience === undefined ? {} : { patience }),
  });
}

/** Replaces the file: when it returns, `bytes` are on disk; when it throws, the old file is unchanged. */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  openFile: OpenStorageFile = openStorageFile,
): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const file = await openFile(temporary, 'w', privateFileMode);
    try {
      await writeFully(file, bytes, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

function asideName(path: string, what: string, nowUtc: Date, attempt: number): string {
  const extension = extname(path);
  const stamp = nowUtc.toISOString().replace(/[-:.]/gu, '');
  const again = attempt === 0 ? '' : `-${attempt}`;
  return join(dirname(path), `${basename(path, extension)}.${what}-${stamp}${again}${extension}`);
}

/** Copies a file to a free name beside it and returns the name; the copy is then on disk. */
export async function copyAside(path: string, what: string, nowUtc: Date): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const target = asideName(path, what, nowUtc, attempt);
    try {
      await copyFile(path, target, constants.COPYFILE_EXCL);
    } catch (error) {
      if (errorCode(error) === 'EEXIST' && attempt < 1000) continue;
      if (errorCode(error) !== 'EEXIST') await rm(target, { force: true }).catch(() => undefined);
      throw error;
    }
    const copy = await open(target, 'r+');
    try {
      await copy.sync();
    } finally {
      await copy.close();
    }
    await syncDirectory(dirname(path));
    return basename(target);
  }
}

/** Moves a file to a free name beside it and returns the name. */
export async function moveAside(path: string, what: string, nowUtc: Date): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const target = asideName(path, what, nowUtc, attempt);
    try {
      // Reserve the name first: a rename would replace an older file of that name.
      await (await open(target, 'wx', privateFileMode)).close();
    } catch (error) {
      if (errorCode(error) === 'EEXIST' && attempt < 1000) continue;
      throw error;
    }
    await renameOver(path, target);
    await syncDirectory(dirname(path));
    return basename(target);
  }
}
