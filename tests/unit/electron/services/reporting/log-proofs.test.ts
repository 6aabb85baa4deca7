/** The agent's own check of notes, successions and consistency proofs, against what the collector makes. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type LogKey,
  readLogKey,
  signCheckpoint,
  writeLogKey,
} from '../../../../../collector/src/log/checkpoint.ts';
import { consistencyProof, leafHash, rootHash } from '../../../../../collector/src/log/merkle.ts';
import { growTree, nodesOf } from '../../../../../collector/src/log/tiles.ts';
import { isConsistent, openCheckpoint } from '../../../../../electron/services/reporting/log-proofs.ts';

const most = 40;

function makeKey(name = 'porthor.collector/test'): LogKey {
  const key = readLogKey(writeLogKey(name, randomBytes(32)));
  if (key === undefined) throw new Error('no key');
  return key;
}

const leaves = Array.from({ length: most }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));
const { tiles } = growTree({ size: 0, partial: new Map() }, leaves);
const nodeAt = nodesOf({
  readTile: (level, index) =>
    Promise.resolve(tiles.find((tile) => tile.level === level && tile.index === index)?.hashes),
});
const checkpointOf = async (size: number) => ({
  origin: 'log',
  size,
  root: (await rootHash(nodeAt, size)).toString('base64'),
});

describe('a consistency proof', () => {
  it('shows growth between all sizes, and nothing else', async () => {
    for (let older = 1; older <= most; older += 1) {
      for (let newer = older; newer <= most; newer += 1) {
        const [kept, seen] = [await checkpointOf(older), await checkpointOf(newer)];
        const proof = (await consistencyProof(nodeAt, older, newer)).map((hash) => hash.toString('base64'));
        expect(isConsistent(kept, seen, proof)).toBe(true);
        const other = leafHash(Buffer.from('other')).toString('base64');
        expect(isConsistent({ ...kept, root: other }, seen, proof)).toBe(false);
        expect(isConsistent(kept, { ...seen, root: other }, proof)).toBe(false);
        expect(isConsistent(kept, seen, [...proof, other])).toBe(false);
        for (const at of proof.keys()) {
          expect(isConsistent(kept, seen, proof.with(at, other))).toBe(false);
          expect(isConsistent(kept, seen, proof.toSpliced(at, 1))).toBe(false);
        }
        if (newer > older) expect(isConsistent(seen, kept, proof)).toBe(false);
      }
    }
  });
});

describe('a checkpoint', () => {
  it('opens with its own key alone, and not after any change', () => {
    const key = makeKey();
    const note = signCheckpoint({ origin: key.name, size: 7, root: leaves[0] ?? Buffer.alloc(32) }, key);
    expect(openCheckpoint(note, key.verifierKey)).toMatchObject({ origin: key.name, size: 7 });
    expect(openCheckpoint(note, makeKey().verifierKey)).toBeUndefined();
    expect(openCheckpoint(note.replace('\n7\n', '\n8\n'), key.verifierKey)).toBeUndefined();
    for (const text of ['', 'x', '\n\n', note.slice(0, -10), `${note}— x y z\n`, note.replace('— ', '- ')]) {
      expect(openCheckpoint(text, key.verifierKey)).toBeUndefined();
    }
    expect(openCheckpoint(note, key.verifierKey.replace('+', ''))).toBeUndefined();
  });
});
