/** The Merkle tree of RFC 9162, section 2.1: its hashes, and its proofs over any store of complete subtrees. */
import { hash } from 'node:crypto';

export const hashBytes = 32;
const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

export function leafHash(entry: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, entry]), 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodePrefix, left, right]), 'buffer');
}

/** The root of a tree without leaves. */
export function emptyRoot(): Buffer {
  return hash('sha256', '', 'buffer');
}

/**
 * The hash of a complete subtree: 2^level leaves, the first of which is leaf `index` × 2^level. Rejects where the store
 * does not have it.
 */
export type NodeAt = (level: number, index: number) => Promise<Buffer>;

/** The largest power of two below `size`, as RFC 9162 splits a tree of more than one leaf. */
function splitOf(size: number): { readonly left: number; readonly level: number } {
  let [left, level] = [1, 0];
  while (left * 2 < size) {
    left *= 2;
    level += 1;
  }
  return { left, level };
}

/** The hash over the leaves from `start`. `start` is a multiple of the power of two that is not below `size`. */
async function rangeHash(nodeAt: NodeAt, start: number, size: number): Promise<Buffer> {
  if (size === 1) return nodeAt(0, start);
  const { left, level } = splitOf(size);
  if (left * 2 === size) return nodeAt(level + 1, start / size);
  return nodeHash(await nodeAt(level, start / left), await rangeHash(nodeAt, start + left, size - left));
}

export function rootHash(nodeAt: NodeAt, size: number): Promise<Buffer> {
  return size === 0 ? Promise.resolve(emptyRoot()) : rangeHash(nodeAt, 0, size);
}

/** Proves that leaf `index` is in the tree of `size` leaves: the hashes beside its way to the root, from the leaf up. */
export async function inclusionProof(nodeAt: NodeAt, index: number, size: number): Promise<Buffer[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const pathIn = async (start: number, width: number): Promise<Buffer[]> => {
    if (width === 1) return [];
    const { left } = splitOf(width);
    return index < start + left
      ? [...(await pathIn(start, left)), await rangeHash(nodeAt, start + left, width - left)]
      : [...(await pathIn(start + left, width - left)), await rangeHash(nodeAt, start, left)];
  };
  return pathIn(0, size);
}

/** Proves that the tree of `size` leaves starts with all leaves of the tree of `oldSize`. */
export async function consistencyProof(nodeAt: NodeAt, oldSize: number, size: number): Promise<Buffer[]> {
  if (!(oldSize >= 1 && oldSize <= size)) {
    throw new RangeError(`a tree of ${size} did not grow from one of ${oldSize}`);
  }
  const proofIn = async (start: number, width: number, isWholeOld: boolean): Promise<Buffer[]> => {
    if (start + width === oldSize) return isWholeOld ? [] : [await rangeHash(nodeAt, start, width)];
    const { left } = splitOf(width);
    return oldSize <= start + left
      ? [...(await proofIn(start, left, isWholeOld)), await rangeHash(nodeAt, start + left, width - left)]
      : [...(await proofIn(start + left, width - left, false)), await rangeHash(nodeAt, start, left)];
  };
  return proofIn(0, size, true);
}
