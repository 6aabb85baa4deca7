/** Recognises encrypted volumes by their first bytes. A beginning proves nothing else: noise may be anything. */

/** How much of a volume is read: enough for every signature below, and a multiple of all sector sizes. */
export const bootSectorBytes = 4096;

/** LUKS On-Disk Format Specification 1.2 and LUKS2 On-Disk Format Specification: six bytes, then the version. */
const luksMagic = Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]);

/** libyal, "BitLocker Drive Encryption (BDE) format": the file system's name in the boot sector. */
const bitLockerName = Buffer.from('-FVE-FS-', 'latin1');
/**
 * The same document: BitLocker To Go claims to be FAT, and has this GUID (4967d63b-2e29-4ad8-8399-f6a339e3d001) at 424.
 */
const bitLockerToGoGuid = Buffer.from('3bd66749292ed84a8399f6a339e3d001', 'hex');

/** `LUKS 1`, `LUKS 2`, `BitLocker`; undefined for everything else, encrypted or not. */
export function findEncryptedContent(bytes: Buffer): string | undefined {
  if (isAt(bytes, luksMagic, 0) && bytes.length >= 8) {
    const version = bytes.readUInt16BE(6);
    return version === 1 || version === 2 ? `LUKS ${version}` : undefined;
  }
  if (bytes.length < 512 || bytes.readUInt16LE(510) !== 0xaa55) return undefined;
  const isToGo = isAt(bytes, Buffer.from('MSWIN4.1', 'latin1'), 3) && isAt(bytes, bitLockerToGoGuid, 424);
  return isAt(bytes, bitLockerName, 3) || isToGo ? 'BitLocker' : undefined;
}

function isAt(bytes: Buffer, wanted: Buffer, offset: number): boolean {
  return (
    bytes.length >= offset + wanted.length &&
    bytes.compare(wanted, 0, wanted.length, offset, offset + wanted.length) === 0
  );
}
