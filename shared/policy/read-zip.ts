/** Unpacks a zipped policy pack in memory. Trusts no number in the archive. */
import { fail, type Result, succeed } from '../lib/result.ts';
import { maxUnpackedBytes, maxZipBytes, maxZipEntries } from './pack-limits.ts';
import { type PackProblem, packProblem } from './pack-problem.ts';
import type { ZipTools } from './pack-tools.ts';
import { manifestFileName } from './read-pack.ts';

// Layout and numbers from PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16 and 4.4.
const endSignature = 0x06054b50;
const endBytes = 22;
const centralSignature = 0x02014b50;
const centralBytes = 46;
const localSignature = 0x04034b50;
const localBytes = 30;
const stored = 0;
const deflated = 8;
const encryptedFlag = 1;
const madeOnUnix = 3;
const unixFileType = 0o170_000;
const unixRegular = 0o100_000;
const unixDirectory = 0o040_000;

type Directory = { readonly count: number; readonly start: number; readonly end: number };

type Entry = {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly method: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly localStart: number;
  readonly rawName: Uint8Array;
};

/**
 * Returns the files of the pack by their name beside `policy.json`, which is at the top of the archive or in its only
 * folder, as file managers create it. It writes nothing to disk, so no name can reach another file. It still refuses
 * names that try, because such an archive is no policy pack.
 */
export function readZip(
  bytes: Uint8Array,
  tools: ZipTools,
): Result<ReadonlyMap<string, Uint8Array>, PackProblem> {
  if (bytes.length > maxZipBytes) {
    const reason = `the zip is larger than ${maxZipBytes / 1024 / 1024} MiB`;
    return fail(packProblem('too-large', 'zip', reason));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view);
  if (!directory.ok) return directory;
  const entries = readDirectory(bytes, view, directory.value, tools);
  if (!entries.ok) return entries;

  const files = new Map<string, Uint8Array>();
  for (const entry of entries.value) {
    if (entry.isDirectory) continue;
    const unpacked = unpack(bytes, view, entry, directory.value.start, tools);
    if (!unpacked.ok) return unpacked;
    files.set(entry.name, unpacked.value);
  }
  return besideManifest(files);
}

function damaged(reason: string, subject = 'zip') {
  return fail(packProblem('damaged-zip', subject, reason));
}

function findDirectory(view: DataView): Result<Directory, PackProblem> {
  if (view.byteLength < 4 || (view.getUint32(0, true) !== localSignature && !isEmptyZip(view))) {
    return fail(packProblem('not-a-pack', 'zip', 'the file is not a zip'));
  }
  // Only the archive's comment, of up to 65,535 bytes, may follow the end record.
  const earliest = Math.max(0, view.byteLength - endBytes - 0xffff);
  for (let at = view.byteLength - endBytes; at >= earliest; at -= 1) {
    if (view.getUint32(at, true) !== endSignature) continue;
    if (at + endBytes + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const count = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 12, true);
    const start = view.getUint32(at + 16, true);
    if (count === 0xffff || size === 0xffff_ffff || start === 0xffff_ffff) {
      return fail(packProblem('unsupported-zip', 'zip', 'the zip uses the form for very large archives'));
    }
    if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 6, true) !== 0) {
      return fail(packProblem('unsupported-zip', 'zip', 'the zip is one part of several'));
    }
    if (view.getUint16(at + 8, true) !== count || start + size !== at) {
      return damaged('its list of files is not where it says');
    }
    if (count > maxZipEntries) {
      return fail(packProblem('too-large', 'zip', `the zip holds more than ${maxZipEntries} entries`));
    }
    return succeed({ count, start, end: at });
  }
  return damaged('the end of the zip is missing');
}

function isEmptyZip(view: DataView): boolean {
  return view.getUint32(0, true) === endSignature;
}

