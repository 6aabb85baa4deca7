/** The layout of the log: tiles and bundles of entries as in https://c2sp.org/tlog-tiles, and how a tree grows in them. */
import { emptyRoot, hashBytes, type NodeAt, nodeHash } from './merkle.ts';

/** Hashes in a full tile, and entries in a full bundle: tiles are 8 levels high. */
export const tileWidth = 256;
const tileHeight = 8;

/** `hashes` holds 1 to 256 hashes of 32 bytes. Level 0 holds the hashes of leaves. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Buffer;
}

/** Where the tiles are kept. A tile that grows is replaced by its longer form. */
export interface TileStore {
  /** Undefined for a tile that does not exist. */
  readTile(level: number, index: number): Promise<Buffer | undefined>;
}

/** As it stands in an address: 1234067 is `x001/x234/067`. Undefined for a text that is not such a number. */
export function readTileNumber(text: string): number | undefined {
  if (!/^(?:x\d{3}\/){0,4}\d{3}$/u.test(text) || text.startsWith('x000/')) return undefined;
  return Number(text.replaceAll(/[x/]/gu, ''));
}

/** The number of a tile with the width of a partial one, such as `x001/067.p/12`. */
export function readTileAddress(
  text: string,
): { readonly index: number; readonly width: number } | undefined {
  const [, number = '', partial] = /^(.+?)(?:\.p\/([1-9]\d{0,2}))?$/u.exec(text) ?? [];
  const index = readTileNumber(number);
  const width = partial === undefined ? tileWidth : Number(partial);
  if (index === undefined || (partial !== undefined && width >= tileWidth)) return undefined;
  return { index, width };
}

/** Each entry with its length before it, in two bytes. */
export function entryBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

const hashIn = (hashes: Buffer, position: number): Buffer =>
  hashes.subarray(position * hashBytes, (position + 1) * hashBytes);

/** The hash over `width` hashes of a tile. `width` is a power of two. */
function completeHash(hashes: Buffer, start: number, width: number): Buffer {
  if (width === 1) return hashIn(hashes, start);
  const half = width / 2;
  return nodeHash(completeHash(hashes, start, half), completeHash(hashes, start + half, half));
}

/** Reads each tile once. Rejects for a subtree that the tiles do not hold. */
export function nodesOf(store: TileStore): NodeAt {
  const read = new Map<string, Promise<Buffer | undefined>>();
  return async (level, index) => {
    const tileLevel = Math.floor(level / tileHeight);
    const width = 2 ** (level % tileHeight);
    const nodesInTile = tileWidth / width;
    const tileIndex = Math.floor(index / nodesInTile);
    const name = `${tileLevel}/${tileIndex}`;
    const reading = read.get(name) ?? store.readTile(tileLevel, tileIndex);
    read.set(name, reading);
    const hashes = await reading;
    const start = (index % nodesInTile) * width;
    if (hashes === undefined || hashes.length < (start + width) * hashBytes) {
      throw new Error(`tile ${name} does not hold hash ${start + width - 1}`);
    }
    return completeHash(hashes, start, width);
  };
}

/** What an append needs of the tree: its partial tiles, by level. */
export interface TreeEdge {
  readonly size: number;
  readonly partial: ReadonlyMap<number, Buffer>;
}

/** Where the partial tiles of a tree are. */
export function edgeTiles(size: number): readonly { readonly level: number; readonly index: number }[] {
  const tiles: { level: number; index: number }[] = [];
  for (let [level, nodes] = [0, size]; nodes > 0; level += 1, nodes = Math.floor(nodes / tileWidth)) {
    if (nodes % tileWidth > 0) tiles.push({ level, index: Math.floor(nodes / tileWidth) });
  }
  return tiles;
}

/** Appends hashes of leaves. `tiles` are all that are new or longer than before. */
export function growTree(
  edge: TreeEdge,
  leafHashes: readonly Buffer[],
): { readonly edge: TreeEdge; readonly tiles: readonly Tile[]; readonly root: Buffer } {
  const tiles: Tile[] = [];
  const partial = new Map(edge.partial);
  let added: readonly Buffer[] = leafHashes;
  let nodes = edge.size;
  for (let level = 0; added.length > 0; level += 1) {
    let index = Math.floor(nodes / tileWidth);
    let pending = Buffer.concat([partial.get(level) ?? Buffer.alloc(0), ...added]);
    const above: Buffer[] = [];
    for (; pending.length >= tileWidth * hashBytes; index += 1) {
      const hashes = pending.subarray(0, tileWidth * hashBytes);
      tiles.push({ level, index, hashes });
      above.push(completeHash(hashes, 0, tileWidth));
      pending = pending.subarray(tileWidth * hashBytes);
    }
    if (pending.length > 0) tiles.push({ level, index, hashes: pending });
    partial.set(level, pending);
    added = above;
    nodes = Math.floor(nodes / tileWidth);
  }
  const size = edge.size + leafHashes.length;
  return { edge: { size, partial }, tiles, root: edgeRoot({ size, partial }) };
}

/** The root, from the complete subtrees of the edge: the smallest is the rightmost. */
export function edgeRoot({ size, partial }: TreeEdge): Buffer {
  let root: Buffer | undefined;
  for (let [level, nodes] = [0, size]; nodes > 0; level += 1, nodes = Math.floor(nodes / tileWidth)) {
    let end = nodes % tileWidth;
    for (let width = 1; end > 0; width *= 2) {
      if (Math.floor(end / width) % 2 === 0) continue;
      const peak = completeHash(partial.get(level) ?? Buffer.alloc(0), end - width, width);
      root = root === undefined ? peak : nodeHash(peak, root);
      end -= width;
    }
  }
  return root ?? emptyRoot();
}
