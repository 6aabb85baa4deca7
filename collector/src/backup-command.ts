/** `collector -- backup`: the whole database in one file, while the collector runs. */
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CollectorError } from './collector-error.ts';
import { syncFile, syncFolder } from './durable-write.ts';
import { sqliteTrouble } from './storage/sqlite-dialect.ts';
import { type Storage, storageTrouble } from './storage/storage.ts';

export const backupHelp = `  npm run collector -- backup FILE --data DIR
      Copies the whole database into a new file, while a collector may run. Published policies are folders beside the
      database: copy DIR/policies and DIR/policies-withdrawn too. To go back: end the
      collector, run restore and verify, and start.
`;

/** Throws CollectorError when a file of that name exists, or when it cannot be written. */
export async function runBackup(
  copyTo: NonNullable<Storage['copyTo']>,
  target: string,
  say: (line: string) => void,
): Promise<void> {
  // Written under another name until it is complete: half a copy must not look like a backup.
  const partial = `${target}.partial`;
  try {
    if (await isThere(target)) {
      throw new CollectorError(`${target} is there already and is not written over. Name a new file.`);
    }
    await rm(partial, { force: true });
    // It holds names and the hashes of tokens, so only its owner may read it.
    await (await open(partial, 'wx', 0o600)).close();
    await copyTo(partial);
    await syncFile(partial);
    await rename(partial, target);
    await syncFolder(path.dirname(target));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (error instanceof CollectorError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const trouble = storageTrouble(error) ?? sqliteTrouble(error);
    throw new CollectorError(
      trouble === 'full' || code === 'ENOSPC'
        ? `The disk is too full for ${target}. Make room, or name a file elsewhere.`
        : `${target} cannot be written (${trouble ?? code}). Check that its folder is there and may be written to, and the disk.`,
    );
  }
  const { size } = await stat(target);
  say(`The database is copied into ${target}, ${size} bytes.`);
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
