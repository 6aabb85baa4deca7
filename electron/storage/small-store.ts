/**
 * A small JSON file of the agent: absent, loaded, damaged and unusable are different answers.
 *
 * Own code instead of electron-store 12, which ignores the count that a write returns: on a nearly full disk it replaced a
 * whole file with a part of the new one and reported success. It also does not sync the folder after its rename, throws
 * for every damaged file, and costs about 20 MB of memory in an agent that runs for months.
 */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { loosen } from '../../shared/lib/loosen.ts';
import { fail, type Result, succeed } from '../../shared/lib/result.ts';
import {
  moveAside,
  type OpenStorageFile,
  openStorageFile,
  privateFolderMode,
  replaceFile,
} from './durable-file.ts';
import { whileHeld } from './held-file.ts';
import {
  errorCode,
  errorReason,
  type StorageFault,
  type WriteProblem,
  writeProblem,
} from './storage-fault.ts';

export type SmallStoreOptions<Value> = {
  readonly directory: string;
  /** File name without `.json`. */
  readonly name: string;
  readonly schema: z.ZodType<Value>;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
  readonly openFile?: OpenStorageFile;
};

export type SmallStore<Value> = {
  /** Resolves when the whole value is on disk, or on failure with the previous one unchanged. Writes are serialised. */
  write(value: Value): Promise<Result<undefined, WriteProblem>>;
};

type FoundValue<Value> =
  | { readonly found: 'absent' }
  | { readonly found: 'loaded'; readonly value: Value }
  /** The file was invalid and has been renamed to `keptAs`; `onFault` reports it. */
  | { readonly found: 'damaged'; readonly keptAs: string };

/** The file is left alone and there is no store: the caller must not treat it as empty. */
export type SmallStoreProblem =
  | { readonly kind: 'future-format'; readonly file: string; readonly format: number }
  | { readonly kind: 'unreadable'; readonly file: string; readonly reason: string };

export type OpenedSmallStore<Value> = {
  readonly store: SmallStore<Value>;
  readonly state: FoundValue<Value>;
};

const format = 1;
const maxFileBytes = 16 * 1024 * 1024;
const envelopeSchema = z.looseObject({ format: z.int() });
const currentSchema = z.looseObject({
  format: z.literal(format),
  checksum: z.string(),
  value: z.record(z.string(), z.unknown()),
});

/** Over the value's JSON, to detect a flipped bit that leaves valid JSON. It does not protect against people. */
function checksum(value: unknown): string {
  return crc32(JSON.stringify(value)).toString(16).padStart(8, '0');
}

type Understood<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'future-format'; readonly format: number }
  | { readonly kind: 'damaged' };

function understand<Value>(bytes: Buffer, schema: z.ZodType<Value>): Understood<Value> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { kind: 'damaged' };
  }
  const envelope = envelopeSchema.safeParse(json);
  if (envelope.success && envelope.data.format > format) {
    return { kind: 'future-format', format: envelope.data.format };
  }
  const current = currentSchema.safeParse(json);
  if (!current.success || current.data.checksum !== checksum(current.data.value)) return { kind: 'damaged' };
  // A newer version of the agent may have added members, and an older one must not lose the file for that.
  const value = loosen(schema).safeParse(current.data.value);
  return value.success ? { kind: 'value', value: value.data } : { kind: 'damaged' };
}

async function readWhole(path: string): Promise<Buffer> {
  const file = await whileHeld(() => open(path, 'r'), { codes: ['EBUSY'] });
  try {
    const { size } = await file.stat();
    if (size > maxFileBytes) return Buffer.alloc(0);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Opens `<name>.json` of the folder; writes nothing before the first `write`. */
export async function openSmallStore<Value>(
  options: SmallStoreOptions<Value>,
): Promise<Result<OpenedSmallStore<Value>, SmallStoreProblem>> {
  const file = `${options.name}.json`;
  const path = join(options.directory, file);
  const openFile = options.openFile ?? openStorageFile;
  let queue: Promise<unknown> = Promise.resolve();
  const store: SmallStore<Value> = {
    write(value) {
      const text = `${JSON.stringify({ format, checksum: checksum(value), value }, undefined, 1)}\n`;
      const written = queue.then(async (): Promise<Result<undefined, WriteProblem>> => {
        try {
          await mkdir(options.directory, { recursive: true, mode: privateFolderMode });
          await replaceFile(path, Buffer.from(text), openFile);
          return succeed(undefined);
        } catch (error) {
          return fail(writeProblem(error));
        }
      });
      queue = written;
      return written;
    },
  };

  let bytes: Buffer;
  try {
    bytes = await readWhole(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return succeed({ store, state: { found: 'absent' } });
    return fail({ kind: 'unreadable', file, reason: errorReason(error) });
  }
  const understood = understand(bytes, options.schema);
  if (understood.kind === 'value') {
    return succeed({ store, state: { found: 'loaded', value: understood.value } });
  }
  if (understood.kind === 'future-format') {
    return fail({ kind: 'future-format', file, format: understood.format });
  }
  try {
    const keptAs = await moveAside(path, 'damaged', options.nowUtc());
    options.onFault({
      fault: 'store-damaged',
      subject: file,
      reason: `The file is damaged. It is kept as ${keptAs}, and a new one is created.`,
    });
    return succeed({ store, state: { found: 'damaged', keptAs } });
  } catch (error) {
    return fail({
      kind: 'unreadable',
      file,
      reason: `damaged, and cannot be renamed: ${errorReason(error)}`,
    });
  }
}
