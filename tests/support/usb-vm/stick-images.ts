/** Makes the content of the sticks, cards and discs that are plugged into the virtual machine. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../build/runtime/child.ts';

const sectorBytes = 512;
const mebibyte = 1024 * 1024;

/** Test data: the volume is empty. */
export const luksPassword = 'porthor-test';

export interface StickImages {
  readonly folder: string;
  readonly fat: string;
  readonly exfat: string;
  readonly ntfs: string;
  readonly ext4: string;
  readonly iso: string;
  readonly luks1: string;
  readonly luks2: string;
  readonly bitLocker: string;
  readonly apfs: string;
  readonly noise: string;
  readonly unformatted: string;
  readonly plainAndLuks: string;
}

async function makeEmpty(file: string, bytes: number): Promise<string> {
  const handle = await open(file, 'w');
  await handle.truncate(bytes);
  await handle.close();
  return file;
}

async function runTool(command: string, args: readonly string[]): Promise<void> {
  const { outcome, status, stderr } = await run(command, args, { deadlineMs: 60_000 });
  if (outcome !== 'exited' || status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${outcome} ${status}: ${stderr}`);
}

async function makeLuks(file: string, type: 'luks1' | 'luks2'): Promise<string> {
  await makeEmpty(file, 24 * mebibyte);
  const keyFile = `${file}.key`;
  await writeFile(keyFile, luksPassword);
  // The weakest key derivation there is: the emulated processor would take minutes for a real one.
  const quick = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
  await runTool('cryptsetup', ['luksFormat', '--batch-mode', '--type', type, ...quick, file, keyFile]);
  return file;
}

/**
 * A volume as BitLocker of Windows 7 and later marks it: the boot sector's signature, and the offset in it of the
 * first metadata block, which starts with the same eight characters (libyal, "BitLocker Drive Encryption format").
 */
async function makeBitLocker(file: string): Promise<string> {
  const metadataOffset = 64 * 1024;
  const bytes = Buffer.alloc(8 * mebibyte);
  bytes.set([0xeb, 0x58, 0x90], 0);
  bytes.write('-FVE-FS-', 3, 'latin1');
  bytes.writeUInt16LE(sectorBytes, 11);
  bytes.writeUInt8(8, 13);
  // The GUID 4967d63b-2e29-4ad8-8399-f6a339e3d001 marks the layout of Windows 7.
  Buffer.from('3bd66749292ed84a8399f6a339e3d001', 'hex').copy(bytes, 160);
  for (const at of [176, 184, 192]) bytes.writeBigUInt64LE(BigInt(metadataOffset), at);
  bytes.writeUInt16LE(0xaa55, 510);
  bytes.write('-FVE-FS-', metadataOffset, 'latin1');
  bytes.writeUInt16LE(64, metadataOffset + 8);
  bytes.writeUInt16LE(2, metadataOffset + 10);
  await writeFile(file, bytes);
  return file;
}

/** An APFS container: the magic of its superblock (Apple File System Reference, `nx_superblock_t`). */
async function makeApfs(file: string): Promise<string> {
  const bytes = Buffer.alloc(8 * mebibyte);
  bytes.writeBigUInt64LE(1n, 8);
  bytes.writeUInt32LE(0x8000_0001, 24);
  bytes.write('NXSB', 32, 'latin1');
  bytes.writeUInt32LE(4096, 36);
  bytes.writeBigUInt64LE(2048n, 40);
  bytes.writeBigUInt64LE(fletcher64(bytes.subarray(0, 4096)), 0);
  await writeFile(file, bytes);
  return file;
}

/** The checksum in the first eight bytes of an APFS block, over the rest of the block. */
function fletcher64(block: Buffer): bigint {
  const modulus = 0xffff_ffffn;
  let low = 0n;
  let high = 0n;
  for (let at = 8; at < block.length; at += 4) {
    low = (low + BigInt(block.readUInt32LE(at))) % modulus;
    high = (high + low) % modulus;
  }
  const checkLow = modulus - ((low + high) % modulus);
  const checkHigh = modulus - ((low + checkLow) % modulus);
  return (checkHigh << 32n) | checkLow;
}

/** Looks like a VeraCrypt volume: noise without any signature. The same bytes every time. */
async function makeNoise(file: string): Promise<string> {
  const blocks: Buffer[] = [];
  for (let block = 0; block < (4 * mebibyte) / 32; block += 1) {
    blocks.push(createHash('sha256').update(`noise ${block}`).digest());
  }
  await writeFile(file, Buffer.concat(blocks));
  return file;
}

interface Partition {
  readonly type: number;
  readonly imageFile: string;
}

/** A disk with a master boot record (the partition table of the PC: 16 bytes an entry from 446, `55 AA` at the end). */
async function makePartitioned(file: string, partitions: readonly Partition[]): Promise<string> {
  const record = Buffer.alloc(sectorBytes);
  const parts: { readonly at: number; readonly bytes: Buffer }[] = [];
  let at = mebibyte;
  for (const [index, { type, imageFile }] of partitions.entries()) {
    const bytes = await readFile(imageFile);
    const entry = 446 + index * 16;
    record.writeUInt8(type, entry + 4);
    record.writeUInt32LE(at / sectorBytes, entry + 8);
    record.writeUInt32LE(bytes.length / sectorBytes, entry + 12);
    parts.push({ at, bytes });
    at += Math.ceil(bytes.length / mebibyte) * mebibyte;
  }
  record.writeUInt16LE(0xaa55, 510);
  await makeEmpty(file, at);
  const handle = await open(file, 'r+');
  await handle.write(record, 0, record.length, 0);
  for (const part of parts) await handle.write(part.bytes, 0, part.bytes.length, part.at);
  await handle.close();
  return file;
}

async function makeIso(file: string, folder: string): Promise<string> {
  const content = path.join(folder, 'disc');
  await mkdir(content, { recursive: true });
  await writeFile(path.join(content, 'read-me.txt'), 'A disc for the tests.\n');
  await runTool('genisoimage', ['-quiet', '-V', 'TEACHING', '-o', file, content]);
  return file;
}

/** Makes all of them in `folder`. Rejects with the message of the failed tool. */
export async function makeStickImages(folder: string): Promise<StickImages> {
  await mkdir(folder, { recursive: true });
  const at = (name: string) => path.join(folder, `${name}.img`);
  const fat = await makeEmpty(at('fat'), 8 * mebibyte);
  await runTool('mkfs.vfat', ['-n', 'TEACHING', fat]);
  const exfat = await makeEmpty(at('exfat'), 8 * mebibyte);
  await runTool('mkfs.exfat', ['-L', 'CAMERA', exfat]);
  const ntfs = await makeEmpty(at('ntfs'), 16 * mebibyte);
  await runTool('mkfs.ntfs', ['--force', '--quick', '--quiet', '--label', 'BACKUP', ntfs]);
  const ext4 = await makeEmpty(at('ext4'), 8 * mebibyte);
  await runTool('mkfs.ext4', ['-q', '-F', '-L', 'LINUX', ext4]);
  const luks2 = await makeLuks(at('luks2'), 'luks2');
  const images: StickImages = {
    folder,
    fat,
    exfat,
    ntfs,
    ext4,
    luks2,
    luks1: await makeLuks(at('luks1'), 'luks1'),
    iso: await makeIso(at('iso'), folder),
    bitLocker: await makeBitLocker(at('bitlocker')),
    apfs: await makeApfs(at('apfs')),
    noise: await makeNoise(at('noise')),
    unformatted: await makeEmpty(at('unformatted'), 8 * mebibyte),
    plainAndLuks: await makePartitioned(at('plain-and-luks'), [
      { type: 0x0c, imageFile: fat },
      { type: 0x83, imageFile: luks2 },
    ]),
  };
  for (const file of Object.values(images) as string[]) await stat(file);
  return images;
}
