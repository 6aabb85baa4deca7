/** Reads one configuration file with a limit on its size, through one open handle. */
import { constants, type FileHandle, open } from 'node:fs/promises';
import { withDeadline } from '../deadline.ts';
import { describeError } from '../describe-error.ts';
import type { ManagedConfigAnswer } from './managed-config-port.ts';
import { parseConfigText } from './parse-config-text.ts';

const maximumFileBytes = 1024 * 1024;
const deadlineMs = 4000;

export interface ConfigFile {
  readonly path: string;
  /** Whether a file that is not there is a mistake (it was named) or an answer (it was looked for). */
  readonly whenMissing: 'absent' | 'unreadable';
  /** The reason why the file is not to be trusted, from the open handle; undefined when it is. */
  distrust?(handle: FileHandle): Promise<string | undefined>;
}

/** Never rejects. */
export async function readConfigFile(file: ConfigFile): Promise<ManagedConfigAnswer> {
  const from = file.path;
  try {
    const answer = await withDeadline(readOpened(file), deadlineMs);
    return answer.ok
      ? answer.value
      : { kind: 'unreadable', from, reason: `no answer within ${deadlineMs} ms` };
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) {
      return file.whenMissing === 'absent'
        ? { kind: 'absent' }
        : { kind: 'unreadable', from, reason: 'there is no such file' };
    }
    return { kind: 'unreadable', from, reason: describeError(error) };
  }
}

async function readOpened(file: ConfigFile): Promise<ManagedConfigAnswer> {
  const from = file.path;
  // Without blocking: a named pipe in the file's place would otherwise be waited for.
  const handle = await open(file.path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await handle.stat();
    if (!status.isFile()) return { kind: 'unreadable', from, reason: 'is not a file' };
    const distrust = await file.distrust?.(handle);
    if (distrust !== undefined) {
      return { kind: 'invalid', from, problems: [{ key: 'document', reason: distrust }] };
    }
    const buffer = Buffer.alloc(maximumFileBytes + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > maximumFileBytes) {
      return {
        kind: 'invalid',
        from,
        problems: [{ key: 'document', reason: 'the file is larger than 1 MiB' }],
      };
    }
    const parsed = parseConfigText(buffer.subarray(0, length));
    return parsed.ok
      ? { kind: 'loaded', from, config: parsed.value }
      : { kind: 'invalid', from, problems: parsed.error };
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
