/** One agent at a time in a state folder. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, type Result, succeed } from '../../shared/lib/result.ts';
import { privateFileMode } from './durable-file.ts';
import { isWindowsFileSystem, type Patience, usualPatience, whileHeld } from './held-file.ts';
import { errorCode } from './storage-fault.ts';

export type DirectoryLock = { release(): Promise<void> };

/** `holderPid` is 0 where the system does not name the holder. */
export type LockProblem = { readonly kind: 'in-use'; readonly holderPid: number };

const lockName = 'agent.lock';
const holderSchema = z.object({ pid: z.int().min(1), mark: z.string(), nonce: z.string() });
type Holder = z.infer<typeof holderSchema>;

/**
 * On Windows libuv opens a file without sharing under this flag: the system refuses a second open, and releases the file
 * however the process ends. Node does not export the flag.
 */
const windowsNoSharing = isWindowsFileSystem ? 0x1000_0000 : 0;

/** A scanner may read the lock's file for some seconds. To the collector a second folder is a second agent. */
const scannerPatienceMs = 5000;

/**
 * Identifies one run of a process. The system reuses process ids, often within minutes, and a lock that seems to belong to
 * another process would keep the gate shut. Empty where there is no /proc.
 */
async function processMark(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name in brackets may contain anything, so count the fields after it: the state is first, the start time 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0] ?? '';
    if (state === 'Z' || state === 'X') return 'ended';
    return `${boot.trim()}:${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another account.
    if (errorCode(error) !== 'EPERM') return false;
  }
  return (await processMark(holder.pid)) === holder.mark;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function lockByOpenFile(path: string, patience: Patience): Promise<Result<DirectoryLock, LockProblem>> {
  const openAlone = () =>
    open(path, constants.O_RDWR | constants.O_CREAT | windowsNoSharing, privateFileMode);
  let handle: FileHandle;
  try {
    handle = await whileHeld(openAlone, {
      codes: ['EBUSY'],
      patience,
      // An agent lets no other program open the file; a scanner does.
      isWorthWaiting: () => opensShared(path),
    });
  } catch (error) {
    // Only a sharing violation gives this code. A refusal by permissions has no holder, so it is thrown as it is.
    if (errorCode(error) === 'EBUSY') return fail({ kind: 'in-use', holderPid: 0 });
    throw error;
  }
  return succeed({ release: () => handle.close() });
}

async function opensShared(path: string): Promise<boolean> {
  try {
    await (await open(path, constants.O_RDONLY)).close();
    return true;
  } catch (error) {
    // The file may also have gone meanwhile.
    return errorCode(error) !== 'EBUSY';
  }
}

let claims = 0;

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // File systems without links (FAT, some network homes): use a copy that does not replace.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error))) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

async function lockByHolder(path: string): Promise<Result<DirectoryLock, LockProblem>> {
  const own: Holder = { pid: process.pid, mark: await processMark(process.pid), nonce: randomUUID() };
  // Named by process id, so that the files that kills leave are few and are reused.
  claims += 1;
  const claim = `${path}.${own.pid}-${claims}`;
  await rm(claim, { force: true });
  await writeFile(claim, JSON.stringify(own), { mode: privateFileMode, flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        // Unlike a write, a link appears complete or not at all, and never replaces a file.
        await linkOrCopy(claim, path);
        return succeed({
          release: async () => {
            if ((await readHolder(path))?.nonce === own.nonce) await rm(path, { force: true });
          },
        });
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
      const holder = await readHolder(path);
      if (holder !== undefined && (await isAlive(holder))) {
        return fail({ kind: 'in-use', holderPid: holder.pid });
      }
      await removeStale(path, holder);
    }
    return fail({ kind: 'in-use', holderPid: 0 });
  } finally {
    await rm(claim, { force: true });
  }
}

/** Removes the lock of a dead holder, and restores it if another agent has taken it over meanwhile. */
async function removeStale(path: string, stale: Holder | undefined): Promise<void> {
  claims += 1;
  const taken = `${path}.${process.pid}-${claims}`;
  try {
    await rename(path, taken);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const holder = await readHolder(taken);
  if (holder !== undefined && holder.nonce !== stale?.nonce) {
    await linkOrCopy(taken, path).catch(() => undefined);
  }
  await rm(taken, { force: true });
}

/**
 * Locks the folder for this process. Takes over a lock whose process has ended. Throws the file system's error where the
 * folder is not writable.
 */
export function lockDirectory(
  directory: string,
  patience: Patience = { ...usualPatience, forMs: scannerPatienceMs },
): Promise<Result<DirectoryLock, LockProblem>> {
  const path = join(directory, lockName);
  return isWindowsFileSystem ? lockByOpenFile(path, patience) : lockByHolder(path);
}
