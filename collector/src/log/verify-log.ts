/** Compares the log with its signed checkpoint, and with older checkpoints that were kept elsewhere. */
import type { LeavesReport } from '../evidence/check-leaves.ts';
import { mostFindings, type Report } from '../evidence/finding.ts';
import type { LogRepository } from '../repositories/log.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { readLogLine } from './log-line.ts';
import { hashBytes, rootHash } from './merkle.ts';
import { edgeRoot, growTree, nodesOf, type Tile, type TreeEdge, tileWidth } from './tiles.ts';

/** The signed heads that the walk compares with. */
export interface SignedHeads {
  /** Undefined before the first, and where the key has not signed it. */
  readonly newest: Checkpoint | undefined;
  readonly newestText: string;
  /** The keys that have signed the log, newest first. */
  readonly verifierKeys: readonly string[];
  /** Kept outside the database. */
  readonly kept: readonly Checkpoint[];
}

export async function readSignedHeads(
  repository: LogRepository,
  keptTexts: readonly string[],
  found: Report,
): Promise<SignedHeads> {
  const head = await repository.head();
  if (head === undefined) {
    found('removed', {}, 'the head of the log');
    return { newest: undefined, newestText: '', verifierKeys: [], kept: [] };
  }
  const { keys: verifierKeys, isWhole } = await repository.keys();
  if (!isWhole) found('altered', {}, 'the keys of the log: one of them was not named by the key before it');
  const newest = openCheckpoint(head.checkpoint, head.verifierKey);
  if (head.checkpoint !== '' && newest === undefined) {
    found('altered', {}, 'the signed head of the log: its signature does not match');
  }
  if (newest !== undefined && newest.size !== head.size) {
    found('altered', {}, 'the size of the log: another one was signed');
  }
  const kept: Checkpoint[] = [];
  for (const text of keptTexts) {
    const opened = readLogLine(text) ?? openCheckpoint(text, ...verifierKeys);
    if (opened === undefined) {
      found('altered', {}, 'the key of the log: it did not sign the checkpoint that was kept elsewhere');
    } else kept.push(opened);
  }
  return { newest, newestText: head.checkpoint, verifierKeys, kept };
}

/** Names each entry that is not the one that the tile was made of. True when the tile is as it must be. */
async function checkTile(
  repository: LogRepository,
  { level, index, hashes }: Tile,
  found: Report,
): Promise<boolean> {
  const stored = await repository.tile(level, index, hashes.length / hashBytes);
  if (stored?.equals(hashes) === true) return true;
  if (stored === undefined || level > 0) {
    found(stored === undefined ? 'removed' : 'altered', {}, `tile ${level}/${index} of the log`);
    return false;
  }
  const hashAt = (of: Buffer, position: number) =>
    of.subarray(position * hashBytes, (position + 1) * hashBytes).toString('hex');
  const known = new Map<string, number>();
  for (let position = 0; position < hashes.length / hashBytes; position += 1) {
    known.set(hashAt(stored, position), position);
  }
  for (let position = 0; position < hashes.length / hashBytes; position += 1) {
    const own = hashAt(hashes, position);
    if (own === hashAt(stored, position)) continue;
    const home = known.get(own);
    const leaf = index * tileWidth + position;
    if (home === undefined) found('altered', { leaf }, 'the leaf, or its hash in the tile');
    else found('moved', { leaf }, `it was leaf ${index * tileWidth + home}`);
  }
  return false;
}

/** The edge of the stored tree at an earlier size, where the tiles still give the root that was verified. */
export async function edgeAt(
  repository: LogRepository,
  { size, root }: Checkpoint,
): Promise<TreeEdge | undefined> {
  const partial = new Map<number, Buffer>();
  for (let [level, nodes] = [0, size]; nodes > 0; level += 1, nodes = Math.floor(nodes / tileWidth)) {
    const width = nodes % tileWidth;
    if (width === 0) continue;
    const hashes = await repository.tile(level, Math.floor(nodes / tileWidth), width);
    if (hashes === undefined) return undefined;
    partial.set(level, hashes);
  }
  const edge = { size, partial };
  return edgeRoot(edge).equals(root) ? edge : undefined;
}

