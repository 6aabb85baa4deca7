/** The policy packs of a folder, as the collector serves them. */
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
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
import type { PublishedText } from './published-texts.ts';

/** A pack that is put into the folder, changed or taken out is noticed after at most this long. */
const rereadAfterMs = 5000;

export interface PolicyRepository {
  /**
   * Throws CollectorError when the folder cannot be read; a start with a mistyped folder ends there. A pack that cannot
   * be read does not keep the collector from starting: PCs have events to report.
   */
  check(): Promise<void>;
  /**
   * The packs in effect today for an audience. Throws CollectorError when the folder, or a pack in it that was never
   * read before, cannot be read.
   */
  current(audience: string): Promise<readonly PolicyPack[]>;
  /** Every version of every policy. Throws like `current`. */
  all(): Promise<readonly PolicyPack[]>;
  /** One version of one policy, in effect or not. Throws like `current` where it may be in an unreadable pack. */
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
    return fail(describeFailure(error));
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function describeFailure(error: unknown): PackFileFailure {
  const code = codeOf(error);
  return code === 'ENOENT'
    ? { kind: 'missing', reason: 'there is nothing of that name' }
    : { kind: 'unreadable', reason: `it cannot be read (${code})` };
}

/** A pack of its own: a folder or a zip, or a link to one. */
export async function readOnePack(place: string): Promise<Result<PolicyPack, PackProblem>> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(place)).isDirectory();
  } catch (error) {
    const { kind, reason } = describeFailure(error);
    return fail(packProblem(kind, path.basename(place), reason));
  }
  return isFolder
    ? readPack((fileName, maxBytes) => readLimited(path.join(place, fileName), maxBytes), tools)
    : readZippedPack(place);
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

/** Packs that were good when they were last read, by path. */
type KnownPacks = ReadonlyMap<string, PolicyPack>;

interface PolicyFolder {
  readonly packs: readonly PolicyPack[];
  /** One line for the administrator about each problem. */
  readonly problems: readonly string[];
  /** Names of possible packs that cannot be read and were not known before: without them `packs` may be incomplete. */
  readonly unread: readonly string[];
  readonly known: KnownPacks;
}

/** Loose files and hidden names are not meant for Porthor; a link counts by its target. */
async function mayBePack(directory: string, entry: Dirent): Promise<boolean> {
  if (entry.name.startsWith('.')) return false;
  if (entry.isDirectory() || entry.name.toLowerCase().endsWith('.zip')) return true;
  if (!entry.isSymbolicLink()) return false;
  return stat(path.join(directory, entry.name)).then(
    (found) => found.isDirectory(),
    // The link is broken now, and may have led to a pack.
    () => true,
  );
}

/**
 * Reads every pack of a folder. Replaces an unreadable pack with the one in `known` from the same path, so that a pack
 * that is being overwritten, or locked by a virus scanner, does not count as withdrawn. Rejects when the folder itself
 * cannot be read.
 */
export async function readDirectory(directory: string, known: KnownPacks = new Map()): Promise<PolicyFolder> {
  const entries = (await readdir(directory, { withFileTypes: true })).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  const packs = new Map<string, PolicyPack>();
  const problems: string[] = [];
  const held: PolicyPack[] = [];
  const unread: string[] = [];
  const noPacks: string[] = [];
  const nowKnown = new Map<string, PolicyPack>();
  const keyOf = ({ manifest }: PolicyPack): string => `${manifest.id} ${manifest.version}`;
  const note = (name: string, { subject, reason, remedy }: PackProblem, untilThen = ''): void => {
    problems.push(`policies: ${name}: ${subject}: ${reason}. To put it right: ${remedy}.${untilThen}`);
  };
  for (const entry of entries) {
    if (!(await mayBePack(directory, entry))) continue;
    const { name } = entry;
    const place = path.join(directory, name);
    const read = await readOnePack(place);
    const before = known.get(place);
    if (read.ok) {
      nowKnown.set(place, read.value);
      const key = keyOf(read.value);
      if (packs.has(key)) note(name, packProblem('duplicate-pack', name, `another pack is ${key} too`));
      else if (packs.size >= maxPacksInDirectory)
        note(name, packProblem('too-many-packs', name, `only ${maxPacksInDirectory} packs are read`));
      else packs.set(key, read.value);
    } else if (before !== undefined) {
      nowKnown.set(place, before);
      held.push(before);
      note(name, read.error, ' Until then PCs are given the pack that was read there before.');
    } else if (read.error.kind === 'not-a-pack' && entry.isDirectory()) {
      noPacks.push(name);
      note(name, read.error);
    } else {
      unread.push(name);
      note(name, read.error, ' Until then PCs are told nothing of policies and keep what they have.');
    }
  }
  // A readable pack has priority: an administrator may have put it beside the broken one, under another name.
  for (const pack of held) if (!packs.has(keyOf(pack))) packs.set(keyOf(pack), pack);
  return {
    packs: [...packs.values()].sort(byOrder),
    problems,
    // Beside good packs a folder without policy.json holds drafts; alone it may be a half-copied pack.
    unread: packs.size === 0 ? [...unread, ...noPacks] : unread,
    known: nowKnown,
  };
}

