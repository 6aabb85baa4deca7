/** One agent at a time in a state folder. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, type Result, succeed } from '../../shared/lib/result.ts';
import { privateFileMode } from './durable-file.ts';
import { errorCode } from './storage-fault.ts';

export type DirectoryLock = { release(): Promise<void> };

/** `holderPid` is 0 where the system does not say who holds it. */
export type LockProblem = { readonly kind: 'in-use'; readonly holderPid: number };

const lockName = 'agent.lock';
const holderSchema = z.strictObject({ pid: z.int().min(1), mark: z.string(), nonce: z.string() });
type Holder = z.infer<typeof holderSchema>;

/**
 * libuv opens with no sharing at all under this flag, on Windows only: the system then refuses a second open and lets
 * go when the process dies, however it dies. Node does not name the flag; the file-map flag, which it names, is 0
 * everywhere but on Windows.
 */
const windowsNoSharing = constants.UV_FS_O_FILEMAP === 0 ? 0 : 0x1000_0000;

/**
 * Names one run of a process: a process number is used again, often within minutes, and a lock that a stranger seems
 * to hold would keep the gate shut. Empty where there is no /proc.
 */
async function processMark(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name in brackets may hold anything; fields are counted from its end. State is the first, start time the 20th.
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
    // EPERM: there is such a process, of another account.
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

async function lockByOpenFile(path: string): Promise<Result<DirectoryLock, LockProblem>> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDWR | constants.O_CREAT | windowsNoSharing, privateFileMode);
  } catch (error) {
    // A sharing violation, and nothing else. What is refused by rights is held by nobody, and is told as what it is.
    if (errorCode(error) === 'EBUSY') return fail({ kind: 'in-use', holderPid: 0 });
    throw error;
  }
  return succeed({ release: () => handle.close() });
}

let claims = 0;

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // File systems without links (FAT, some network homes): a copy that does not replace is the next best.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error))) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

async function lockByHolder(path: string): Promise<Result<DirectoryLock, LockProblem>> {
  const own: Holder = { pid: process.pid, mark: await processMark(process.pid), nonce: randomUUID() };
  // Named by process, so that what kills leave behind is bounded and used again.
  claims += 1;
  const claim = `${path}.${own.pid}-${claims}`;
  await rm(claim, { force: true });
  await writeFile(claim, JSON.stringify(own), { mode: privateFileMode, flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        // Unlike writing the file itself, a link is there whole or not at all, and never replaces another one.
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

/** Takes away the lock of a dead holder, and gives it back when somebody else had taken it over in between. */
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
 * Takes the folder for this process. A lock whose process has ended is taken over. Throws the file system's error
 * where the folder cannot be written.
 */
export function lockDirectory(directory: string): Promise<Result<DirectoryLock, LockProblem>> {
  const path = join(directory, lockName);
  return windowsNoSharing === 0 ? lockByHolder(path) : lockByOpenFile(path);
}