/** Where a walk starts: at the first leaf, or behind what was verified before. */
export const wholeLog: TreeEdge = { size: 0, partial: new Map() };

/**
 * Builds the tree from the leaves, part by part, and compares it with the stored tiles and the signed heads. `findingsSoFar`
 * counts what the parts have found.
 */
export async function walkTree(
  deps: {
    readonly repository: LogRepository;
    readonly signed: SignedHeads;
    readonly start: TreeEdge;
    readonly parts: AsyncIterable<LeavesReport>;
    readonly onPart: (part: LeavesReport) => number;
  },
  found: Report,
): Promise<number> {
  const { repository, signed } = deps;
  const end = signed.newest?.size ?? 0;
  const stops = signed.kept.map(({ size }) => size).sort((left, right) => left - right);
  let edge = deps.start;
  const roots = new Map([[edge.size, edgeRoot(edge)]]);
  let next = edge.size;
  let hasOtherLeaf = false;
  let findings = 0;
  const report: Report = (...finding) => {
    findings += 1;
    found(...finding);
  };
  const grow = async (hashes: readonly Buffer[], isShifted: boolean): Promise<void> => {
    const grown = growTree(edge, hashes);
    ({ edge } = grown);
    roots.set(edge.size, grown.root);
    // Behind a missing leaf every hash is at another place, which says nothing more.
    if (isShifted) return;
    const isWhole = ({ hashes: { length } }: Tile) => length === tileWidth * hashBytes;
    // A partial tile is checked once, at the end of the log.
    const due = edge.size === end ? grown.tiles : grown.tiles.filter(isWhole);
    for (const tile of due) {
      // The tiles above follow from the leaves, so that one act of tampering is not reported twice.
      if (tile.level > 0 && hasOtherLeaf) continue;
      if (!(await checkTile(repository, tile, report))) hasOtherLeaf = true;
    }
  };
  for await (const part of deps.parts) {
    findings += deps.onPart(part);
    for (const index of part.indexes) {
      if (index > next) {
        const missing = index - next;
        report('removed', { leaf: next }, missing === 1 ? 'the leaf' : `${missing} leaves from here on`);
      }
      next = index + 1;
    }
    const all = Buffer.from(part.hashes.buffer, part.hashes.byteOffset, part.hashes.byteLength);
    const hashes = part.indexes.map((_, at) => all.subarray(at * hashBytes, (at + 1) * hashBytes));
    const isShifted = next !== edge.size + hashes.length;
    for (const stop of stops) {
      const before = stop - edge.size;
      if (before > 0 && before < hashes.length) await grow(hashes.splice(0, before), isShifted);
    }
    if (hashes.length > 0) await grow(hashes, isShifted);
    if (findings >= mostFindings) return next;
  }
  await compareRoots({ ...deps, size: next, roots, hasFindings: findings > 0 }, report);
  return next;
}

async function compareRoots(
  walked: {
    readonly repository: LogRepository;
    readonly signed: SignedHeads;
    readonly start: TreeEdge;
    readonly size: number;
    readonly roots: ReadonlyMap<number, Buffer>;
    readonly hasFindings: boolean;
  },
  found: Report,
): Promise<void> {
  const { repository, size, roots, hasFindings } = walked;
  const { newest, kept } = walked.signed;
  if (newest !== undefined && size < newest.size) {
    found('removed', { leaf: size }, `the log ends here and had ${newest.size} leaves`);
  } else if (newest !== undefined && !hasFindings && roots.get(newest.size)?.equals(newest.root) !== true) {
    found('altered', {}, 'leaves and tiles: together they are not the tree that was signed');
  }
  for (const older of kept) {
    if (older.size > size) {
      found(
        'removed',
        { leaf: size },
        `the log had ${older.size} leaves when the kept checkpoint was signed`,
      );
      continue;
    }
    if (hasFindings) continue;
    // Below the start of the walk the tiles alone tell, and their root was verified.
    const root =
      roots.get(older.size) ??
      (await rootHash(
        nodesOf({ readTile: (level, index) => repository.anyTile(level, index) }),
        older.size,
      ).catch(() => undefined));
    if (root?.equals(older.root) !== true) {
      found('altered', {}, 'the log does not start with the leaves of the kept checkpoint');
    }
  }
}
