/** Zips: the zips of file managers are read, and harmful ones are refused with a reason. */
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { nodePackTools } from '../../../../electron/storage/packs/node-tools.ts';
import { readFrom, readPack } from '../../../../shared/policy/read-pack.ts';
import { readZip } from '../../../../shared/policy/read-zip.ts';
import { buildZip, type ZipEntrySpec, zipFiles } from '../../../fixtures/packs/build-zip.ts';
import { bytesOf, packFiles } from '../../../fixtures/packs/pack-files.ts';

const files = packFiles();
const entries: readonly ZipEntrySpec[] = [...files].map(([name, content]) => ({ name, content }));

function entry(
  name: string | Uint8Array,
  says: ZipEntrySpec['says'] = {},
  content = bytesOf('x'),
): ZipEntrySpec {
  return { name, content, says };
}

function read(bytes: Uint8Array) {
  return readZip(bytes, nodePackTools);
}

function kindOf(bytes: Uint8Array): string {
  const result = read(bytes);
  return result.ok ? 'taken' : result.error.kind;
}

describe('an honest zip', () => {
  test.each([
    ['of the files', zipFiles(files)],
    ['of the folder', zipFiles(files, 'staff/')],
    ['of the folder, with backslashes as old Windows tools write', zipFiles(files, 'staff\\')],
    ['of another library', zipSync(Object.fromEntries(files))],
    ['that is not compressed', zipSync(Object.fromEntries(files), { level: 0 })],
    ['with a comment', zipSync(Object.fromEntries(files), { comment: 'ours' })],
    [
      'with folder entries',
      buildZip([
        entry('staff/', {}, bytesOf('')),
        ...entries.map((one) => ({ ...one, name: `staff/${String(one.name)}` })),
      ]),
    ],
    ['with an empty file beside', buildZip([...entries, entry('note.txt', {}, bytesOf(''))])],
    [
      'with the leavings of macOS',
      buildZip([
        ...entries.map((one) => ({ ...one, name: `staff/${String(one.name)}` })),
        entry('__MACOSX/staff/._policy.json'),
      ]),
    ],
    ['of ordinary Unix files', buildZip(entries.map((one) => ({ ...one, says: { unixMode: 0o100_644 } })))],
  ])('%s is the same pack as its folder', async (_what, bytes) => {
    const unpacked = read(bytes);
    if (!unpacked.ok) throw new Error(unpacked.error.reason);
    const fromZip = await readPack(readFrom(unpacked.value), nodePackTools);
    expect(fromZip).toEqual(await readPack(readFrom(files), nodePackTools));
    expect(fromZip.ok).toBe(true);
  });
});

