/** Reads policy packs from disk: one folder or zip, or every pack of a directory. */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { maxPacksInDirectory, maxZipBytes } from '../../../shared/policy/pack-limits.ts';
import { type PackProblem, packProblem } from '../../../shared/policy/pack-problem.ts';
import {
  manifestFileName,
  type PackFileFailure,
  readFrom,
  readPack,
  tooLarge,
} from '../../../shared/policy/read-pack.ts';
import { readZip } from '../../../shared/policy/read-zip.ts';
import { nodePackTools } from './node-tools.ts';

export type RefusedPack = {
  /** Name of the folder or zip, without its path; the name of the directory when that itself is the problem. */
  readonly name: string;
  readonly problem: PackProblem;
};

export type LoadedPacks = {
  readonly packs: readonly PolicyPack[];
  readonly refused: readonly RefusedPack[];
};

/**
 * Reads every pack of a directory: each sub-folder and each `.zip` is one. Skips loose files and names that start with a
 * dot. One bad pack does not affect the others. Of two packs with one id and version it uses the first by name and
 * refuses the other.
 */
export async function loadPacks(directory: string): Promise<LoadedPacks> {
  const names = await listPacks(directory);
  if (!names.ok) return { packs: [], refused: [{ name: basename(directory), problem: names.error }] };

  const packs: PolicyPack[] = [];
  const refused: RefusedPack[] = [];
  for (const name of names.value.slice(maxPacksInDirectory)) {
    const reason = `only the first ${maxPacksInDirectory} packs of a folder are read`;
    refused.push({ name, problem: packProblem('too-many-packs', name, reason) });
  }
  for (const name of names.value.slice(0, maxPacksInDirectory)) {
    const loaded = await loadPack(join(directory, name));
    const pack = loaded.ok ? refuseSecond(loaded.value, packs) : loaded;
    if (pack.ok) packs.push(pack.value);
    else refused.push({ name, problem: pack.error });
  }
  return { packs, refused };
}

/** Reads one pack from a folder or a `.zip`. Never throws, whatever it finds there. */
export async function loadPack(path: string): Promise<Result<PolicyPack, PackProblem>> {
  const name = basename(path);
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch (error) {
    const { kind, reason } = describeFailure(error);
    return fail(packProblem(kind, name, reason));
  }
  if (isDirectory) {
    return readPack((fileName, maxBytes) => readFileWithin(join(path, fileName), maxBytes), nodePackTools);
  }
  const zip = await readFileWithin(path, maxZipBytes);
  if (!zip.ok) return fail(packProblem(zip.error.kind, name, zip.error.reason));
  const files = readZip(zip.value, nodePackTools);
  return files.ok ? readPack(readFrom(files.value), nodePackTools) : files;
}

async function listPacks(directory: string): Promise<Result<readonly string[], PackProblem>> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const names = entries
      // A link may lead to a folder; opening it shows what it is.
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink() || /\.zip$/iu.test(entry.name))
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('.'));
    return succeed(names.sort());
  } catch (error) {
    const { kind, reason } = describeFailure(error);
    return fail(packProblem(kind, basename(directory), reason));
  }
}

function refuseSecond(pack: PolicyPack, known: readonly PolicyPack[]): Result<PolicyPack, PackProblem> {
  const { id, version } = pack.manifest;
  const twin = known.some(
    ({ manifest }) => manifest.id === id && compareVersions(manifest.version, version) === 0,
  );
  if (!twin) return succeed(pack);
  const reason = `another pack is also version ${version} of "${id}"`;
  return fail(packProblem('duplicate-pack', `${manifestFileName}: version`, reason));
}

async function readFileWithin(path: string, maxBytes: number): Promise<Result<Uint8Array, PackFileFailure>> {
  let file: FileHandle | undefined;
  try {
    // Non-blocking, because opening a named pipe would wait for a writer that never comes. Windows has neither such
    // pipes nor the flag.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return fail({ kind: 'unreadable', reason: 'it is not an ordinary file' });
    if (found.size > maxBytes) return fail({ kind: 'too-large', reason: tooLarge(maxBytes) });
    // One byte more than the size detects a file that is still growing.
    const buffer = new Uint8Array(found.size + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length !== found.size) {
      return fail({ kind: 'unreadable', reason: 'the file changed while it was being read' });
    }
    return succeed(buffer.subarray(0, length));
  } catch (error) {
    return fail(describeFailure(error));
  } finally {
    // The result is known by now, and a failure to close does not change it.
    await file?.close().catch(() => undefined);
  }
}

/** The system's error in plain words, without its own message, which contains the whole path. */
function describeFailure(error: unknown): PackFileFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { kind: 'missing', reason: 'there is nothing of that name' };
  return { kind: 'unreadable', reason: `the system refused to read it (${code})` };
}