/**
 * Reads the folder again when its last reading is too old. Logs each problem once while it lasts. An unreadable pack is
 * an error and is never left out of the list, because "no policy" would open every gate: PCs without an answer keep
 * their policies. An empty folder means that the school asks nothing.
 */
export function createPolicyRepository(options: {
  readonly directory: string;
  /** The school's own published packs: read instead of `directory` as soon as this folder exists. */
  readonly publishedDirectory?: string;
  /** Called with the texts that this process reads for the first time, before any agent is answered with them. */
  readonly onPublished: (texts: readonly PublishedText[]) => Promise<void>;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}): PolicyRepository {
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<PolicyFolder> | undefined;
  let saidProblems: ReadonlySet<string> = new Set();
  let known: KnownPacks = new Map();

  async function readAt(directory: string): Promise<PolicyFolder> {
    const folder = await readDirectory(directory, known);
    for (const problem of folder.problems) if (!saidProblems.has(problem)) options.log(problem);
    saidProblems = new Set(folder.problems);
    known = folder.known;
    await note(folder.packs);
    return folder;
  }

  const noted = new Set<string>();

  async function note(packs: readonly PolicyPack[]): Promise<void> {
    const texts = packs.flatMap(({ manifest, textSha256 }) =>
      [...new Set(Object.values(textSha256))].map((hash) => ({
        policyId: manifest.id,
        policyVersion: manifest.version,
        textSha256: hash,
      })),
    );
    const fresh = texts.filter((text) => !noted.has(JSON.stringify(text)));
    await options.onPublished(fresh);
    for (const text of fresh) noted.add(JSON.stringify(text));
  }

  async function read(): Promise<PolicyFolder> {
    let directory = options.publishedDirectory ?? options.directory;
    try {
      try {
        return await readAt(directory);
      } catch (error) {
        // Only a missing folder means that the school has published nothing.
        if (directory === options.directory || !['ENOENT', 'ENOTDIR'].includes(codeOf(error))) throw error;
        directory = options.directory;
        return await readAt(directory);
      }
    } catch (error) {
      throw new CollectorError(
        `The policy folder ${directory} cannot be read (${codeOf(error)}). ` +
          'Check that it is there and that this account may read it, or name another with --policies.',
      );
    }
  }

  /** Throws where the list is incomplete. */
  function wholeList({ packs, unread }: PolicyFolder): readonly PolicyPack[] {
    if (unread.length === 0) return packs;
    throw new CollectorError(
      `PCs are told nothing of policies and keep what they have, because this cannot be read: ${unread.join(', ')}. ` +
        'Put it right, or take it out of the policy folder.',
    );
  }

  function folder(): Promise<PolicyFolder> {
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
      await folder();
    },
    async current(audience) {
      return currentPacks(wholeList(await folder()), audience, calendarDateAt(options.now()));
    },
    async all() {
      return wholeList(await folder());
    },
    async find(id, version) {
      const read = await folder();
      const isAsked = ({ manifest }: PolicyPack): boolean =>
        manifest.id === id && manifest.version === version;
      return read.packs.find(isAsked) ?? wholeList(read).find(isAsked);
    },
  };
}
