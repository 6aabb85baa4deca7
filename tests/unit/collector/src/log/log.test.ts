/** The log's tree against a naive one that follows the text of RFC 9162, and against published values. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  openCheckpoint,
  readLogKey,
  signCheckpoint,
  writeLogKey,
} from '../../../../../collector/src/log/checkpoint.ts';
import { leafEntry } from '../../../../../collector/src/log/leaf.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  rootHash,
} from '../../../../../collector/src/log/merkle.ts';
import {
  edgeRoot,
  edgeTiles,
  entryBundle,
  growTree,
  nodesOf,
  readTileAddress,
  readTileNumber,
  type TreeEdge,
} from '../../../../../collector/src/log/tiles.ts';

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH, PATH and PROOF as RFC 9162 defines them in 2.1.1, 2.1.3.1 and 2.1.4.1, over entries in memory. */
const split = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));
function mth(entries: readonly Buffer[]): Buffer {
  const [first] = entries;
  if (first === undefined) return sha256();
  if (entries.length === 1) return sha256(Buffer.from([0]), first);
  const k = split(entries.length);
  return sha256(Buffer.from([1]), mth(entries.slice(0, k)), mth(entries.slice(k)));
}
function pathOf(m: number, entries: readonly Buffer[]): Buffer[] {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...pathOf(m, entries.slice(0, k)), mth(entries.slice(k))]
    : [...pathOf(m - k, entries.slice(k)), mth(entries.slice(0, k))];
}
function subproof(m: number, entries: readonly Buffer[], isWhole: boolean): Buffer[] {
  if (m === entries.length) return isWhole ? [] : [mth(entries)];
  const k = split(entries.length);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), isWhole), mth(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), mth(entries.slice(0, k))];
}