describe('a hostile or broken zip', () => {
  const good = zipFiles(files);
  test.each([
    ['an empty file', new Uint8Array(0), 'not-a-pack'],
    ['another kind of file', bytesOf('%PDF-1.7 and so on, long enough for a zip'), 'not-a-pack'],
    ['an empty zip', buildZip([]), 'not-a-pack'],
    [
      'two packs',
      buildZip([
        ...entries.map((one) => ({ ...one, name: `a/${String(one.name)}` })),
        entry('b/policy.json'),
      ]),
      'not-a-pack',
    ],
    ['a pack two folders down', zipFiles(files, 'a/b/'), 'not-a-pack'],
    ['more than 2 MiB', new Uint8Array(2 * 1024 * 1024 + 1), 'too-large'],
    [
      'a bomb that tells its size',
      buildZip([...entries, entry('zeros', {}, new Uint8Array(5 * 1024 * 1024))]),
      'too-large',
    ],
    [
      'a bomb that hides its size',
      buildZip([...entries, entry('zeros', { unpackedBytes: 1000 }, new Uint8Array(5 * 1024 * 1024))]),
      'damaged-zip',
    ],
    [
      'many that make a bomb together',
      buildZip(
        Array.from({ length: 5 }, (_, index) => entry(`zeros${index}`, {}, new Uint8Array(1024 * 1024))),
      ),
      'too-large',
    ],
    ['65 entries', buildZip(Array.from({ length: 65 }, (_, index) => entry(`file${index}`))), 'too-large'],
    ['a way out', buildZip([...entries, entry('../../evil.md')]), 'unsafe-entry'],
    ['a way out with backslashes', buildZip([...entries, entry('..\\evil.md')]), 'unsafe-entry'],
    ['a way out in the middle', buildZip([...entries, entry('a/../../evil.md')]), 'unsafe-entry'],
    ['an absolute path', buildZip([...entries, entry('/etc/passwd')]), 'unsafe-entry'],
    ['a drive', buildZip([...entries, entry('C:/Windows/x')]), 'unsafe-entry'],
    ['a share', buildZip([...entries, entry('\\\\server\\x')]), 'unsafe-entry'],
    ['a name that is empty', buildZip([...entries, entry('')]), 'unsafe-entry'],
    ['a name that is a dot', buildZip([...entries, entry('./x')]), 'unsafe-entry'],
    ['a name with a zero byte', buildZip([...entries, entry('x\0.md')]), 'unsafe-entry'],
    ['a name that reads backwards', buildZip([...entries, entry('x\u202Edm.exe')]), 'unsafe-entry'],
    ['a name that is not UTF-8', buildZip([...entries, entry(Uint8Array.of(0x82, 0x2e, 0x6d))]), 'not-utf8'],
    ['a link', buildZip([...entries, entry('cy.txt', { unixMode: 0o120_777 })]), 'unsafe-entry'],
    ['a device', buildZip([...entries, entry('null', { unixMode: 0o020_666 })]), 'unsafe-entry'],
    ['one file twice', buildZip([...entries, entry('en.md')]), 'duplicate-entry'],
    ['one file twice on Windows', buildZip([...entries, entry('EN.md')]), 'duplicate-entry'],
    ['one file twice by slash', buildZip([...entries, entry('a/b'), entry('a\\b')]), 'duplicate-entry'],
    ['a password', buildZip([...entries, entry('x', { flags: 1 })]), 'unsupported-zip'],
    ['unusual compression', buildZip([...entries, entry('x', { method: 14 })]), 'unsupported-zip'],
    ['a wrong checksum', buildZip([...entries, entry('x', { checksum: 1 })]), 'damaged-zip'],
    ['a size too small', buildZip([...entries, entry('x', { unpackedBytes: 0 })]), 'damaged-zip'],
    ['a size too large', buildZip([...entries, entry('x', { unpackedBytes: 2 })]), 'damaged-zip'],
    ['stored and yet not that long', buildZip([...entries, entry('x', { method: 0 })]), 'damaged-zip'],
    ['a file beyond the end', buildZip([...entries, entry('x', { packedBytes: 100_000 })]), 'damaged-zip'],
    [
      'a file that begins nowhere',
      buildZip([...entries, entry('x', { localStart: 0xffff_fff0 })]),
      'damaged-zip',
    ],
    ['a file with two names', buildZip([...entries, entry('x', { localName: 'y' })]), 'damaged-zip'],
    ['more entries than it has', buildZip(entries, { count: entries.length + 1 }), 'damaged-zip'],
    ['a list of another length', buildZip(entries, { directoryBytes: 1 }), 'damaged-zip'],
    ['fewer entries than it has', buildZip(entries, { count: entries.length - 1 }), 'damaged-zip'],
    ['the form for very large archives', buildZip(entries, { count: 0xffff }), 'unsupported-zip'],
    ['something behind it', new Uint8Array([...good, 0]), 'damaged-zip'],
    ['its end missing', good.subarray(0, good.length - 1), 'damaged-zip'],
    ['half of it missing', good.subarray(0, Math.floor(good.length / 2)), 'damaged-zip'],
  ])('%s', (_what, bytes, kind) => {
    expect(kindOf(bytes)).toBe(kind);
  });

  test('is refused wherever it is cut off', () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(kindOf(good.subarray(0, length))).toMatch(/^(?:damaged-zip|not-a-pack)$/u);
    }
  });

  test('is read from the middle of a larger buffer as from a separate buffer', () => {
    const within = new Uint8Array(good.length + 20).fill(0x50);
    within.set(good, 7);
    expect(read(within.subarray(7, 7 + good.length))).toEqual(read(good));
  });
});
