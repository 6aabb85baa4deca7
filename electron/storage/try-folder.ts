/** Checks whether the agent could keep records in a folder: writes there, then restores the folder. */
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { dirname, join, toNamespacedPath } from 'node:path';
import { fail, type Result, succeed } from '../../shared/lib/result.ts';

/**
 * Writes a small file, syncs it, and removes it with the folders that it created. Never rejects. The reason is the
 * system's own message and may contain the path.
 */
export async function tryFolder(
  directory: string,
): Promise<Result<undefined, { readonly kind: 'full' | 'refused'; readonly reason: string }>> {
  const file = join(directory, `self-check-${process.pid}.tmp`);
  let made: string | undefined;
  try {
    made = await mkdir(directory, { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile('self-check\n');
      await handle.sync();
    } finally {
      await handle.close();
    }
    return succeed(undefined);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isFull = /\b(?:ENOSPC|EDQUOT)\b/u.test(reason);
    return fail({ kind: isFull ? 'full' : 'refused', reason });
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
    if (made !== undefined) await removeEmpty(directory, made);
  }
}

/** Removes empty folders only, so that an agent that starts to write there meanwhile loses nothing. */
async function removeEmpty(from: string, to: string): Promise<void> {
  // Windows returns the created folder in its long form (`\\?\`), while `from` has the short form.
  const top = toNamespacedPath(to).length;
  try {
    for (let folder = from; toNamespacedPath(folder).length >= top; folder = dirname(folder))
      await rmdir(folder);
  } catch {
    // The folder is in use now.
  }
}
