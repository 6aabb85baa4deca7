/** Unpacks the parts of a zipped document that hold words, within limits. */
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { maxUnpackedWordBytes } from './import-limits.ts';

const tooMuch = 'it unpacks to far more than any policy holds';

/** Unpacks only the parts that `isWanted` accepts; pictures, fonts and macros never. Returns the reason on failure. */
export function unpackDocument(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean,
): Record<string, Uint8Array> | string {
  let total = 0;
  let isTooLarge = false;
  const filter = ({ name, originalSize, size }: UnzipFileInfo) => {
    if (!isWanted(name)) return false;
    // A header may understate the unpacked size. A part that is packed a thousandfold is not a document in any case.
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
