/** Checks that a later log holds an earlier one, for the agent and for a witness. */
import type { CheckpointText } from './log-note.ts';

const half = (value: number): number => Math.floor(value / 2);

/**
 * RFC 9162, section 2.1.4.2: whether the proof shows that the newer log starts with all leaves of the older one. Hashes are
 * base64; `nodeHash` is the hash of an inner node over its two children.
 */
export function isConsistent(
  older: CheckpointText,
  newer: CheckpointText,
  proof: readonly string[],
  nodeHash: (left: string, right: string) => string,
): boolean {
  if (older.size === newer.size) return older.root === newer.root && proof.length === 0;
  if (older.size === 0) return proof.length === 0;
  if (older.size > newer.size) return false;
  let [place, last] = [older.size - 1, newer.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  // A complete older tree is itself the first node of the proof.
  const [first, ...path] = place === 0 ? [older.root, ...proof] : proof;
  if (first === undefined) return false;
  let [left, right] = [first, first];
  for (const beside of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      left = nodeHash(beside, left);
      right = nodeHash(beside, right);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      right = nodeHash(right, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && left === older.root && right === newer.root;
}