const hex = (hashes: readonly Buffer[]): readonly string[] => hashes.map((one) => one.toString('hex'));
const numbered = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`));

/** A log in memory, grown in the given steps. */
function makeLog(entries: readonly Buffer[], steps: readonly number[] = [entries.length]) {
  const tiles = new Map<string, Buffer>();
  let edge: TreeEdge = { size: 0, partial: new Map() };
  let root = edgeRoot(edge);
  for (const step of steps) {
    // Each step starts from the stored tiles alone, as the sequencer does.
    const partial = new Map(
      edgeTiles(edge.size).map(({ level, index }) => [
        level,
        tiles.get(`${level}/${index}`) ?? Buffer.alloc(0),
      ]),
    );
    const added = entries.slice(edge.size, edge.size + step).map((entry) => leafHash(entry));
    const grown = growTree({ size: edge.size, partial }, added);
    for (const { level, index, hashes } of grown.tiles) tiles.set(`${level}/${index}`, hashes);
    ({ edge, root } = grown);
  }
  const nodeAt = nodesOf({ readTile: (level, index) => Promise.resolve(tiles.get(`${level}/${index}`)) });
  return { nodeAt, root, tiles, size: edge.size };
}

describe('the tree', () => {
  // From the reference tests of certificate-transparency-go (trillian/merkle/testonly), for the tree of RFC 6962.
  const published = [
    ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ] as const;

  it('has the published roots for the published leaves', async () => {
    const entries = published.map(([leaf]) => Buffer.from(leaf, 'hex'));
    const { nodeAt, tiles } = makeLog(entries);
    expect(tiles.size).toBe(1);
    for (const [index, [, root]] of published.entries()) {
      expect((await rootHash(nodeAt, index + 1)).toString('hex')).toBe(root);
      expect(makeLog(entries.slice(0, index + 1)).root.toString('hex')).toBe(root);
    }
    expect(makeLog([]).root.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('is that of RFC 9162, in whatever steps it grew, with every proof', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.nat(),
        async (steps, someLeaf, someSize) => {
          const entries = numbered(steps.reduce((sum, step) => sum + step, 0));
          const { nodeAt, root, size } = makeLog(entries, steps);
          expect(size).toBe(entries.length);
          expect(root.equals(mth(entries))).toBe(true);
          if (size === 0) return;
          const older = (someSize % size) + 1;
          const earlier = entries.slice(0, older);
          expect((await rootHash(nodeAt, older)).equals(mth(earlier))).toBe(true);
          const leaf = someLeaf % older;
          expect(hex(await inclusionProof(nodeAt, leaf, older))).toEqual(hex(pathOf(leaf, earlier)));
          expect(hex(await consistencyProof(nodeAt, older, size))).toEqual(
            hex(subproof(older, entries, true)),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('has a third level of tiles from 65,536 leaves', async () => {
    const entries = numbered(65_800);
    const { nodeAt, root, tiles } = makeLog(entries, [65_535, 1, 264]);
    expect(root.equals(mth(entries))).toBe(true);
    expect(tiles.get('2/0')?.length).toBe(32);
    expect(hex(await inclusionProof(nodeAt, 65_537, 65_800))).toEqual(hex(pathOf(65_537, entries)));
  });

  it('refuses a proof for what it does not hold', async () => {
    const { nodeAt } = makeLog(numbered(3));
    await expect(inclusionProof(nodeAt, 3, 3)).rejects.toThrow(RangeError);
    await expect(inclusionProof(nodeAt, 0, 4)).rejects.toThrow('does not hold');
    await expect(consistencyProof(nodeAt, 4, 3)).rejects.toThrow(RangeError);
  });
});

describe('the layout', () => {
  it('writes the number of a tile as the specification does', () => {
    expect(readTileNumber('x001/x234/067')).toBe(1_234_067);
    expect(readTileNumber('000')).toBe(0);
    expect(readTileAddress('x001/067.p/12')).toEqual({ index: 1067, width: 12 });
    expect(readTileAddress('067')).toEqual({ index: 67, width: 256 });
    for (const wrong of ['67', 'x000/067', '067.p/0', '067.p/256', '067.p/', 'x01/067', '../067', '']) {
      expect(readTileAddress(wrong)).toBeUndefined();
    }
  });

  it('puts the length before each entry of a bundle', () => {
    expect(entryBundle([Buffer.from('ab'), Buffer.from('c')]).toString('hex')).toBe('00026162000163');
  });
});

describe('a leaf', () => {
  it('hashes salt and text, so that another salt gives another leaf', () => {
    const [salt, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(leafEntry('acknowledgement', salt, 'ŵ')).toBe(
      `porthor-leaf-v1 acknowledgement ${sha256(salt, Buffer.from('ŵ')).toString('hex')}`,
    );
    expect(leafEntry('acknowledgement', other, 'ŵ')).not.toBe(leafEntry('acknowledgement', salt, 'ŵ'));
  });
});

describe('a checkpoint', () => {
  const text = writeLogKey('porthor.example/log', Buffer.alloc(32, 7));
  const key = readLogKey(text);
  if (key === undefined) throw new Error('the key that was just written cannot be read');
  const root = Buffer.alloc(32, 9);
  const note = signCheckpoint({ origin: key.name, size: 12, root }, key);

  it('opens with the key that signed it', () => {
    expect(openCheckpoint(note, key.verifierKey)).toEqual({ origin: key.name, size: 12, root });
    const witnessed = `${note}— witness.example ${Buffer.alloc(68).toString('base64')}\n`;
    expect(openCheckpoint(witnessed, key.verifierKey)?.size).toBe(12);
  });

  it('does not open when one character of it is another', () => {
    fc.assert(
      fc.property(fc.nat(note.length - 2), (position) => {
        const changed =
          note.slice(0, position) + (note[position] === 'A' ? 'B' : 'A') + note.slice(position + 1);
        expect(openCheckpoint(changed, key.verifierKey)).toBeUndefined();
      }),
    );
  });

  it('does not open with another key of the same name', () => {
    const other = readLogKey(writeLogKey(key.name, Buffer.alloc(32, 8)));
    expect(openCheckpoint(note, other?.verifierKey ?? '')).toBeUndefined();
  });

  it('is not signed with a key whose hash does not match', () => {
    expect(readLogKey(text.replace('porthor.example', 'other.example'))).toBeUndefined();
    expect(readLogKey('PRIVATE+KEY+')).toBeUndefined();
  });
});
