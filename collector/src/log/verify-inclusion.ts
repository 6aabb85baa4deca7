/** Checks one inclusion proof: that it leads from the leaf to the root. */
import { leafHash, nodeHash } from './merkle.ts';

/** The root that a proof leads to, by RFC 9162, section 2.1.3.2; undefined for a proof of the wrong length. */
export function rootOfProof(
  entry: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Buffer | undefined {
  if (!(index >= 0 && index < size)) return undefined;
  let [place, last, hash] = [index, size - 1, leafHash(entry)];
  for (const beside of proof) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(beside, hash);
      while (place % 2 === 0 && place !== 0) {
        place = Math.floor(place / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, beside);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
}
