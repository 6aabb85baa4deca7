/** Compares the log with its signed checkpoint, with the events, and with an older checkpoint that was kept elsewhere. */
import type { Finding } from '../evidence/finding.ts';
import type { LoggedRecord, LogRepository } from '../repositories/log.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { leafEntry } from './leaf.ts';
import { hashBytes, leafHash } from './merkle.ts';
import { edgeRoot, growTree, type Tile, type TreeEdge, tileWidth } from './tiles.ts';

const leavesPerPage = 10 * tileWidth;
const mostFindings = 200;

interface LogFinding {
  readonly kind: Finding['kind'];
  /** From 0; undefined for something that is no leaf. */
  readonly leaf: number | undefined;
  /** Empty where it is not known. */
  readonly eventId: string;
  readonly detail: string;
}

export interface LogReport {
  readonly size: number;
  /** Records that the sequencer has not taken yet. */
  readonly waiting: number;
  /** In the order in which they were found. */
  readonly findings: readonly LogFinding[];
  /** The signed head; empty before the first. */
  readonly checkpoint: string;
}

type Found = (kind: LogFinding['kind'], at: { leaf?: number; eventId?: string }, detail: string) => void;

/** The signed heads that the walk compares with; undefined where there is none, or none that the key has signed. */
interface Signed {
  readonly newest: Checkpoint | undefined;
  readonly older: Checkpoint | undefined;
}

function checkRecord({ leafIndex, eventId, entry, raw, salt }: LoggedRecord, found: Found): void {
  const at = { leaf: leafIndex, eventId };
  if (raw === null) found('removed', at, 'the event itself; its leaf is still in the log');
  else if (salt === null) found('removed', at, 'the salt of its leaf');
  else if (entry !== leafEntry('acknowledgement', Buffer.from(salt, 'hex'), raw)) {
    found('altered', at, 'the text of the event, or its salt, is not what the log holds');
  }
}

/** Names each entry that is not the one that the tile was made of. True when the tile is as it must be. */
async function checkTile(
  repository: LogRepository,
  { level, index, hashes }: Tile,
  found: Found,
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

/** Walks the signed leaves. Returns the roots that they have at the sizes of the signed heads. */
async function walk(
  repository: LogRepository,
  signed: Signed,
  found: Found,
  gaveUp: () => boolean,
): Promise<{ readonly size: number; readonly roots: ReadonlyMap<number, Buffer> }> {
  const end = signed.newest?.size ?? 0;
  const stop = signed.older?.size ?? end;
  let edge: TreeEdge = { size: 0, partial: new Map() };
  const roots = new Map([[0, edgeRoot(edge)]]);
  let next = 0;
  let hasOtherLeaf = false;
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
      if (!(await checkTile(repository, tile, found))) hasOtherLeaf = true;
    }
  };
  while (next < end && !gaveUp()) {
    const page = await repository.records(next, end, leavesPerPage);
    for (const record of page) {
      if (record.leafIndex > next) {
        const missing = record.leafIndex - next;
        found('removed', { leaf: next }, missing === 1 ? 'the leaf' : `${missing} leaves from here on`);
      }
      next = record.leafIndex + 1;
      checkRecord(record, found);
    }
    const hashes = page.map(({ entry }) => leafHash(Buffer.from(entry)));
    const isShifted = next !== edge.size + hashes.length;
    const before = stop - edge.size;
    if (before > 0 && before < hashes.length) {
      await grow(hashes.splice(0, before), isShifted);
    }
    await grow(hashes, isShifted);
    if (page.length === 0) break;
  }
  return { size: next, roots };
}

function openSigned(
  head: { readonly verifierKey: string; readonly checkpoint: string },
  older: string | undefined,
  found: Found,
): Signed {
  const newest = openCheckpoint(head.checkpoint, head.verifierKey);
  if (head.checkpoint !== '' && newest === undefined) {
    found('altered', {}, 'the signed head of the log: its signature does not match');
  }
  const opened = older === undefined ? undefined : openCheckpoint(older, head.verifierKey);
  if (older !== undefined && opened === undefined) {
    found('altered', {}, 'the key of the log: it did not sign the checkpoint that was kept elsewhere');
  }
  return { newest, older: opened };
}

function compareRoots(
  walked: {
    readonly signed: Signed;
    readonly size: number;
    readonly roots: ReadonlyMap<number, Buffer>;
    readonly hasFindings: boolean;
  },
  found: Found,
): void {
  const { size, roots, hasFindings } = walked;
  const { newest, older } = walked.signed;
  const isRootOf = ({ size: at, root }: Checkpoint): boolean => roots.get(at)?.equals(root) === true;
  if (newest !== undefined && size < newest.size) {
    found('removed', { leaf: size }, `the log ends here and had ${newest.size} leaves`);
  } else if (newest !== undefined && !hasFindings && !isRootOf(newest)) {
    found('altered', {}, 'leaves and tiles: together they are not the tree that was signed');
  }
  if (older === undefined) return;
  if (older.size > size) {
    found('removed', { leaf: size }, `the log had ${older.size} leaves when the kept checkpoint was signed`);
  } else if (!hasFindings && !isRootOf(older)) {
    found('altered', {}, 'the log does not start with the leaves of the kept checkpoint');
  }
}

/** `older` is the text of a checkpoint that was kept outside the database. */
export async function verifyLog(repository: LogRepository, older: string | undefined): Promise<LogReport> {
  const findings: LogFinding[] = [];
  const found: Found = (kind, { leaf, eventId = '' }, detail) => {
    findings.push({ kind, leaf, eventId, detail });
  };
  const head = await repository.head();
  if (head === undefined) {
    found('removed', {}, 'the head of the log');
    return { size: 0, waiting: 0, findings, checkpoint: '' };
  }
  const signed = openSigned(head, older, found);
  const gaveUp = () => findings.length >= mostFindings;
  const { size, roots } = await walk(repository, signed, found, gaveUp);
  if (signed.newest !== undefined && signed.newest.size !== head.size) {
    found('altered', {}, 'the size of the log: another one was signed');
  }
  if (!gaveUp()) {
    compareRoots({ signed, size, roots, hasFindings: findings.length > 0 }, found);
    for (const leaf of await repository.behindHead(mostFindings)) {
      found('inserted', leaf, 'behind the end of the signed log');
    }
    for (const eventId of await repository.unlogged(mostFindings)) {
      found('inserted', { eventId }, 'an acknowledgement that is in no leaf of the log');
    }
  }
  return { size, waiting: await repository.countWaiting(), findings, checkpoint: head.checkpoint };
}
