/** The policy packs of a folder, as the collector serves them. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { byOrder, currentPacks } from '../../../shared/policy/current-packs.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { maxPacksInDirectory, maxZipBytes } from '../../../shared/policy/pack-limits.ts';
import { type PackProblem, packProblem } from '../../../shared/policy/pack-problem.ts';
import type { PackTools, ZipTools } from '../../../shared/policy/pack-tools.ts';
import { type PackFileFailure, readFrom, readPack, tooLarge } from '../../../shared/policy/read-pack.ts';
import { readZip } from '../../../shared/policy/read-zip.ts';
import { calendarDateAt } from '../../../shared/policy/school-calendar.ts';
import { CollectorError } from '../collector-error.ts';

/** A pack that is put into the folder, changed or taken out is noticed after at most this long. */
const rereadAfterMs = 5000;

export interface PolicyRepository {
  /** Throws CollectorError when the folder cannot be read; a start with a mistyped folder ends there. */
  check(): Promise<void>;
  /** The packs in effect today for an audience. Throws CollectorError when the folder cannot be read. */
  current(audience: string): Promise<readonly PolicyPack[]>;
  /** One version of one policy, in effect or not. Throws like `current`. */
  find(id: string, version: string): Promise<PolicyPack | undefined>;
}

const tools: PackTools & ZipTools = {
  decodeUtf8(bytes) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  },
  sha256Hex: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
  inflateRaw(bytes, maxBytes) {
    try {
      return inflateRawSync(bytes, { maxOutputLength: maxBytes });
    } catch {
      return undefined;
    }
  },
  crc32: (bytes) => crc32(bytes),
};

async function readLimited(file: string, maxBytes: number): Promise<Result<Uint8Array, PackFileFailure>> {
  try {
    const handle = await open(file);
    try {
      if ((await handle.stat()).size > maxBytes) {
        return fail({ kind: 'too-large', reason: tooLarge(maxBytes) });
      }
    } finally {
      await handle.close();
    }
    const bytes = await readFile(file);
    // The file may have grown since it was measured.
    return bytes.length > maxBytes ? fail({ kind: 'too-large', reason: tooLarge(maxBytes) }) : succeed(bytes);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'ENOENT'
      ? fail({ kind: 'missing', reason: 'the file is not there' })
      : fail({ kind: 'unreadable', reason: `the file cannot be read (${code})` });
  }
}

/** A pack of its own: a folder or a zip. */
export async function readOnePack(place: string): Promise<Result<PolicyPack, PackProblem>> {
  return place.toLowerCase().endsWith('.zip')
    ? readZippedPack(place)
    : readPack((fileName, maxBytes) => readLimited(path.join(place, fileName), maxBytes), tools);
}

async function readZippedPack(file: string): Promise<Result<PolicyPack, PackProblem>> {
  const zip = await readLimited(file, maxZipBytes);
  if (!zip.ok) return fail(packProblem(zip.error.kind, path.basename(file), zip.error.reason));
  const files = readZip(zip.value, tools);
  return files.ok ? readPack(readFrom(files.value), tools) : files;
}

/** Where `policy publish` puts packs. */
export function publishedFolder(dataDirectory: string): string {
  return path.join(dataDirectory, 'policies');
}

export async function readDirectory(
  directory: string,
): Promise<{ readonly packs: readonly PolicyPack[]; readonly problems: readonly string[] }> {
  const entries = (await readdir(directory, { withFileTypes: true })).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  const packs = new Map<string, PolicyPack>();
  const problems: string[] = [];
  for (const entry of entries) {
    const place = path.join(directory, entry.name);
    const isZip = entry.isFile() && entry.name.toLowerCase().endsWith('.zip');
    if (!isZip && !entry.isDirectory()) continue;
    const pack = await readOnePack(place);
    const key = pack.ok ? `${pack.value.manifest.id} ${pack.value.manifest.version}` : '';
    const problem = !pack.ok
      ? pack.error
      : packs.has(key)
        ? packProblem('duplicate-pack', entry.name, `another pack is ${key} too`)
        : packs.size >= maxPacksInDirectory
          ? packProblem('too-many-packs', entry.name, `only ${maxPacksInDirectory} packs are read`)
          : undefined;
    if (problem !== undefined) {
      problems.push(
        `policies: ${entry.name}: ${problem.subject}: ${problem.reason}. To put it right: ${problem.remedy}.`,
      );
    } else if (pack.ok) {
      packs.set(key, pack.value);
    }
  }
  return { packs: [...packs.values()].sort(byOrder), problems };
}

/**
 * Reads the folder anew when it was last read a while ago. A pack that is wrong is left out and said to `log`, once as
 * long as it stays wrong; a folder that cannot be read is an error and never an empty list, because "no policy" would
 * let everyone in.
 */
export function createPolicyRepository(options: {
  readonly directory: string;
  /** Is read in its place as soon as it is there: what the school has published itself. */
  readonly publishedDirectory?: string;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}): PolicyRepository {
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<readonly PolicyPack[]> | undefined;
  let saidProblems: ReadonlySet<string> = new Set();

  async function read(): Promise<readonly PolicyPack[]> {
    const { publishedDirectory } = options;
    const isPublished = publishedDirectory !== undefined && existsSync(publishedDirectory);
    const directory = isPublished ? publishedDirectory : options.directory;
    try {
      const { packs, problems } = await readDirectory(directory);
      for (const problem of problems) if (!saidProblems.has(problem)) options.log(problem);
      saidProblems = new Set(problems);
      return packs;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new CollectorError(
        `The policy folder ${directory} cannot be read (${code}). ` +
          'Check that it is there and that this account may read it, or name another with --policies.',
      );
    }
  }

  function packs(): Promise<readonly PolicyPack[]> {
    const nowMs = options.now().getTime();
    if (reading === undefined || nowMs - readAtMs >= rereadAfterMs || nowMs < readAtMs) {
      readAtMs = nowMs;
      const attempt = read();
      reading = attempt;
      // A failure is not remembered: the next question reads again.
      attempt.catch(() => {
        if (reading === attempt) reading = undefined;
      });
    }
    return reading;
  }

  return {
    async check() {
      await packs();
    },
    async current(audience) {
      return currentPacks(await packs(), audience, calendarDateAt(options.now()));
    },
    async find(id, version) {
      return (await packs()).find(({ manifest }) => manifest.id === id && manifest.version === version);
    },
  };
}