function readDirectory(
  bytes: Uint8Array,
  view: DataView,
  directory: Directory,
  tools: ZipTools,
): Result<readonly Entry[], PackProblem> {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let unpackedBytes = 0;
  let at = directory.start;
  for (let index = 0; index < directory.count; index += 1) {
    if (at + centralBytes > directory.end || view.getUint32(at, true) !== centralSignature) {
      return damaged('its list of files is cut short');
    }
    const nameStart = at + centralBytes;
    const nameEnd = nameStart + view.getUint16(at + 28, true);
    const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > directory.end) return damaged('its list of files is cut short');

    const rawName = bytes.subarray(nameStart, nameEnd);
    const name = tools.decodeUtf8(rawName)?.normalize('NFC').replaceAll('\\', '/');
    if (name === undefined) {
      return fail(packProblem('not-utf8', `entry ${index + 1}`, 'the name of the file is not UTF-8'));
    }
    if (!isPlainPath(name)) {
      return fail(
        packProblem('unsafe-entry', name, 'the name points outside the pack or cannot be a file name'),
      );
    }
    const fileType =
      view.getUint8(at + 5) === madeOnUnix ? (view.getUint32(at + 38, true) >>> 16) & unixFileType : 0;
    if (fileType !== 0 && fileType !== unixRegular && fileType !== unixDirectory) {
      return fail(packProblem('unsafe-entry', name, 'the entry is a link or a device, not a file'));
    }
    // If two names differ by case alone, Windows keeps one file, and which one is chance.
    const key = name.toLowerCase();
    if (seen.has(key)) {
      return fail(packProblem('duplicate-entry', name, 'the zip holds the file more than once'));
    }
    seen.add(key);

    const method = view.getUint16(at + 10, true);
    if ((view.getUint16(at + 8, true) & encryptedFlag) !== 0) {
      return fail(packProblem('unsupported-zip', name, 'the entry is protected with a password'));
    }
    if (method !== stored && method !== deflated) {
      return fail(packProblem('unsupported-zip', name, 'the entry is compressed in an unusual way'));
    }
    const entry: Entry = {
      name,
      isDirectory: name.endsWith('/'),
      method,
      checksum: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      unpackedBytes: view.getUint32(at + 24, true),
      localStart: view.getUint32(at + 42, true),
      rawName,
    };
    unpackedBytes += entry.unpackedBytes;
    if (unpackedBytes > maxUnpackedBytes) {
      const reason = `unpacked, the zip is larger than ${maxUnpackedBytes / 1024 / 1024} MiB`;
      return fail(packProblem('too-large', 'zip', reason));
    }
    entries.push(entry);
    at = next;
  }
  return at === directory.end ? succeed(entries) : damaged('its list of files is longer than it says');
}

/** A relative path of ordinary segments. A directory ends with one slash. */
function isPlainPath(name: string): boolean {
  if (/[\p{Cc}\p{Cf}:*?"<>|]/u.test(name)) return false;
  const segments = name.replace(/\/$/u, '').split('/');
  return segments.every((segment) => segment.trim() !== '' && !/^\.{1,2}$/u.test(segment.trim()));
}

function unpack(
  bytes: Uint8Array,
  view: DataView,
  entry: Entry,
  dataEnd: number,
  tools: ZipTools,
): Result<Uint8Array, PackProblem> {
  const { name, localStart, rawName } = entry;
  if (localStart + localBytes > dataEnd || view.getUint32(localStart, true) !== localSignature) {
    return damaged('the file is not where the list says', name);
  }
  const nameStart = localStart + localBytes;
  const nameEnd = nameStart + view.getUint16(localStart + 26, true);
  const start = nameEnd + view.getUint16(localStart + 28, true);
  const end = start + entry.packedBytes;
  if (end > dataEnd) return damaged('the file is cut short', name);
  // A second name would let another program see other files in the same zip.
  if (!equalBytes(bytes.subarray(nameStart, nameEnd), rawName)) {
    return damaged('the file has two names', name);
  }
  const packed = bytes.subarray(start, end);
  const content = entry.method === stored ? packed : tools.inflateRaw(packed, entry.unpackedBytes);
  if (content === undefined || content.length !== entry.unpackedBytes) {
    return damaged('the file does not unpack to the size it says', name);
  }
  if (tools.crc32(content) !== entry.checksum) return damaged('the checksum of the file is wrong', name);
  return succeed(content);
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function besideManifest(
  files: ReadonlyMap<string, Uint8Array>,
): Result<ReadonlyMap<string, Uint8Array>, PackProblem> {
  if (files.has(manifestFileName)) return succeed(files);
  const folders = [...files.keys()].filter((name) => /^[^/]+\/policy\.json$/u.test(name));
  const [only, ...others] = folders;
  if (only === undefined) {
    return fail(packProblem('not-a-pack', 'zip', 'there is no policy.json, so this is not a policy pack'));
  }
  if (others.length > 0) {
    return fail(packProblem('not-a-pack', 'zip', 'the zip holds more than one pack'));
  }
  const prefix = only.slice(0, -manifestFileName.length);
  const inside = [...files].filter(([name]) => name.startsWith(prefix));
  return succeed(new Map(inside.map(([name, content]) => [name.slice(prefix.length), content])));
}
