/** The file `log.key` of the data folder: the key that signs checkpoints, readable by the collector's account alone. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
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

/** Makes a key where `mayCreate` allows it. Undefined where there is none and none may be made. */
export async function readOrCreateLogKey(
  dataDirectory: string,
  mayCreate: boolean,
): Promise<string | undefined> {
  const file = path.join(dataDirectory, 'log.key');
  const known = await readKeyFile(file);
  if (known !== undefined || !mayCreate) return known;
  const name = `porthor.collector/${randomBytes(8).toString('hex')}`;
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
