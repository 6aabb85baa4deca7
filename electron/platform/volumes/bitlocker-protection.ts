/** What the Windows shell's BitLocker value means for a volume. */
import type { EncryptionProbe } from '../../../shared/device/drive.ts';
import type { Verdict } from '../../../shared/device/verdict.ts';

interface Finding {
  readonly encryption: Verdict;
  readonly probe: EncryptionProbe;
}

/**
 * The values of `System.Volume.BitLockerProtection`. **Not documented by Microsoft**: gathered from what Explorer shows
 * for volumes in known states. A value that is missing here means nothing.
 *
 * *Suspended* means that the key lies open on the volume. While encryption or decryption runs, a part of the volume is
 * in the clear. None of these protects a stick that is lost.
 */
const meanings: ReadonlyMap<number, readonly [Verdict, string]> = new Map([
  [1, ['encrypted', 'on']],
  [2, ['not-encrypted', 'off']],
  [3, ['being-encrypted', 'being encrypted']],
  [4, ['not-encrypted', 'being decrypted']],
  [5, ['not-encrypted', 'suspended']],
  [6, ['locked', 'locked']],
]);

/**
 * `value` is undefined where the shell gave none. `fileSystem` is what Windows reads on the volume, and empty where it
 * cannot. An unlocked or unencrypted volume has a file system; a locked one has none. If the two contradict each other,
 * the answer is that it cannot be known.
 */
export function judgeBitLocker(value: number | undefined, fileSystem: string): Finding {
  if (value === undefined) return { encryption: 'cannot-tell', probe: { name: 'none', found: '' } };
  const [encryption, word] = meanings.get(value) ?? ['cannot-tell', 'of unknown meaning'];
  const probe: EncryptionProbe = { name: 'shell-property', found: `BitLocker protection ${value} (${word})` };
  const isReadable = fileSystem !== '';
  const contradicts = encryption === 'locked' ? isReadable : !isReadable;
  return { encryption: contradicts ? 'cannot-tell' : encryption, probe };
}
