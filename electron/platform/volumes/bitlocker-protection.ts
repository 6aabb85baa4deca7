/** What the Windows shell's BitLocker value means for a volume. */
import type { EncryptionProbe } from '../../../shared/device/drive.ts';
import type { Verdict } from '../../../shared/device/verdict.ts';

interface Finding {
  readonly encryption: Verdict;
  readonly probe: EncryptionProbe;
}

/**
 * The values of `System.Volume.BitLockerProtection`. **Not documented by Microsoft.** Sources by value:
 *
 * - 1 to 6: Chromium's `device_signals`, whose authors tried them on Windows 10. Explorer's own menu entries use 1, 2, 3, 5
 *   and 6 in the same sense, under the names *On*, *Encrypting* and *Suspended*.
 * - 0 and 7: names in public inventory tools, without a test. Other software may have encrypted a volume that BitLocker
 *   does not offer itself for, and 7 would say nothing of the rest of the volume.
 * - 8: reported of built-in disks that Windows 11 24H2 has prepared, before anyone has signed in with an account.
 *
 * What rests on a name alone counts as not known, so the agent never calls such a volume encrypted. *Suspended* means that
 * the key lies open on the volume. While encryption or decryption runs, a part of the volume is in the clear. None of
 * these protects a stick that is lost. A value that is missing here means nothing.
 */
const meanings: ReadonlyMap<number, readonly [Verdict, string]> = new Map([
  [0, ['cannot-tell', 'not available here']],
  [1, ['encrypted', 'on']],
  [2, ['not-encrypted', 'off']],
  [3, ['being-encrypted', 'being encrypted']],
  [4, ['not-encrypted', 'being decrypted']],
  [5, ['not-encrypted', 'suspended']],
  [6, ['locked', 'locked']],
  [7, ['cannot-tell', 'perhaps of the used space only']],
  [8, ['cannot-tell', 'waiting to be switched on']],
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
