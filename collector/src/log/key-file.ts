/** The file `log.key` of the data folder: the key that signs checkpoints, readable by the collector's account alone. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CollectorError } from '../collector-error.ts';
import { syncFolder } from '../durable-write.ts';
import { readLogKey, writeLogKey } from './checkpoint.ts';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new CollectorError(`The key of the log in ${file} cannot be read: ${codeOf(error)}.`);
  }
}

/** Undefined where there is none. Throws CollectorError for a file that holds no key, which is never overwritten. */
async function readKeyFile(file: string): Promise<string | undefined> {
  const text = await readText(file);
  if (text !== undefined && readLogKey(text) === undefined) {
    throw new CollectorError(`${file} does not hold the key of the log. Restore it from a backup.`);
  }
  return text;
}

const fileName = 'log.key';
/** A key that a rotation has made, until the log is signed with it. */
const nextName = 'log.key.next';

async function writeKeyFile(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    // An earlier file keeps its rights.
    await handle.chmod(0o600);
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a key for the same log and keeps it beside the one that signs. Throws CollectorError. */
export async function makeNextKey(dataDirectory: string, name: string): Promise<string> {
  const text = writeLogKey(name, randomBytes(32));
  try {
    await writeKeyFile(path.join(dataDirectory, nextName), text);
    await syncFolder(dataDirectory);
  } catch (error) {
    throw new CollectorError(`The new key cannot be written to ${dataDirectory}: ${codeOf(error)}.`);
  }
  return text;
}

/**
 * The key that signs the log: `log.key`, or after a rotation the key that waits beside it, which then takes its place.
 * Undefined for neither.
 */
export async function readKeyOf(dataDirectory: string, verifierKey: string): Promise<string | undefined> {
  const [file, next] = [path.join(dataDirectory, fileName), path.join(dataDirectory, nextName)];
  const known = await readKeyFile(file);
  if (known !== undefined && readLogKey(known)?.verifierKey === verifierKey) return known;
  const waiting = await readKeyFile(next);
  if (waiting === undefined || readLogKey(waiting)?.verifierKey !== verifierKey) return undefined;
  // The key before it signs nothing any more, and is worth something to an attacker alone.
  await rename(next, file).catch((error: unknown) => {
    // Another process of this collector has just done it.
    if (codeOf(error) !== 'ENOENT') throw error;
  });
  await syncFolder(dataDirectory);
  return waiting;
}

/** Makes a key where `mayCreate` allows it. Undefined where there is none and none may be made. */
export async function readOrCreateLogKey(
  dataDirectory: string,
  mayCreate: boolean,
  of: { readonly fileName: string; readonly name: string } = { fileName, name: 'porthor.collector' },
): Promise<string | undefined> {
  const file = path.join(dataDirectory, of.fileName);
  const known = await readKeyFile(file);
  if (known !== undefined || !mayCreate) return known;
  const name = `${of.name}/${randomBytes(8).toString('hex')}`;
  const text = writeLogKey(name, randomBytes(32));
  // Under another name first, so that a full disk leaves no half of a key.
  const unnamed = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
    const handle = await open(unnamed, 'wx', 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(unnamed, file);
    await syncFolder(dataDirectory);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new CollectorError(`The key of the log cannot be written to ${file}: ${codeOf(error)}.`);
    }
    return await readKeyFile(file);
  } finally {
    await rm(unnamed, { force: true });
  }
  return text;
}
