/** Unpacks the parts of a zipped document that hold words, within limits. */
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { maxUnpackedWordBytes } from './import-limits.ts';

const tooMuch = 'it unpacks to far more than any policy holds';

/** Pictures, fonts and macros are never unpacked: only what `isWanted` says. Gives the reason where it fails. */
export function unpackDocument(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean,
): Record<string, Uint8Array> | string {
  let total = 0;
  let isTooLarge = false;
  const filter = ({ name, originalSize, size }: UnzipFileInfo) => {
    if (!isWanted(name)) return false;
    // A header may say less than the part unpacks to: what is packed a thousandfold is no document either way.
    total += Math.max(originalSize, size);
    isTooLarge ||= total > maxUnpackedWordBytes;
    return !isTooLarge;
  };
  try {
    const parts = unzipSync(bytes, { filter });
    return isTooLarge ? tooMuch : parts;
  } catch {
    return isTooLarge ? tooMuch : 'it is damaged, or not a document at all';
  }
}
