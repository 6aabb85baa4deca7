/** What Linux's own findings say about the encryption of a volume. */

import type { EncryptionProbe } from '../../../shared/device/drive.ts';
import { compareVerdicts, type Verdict } from '../../../shared/device/verdict.ts';
import type { BlockNode } from './parse-lsblk.ts';

interface Finding {
  readonly encryption: Verdict;
  readonly probe: EncryptionProbe;
}

/**
 * File systems, by libblkid's names, that hold their files in the clear. A user sees *not encrypted* for those in this
 * list and *cannot tell* for all others. APFS is missing because it may be encrypted, and only an administrator can
 * find that out. ZFS and bcachefs are missing for the same reason.
 */
const plainFileSystems: ReadonlySet<string> = new Set([
  'vfat',
  'msdos',
  'exfat',
  'ntfs',
  'ntfs3',
  'ReFS',
  'ext2',
  'ext3',
  'ext4',
  'ext4dev',
  'xfs',
  'btrfs',
  'f2fs',
  'jfs',
  'reiserfs',
  'nilfs2',
  'minix',
  'ufs',
  'hfs',
  'hfsplus',
  'iso9660',
  'udf',
  'squashfs',
  'erofs',
  'swap',
]);

/** Content that only a password opens, by libblkid's names. */
const lockedContents: ReadonlySet<string> = new Set(['crypto_LUKS', 'BitLocker', 'FVAULT2']);

/**
 * How the kernel names open mappings that encrypt. Integrity and verity mappings use the same prefix but encrypt
 * nothing.
 */
const openMapping = /^CRYPT-(LUKS1|LUKS2|BITLK|FVAULT2|TCRYPT|PLAIN|LOOPAES)-/u;

/**
 * How the kernel names the mappings below an open LUKS2 volume while cryptsetup encrypts, re-encrypts or decrypts it in
 * place: one over all of its content, one over the part that is being written (cryptsetup, `luks2_reencrypt.c`). Others
 * below an open volume belong to integrity (`_dif`) or to a chain of ciphers (`_1`), and say nothing of this.
 */
const mappingOfReencryption = /^CRYPT-SUBDEV-.*-(?:overlay|hotzone-(?:forward|backward))$/u;

/** The name that device-mapper keeps for a mapping; empty if it is none. `kernelName` is as in the node. */
export type ReadMappingId = (kernelName: string) => string;

export function findEncryption(node: BlockNode, mappingIdOf: ReadMappingId): Finding {
  const ids = node.children.map(({ kernelName }) => mappingIdOf(kernelName));
  if (ids.some((id) => mappingOfReencryption.test(id))) {
    return { encryption: 'being-encrypted', probe: { name: 'mapping', found: 'LUKS2 under re-encryption' } };
  }
  const mapping = ids.map((id) => openMapping.exec(id)?.[1]);
  if (mapping.length > 0 && mapping.every((kind) => kind !== undefined)) {
    return { encryption: 'encrypted', probe: { name: 'mapping', found: mapping.join(', ') } };
  }
  if (lockedContents.has(node.fsType)) {
    // If anything but an open mapping lies on top, the volume is used in a way that the agent does not know.
    return node.children.length === 0
      ? { encryption: 'locked', probe: signatureOf(node) }
      : { encryption: 'cannot-tell', probe: signatureOf(node) };
  }
  if (plainFileSystems.has(node.fsType)) return { encryption: 'not-encrypted', probe: signatureOf(node) };
  // Volume groups and arrays hold further devices; the devices on them decide.
  if (node.children.length > 0)
    return worstOf(node.children.map((child) => findEncryption(child, mappingIdOf)));
  return {
    encryption: 'cannot-tell',
    probe: node.fsType === '' ? { name: 'none', found: '' } : signatureOf(node),
  };
}

function worstOf(findings: readonly Finding[]): Finding {
  const [worst] = findings.toSorted((one, other) => compareVerdicts(one.encryption, other.encryption));
  return worst ?? { encryption: 'cannot-tell', probe: { name: 'none', found: '' } };
}

function signatureOf({ fsType, fsVersion }: BlockNode): EncryptionProbe {
  return { name: 'signature', found: `${fsType} ${fsVersion}`.trim().slice(0, 80) };
}
