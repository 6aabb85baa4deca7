/** The transparency log in the database: ingest leaves pending leaves, the sequencer takes them, others read. */
import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { openCheckpoint, readLogKey, signCheckpoint } from '../log/checkpoint.ts';
import { consistencyProof, hashBytes, inclusionProof, leafHash } from '../log/merkle.ts';
import { keysOfLog, signSuccession } from '../log/succession.ts';
import { edgeRoot, edgeTiles, growTree, nodesOf, type TreeEdge, tileWidth } from '../log/tiles.ts';
import type { CollectorDatabase } from '../storage/storage.ts';
import type { Tables } from '../storage/tables.ts';
import { addLogRecords } from './log-records.ts';

/** Rows in one insert statement, so that its parameters stay well under SQLite's limit of 32,766. */
const rowsPerInsert = 200;
const headId = 1;

/**
 * `more`: leaves still wait. `elsewhere`: another collector is at it. `other-key`: the log is signed with another key.
 * `broken`: the stored tiles or the checkpoint are not those that were signed, and nothing was signed.
 */
export type SequencingResult = 'done' | 'more' | 'elsewhere' | 'other-key' | 'broken';

interface SequencingInput {
  /** As the key file holds it. */
  readonly keyText: string;
  readonly mostLeaves: number;
}

/** Locks the head without waiting. Undefined when another collector holds it. */
function takeHead(transaction: Transaction<Tables>) {
  const hasRowLocks = transaction.getExecutor().adapter.supportsMultipleConnections === true;
  return transaction
    .selectFrom('log_head')
    .select(['size', 'verifier_key as verifierKey', 'checkpoint'])
    .where('head_id', '=', headId)
    .$if(hasRowLocks, (query) => query.forUpdate().skipLocked())
    .executeTakeFirst();
}

async function readTile(
  database: CollectorDatabase,
  level: number,
  index: number,
): Promise<Buffer | undefined> {
  const row = await database
    .selectFrom('log_tiles')
    .select('hashes')
    .where('level', '=', level)
    .where('tile_index', '=', index)
    .executeTakeFirst();
  return row === undefined ? undefined : Buffer.from(row.hashes);
}

/** The edge of the stored tree; undefined where a tile of it is missing or too short. */
async function readEdge(transaction: Transaction<Tables>, size: number): Promise<TreeEdge | undefined> {
  const partial = new Map<number, Buffer>();
  for (const { level, index } of edgeTiles(size)) {
    const hashes = await readTile(transaction, level, index);
    const width = Math.floor(size / tileWidth ** level) % tileWidth;
    if (hashes?.length !== width * hashBytes) return undefined;
    partial.set(level, hashes);
  }
  return { size, partial };
}

/** Moves waiting leaves into the log, in their order, and returns their entries. */
async function takePending(
  transaction: Transaction<Tables>,
  size: number,
  mostLeaves: number,
): Promise<readonly string[]> {
  // One statement, so that a leaf that another transaction commits meanwhile is in the next turn.
  const { rows } = await sql<{ leaf_index: number; entry: string }>`
    insert into log_leaves (leaf_index, event_id, entry)
    select ${sql.lit(size)} - 1 + row_number() over (order by position), event_id, entry
    from log_pending order by position limit ${sql.lit(mostLeaves)}
    returning leaf_index, entry`.execute(transaction);
  if (rows.length === 0) return [];
  await transaction
    .deleteFrom('log_pending')
    .where('event_id', 'in', (query) =>
      query.selectFrom('log_leaves').select('event_id').where('leaf_index', '>=', size),
    )
    .execute();
  return rows.toSorted((left, right) => left.leaf_index - right.leaf_index).map(({ entry }) => entry);
}

async function writeTiles(
  transaction: Transaction<Tables>,
  tiles: ReturnType<typeof growTree>['tiles'],
): Promise<void> {
  for (let start = 0; start < tiles.length; start += rowsPerInsert) {
    await transaction
      .insertInto('log_tiles')
      .values(
        tiles
          .slice(start, start + rowsPerInsert)
          .map(({ level, index, hashes }) => ({ level, tile_index: index, hashes })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['level', 'tile_index'])
          .doUpdateSet((expression) => ({ hashes: expression.ref('excluded.hashes') })),
      )
      .execute();
  }
}

/** Takes pending leaves, writes their tiles and signs the new checkpoint, all in the one transaction. */
async function sequence(
  transaction: Transaction<Tables>,
  { keyText, mostLeaves }: SequencingInput,
): Promise<SequencingResult> {
  const key = readLogKey(keyText);
  if (key === undefined) throw new Error('the key of the log cannot be read');
  const head = await takeHead(transaction);
  if (head === undefined) return 'elsewhere';
  const isNew = head.checkpoint === '';
  if (!isNew && head.verifierKey !== key.verifierKey) return 'other-key';
  const edge = await readEdge(transaction, head.size);
  const signed = isNew ? undefined : openCheckpoint(head.checkpoint, head.verifierKey);
  const isAsSigned = isNew
    ? head.size === 0
    : edge !== undefined && signed?.size === head.size && signed.root.equals(edgeRoot(edge));
  if (edge === undefined || !isAsSigned) return 'broken';
  const entries = await takePending(transaction, head.size, mostLeaves);
  if (entries.length === 0 && !isNew) return 'done';
  const grown = growTree(
    edge,
    entries.map((entry) => leafHash(Buffer.from(entry))),
  );
  await writeTiles(transaction, grown.tiles);
  const { size } = grown.edge;
  const checkpoint = signCheckpoint({ origin: key.name, size, root: grown.root }, key);
  await transaction
    .updateTable('log_head')
    .set({ size, verifier_key: key.verifierKey, checkpoint })
    .where('head_id', '=', headId)
    .execute();
  return entries.length === mostLeaves ? 'more' : 'done';
}

export type RotationResult = 'done' | 'elsewhere' | 'other-key' | 'broken';

/**
 * Passes the log on to another key: adds the leaf with the note that both keys sign, and signs the newest checkpoint with
 * both. Keys as key files hold them.
 */
async function rotateKey(
  transaction: Transaction<Tables>,
  input: { readonly oldKeyText: string; readonly newKeyText: string; readonly at: string },
): Promise<RotationResult> {
  const [old, next] = [readLogKey(input.oldKeyText), readLogKey(input.newKeyText)];
  if (old === undefined || next === undefined) throw new Error('the key of the log cannot be read');
  const head = await takeHead(transaction);
  if (head === undefined) return 'elsewhere';
  if (head.verifierKey !== old.verifierKey) return 'other-key';
  const signed = openCheckpoint(head.checkpoint, old.verifierKey);
  if (signed === undefined || signed.size !== head.size) return 'broken';
  const note = signSuccession(old, next);
  const id = `log-key:${randomUUID()}`;
  const facts = { from: old.verifierKey, to: next.verifierKey, note };
  await addLogRecords(transaction, [{ id, kind: 'log-key', schoolId: '', at: input.at, facts }]);
  await transaction
    .updateTable('log_head')
    .set({ verifier_key: next.verifierKey, checkpoint: signCheckpoint(signed, old, next) })
    .where('head_id', '=', headId)
    .execute();
  return 'done';
}

export const logWrites = { 'log.sequence': sequence, 'log.rotateKey': rotateKey };

/** In the log, or behind it in the queue. */
function placeOf(row: { readonly leaf_index: number | null; readonly position: number | null }): number {
  return row.leaf_index ?? Number.MAX_SAFE_INTEGER / 2 + (row.position ?? 0);
}

export interface RecordProof {
  readonly leafIndex: number;
  readonly entry: string;
  /** From the leaf up. */
  readonly proof: readonly Buffer[];
  /** The signed checkpoint that the proof leads to. */
  readonly checkpoint: string;
}

export type LogRepository = ReturnType<typeof createLogRepository>;

export function createLogRepository(reader: CollectorDatabase) {
  const head = () =>
    reader
      .selectFrom('log_head')
      .select(['size', 'verifier_key as verifierKey', 'checkpoint'])
      .where('head_id', '=', headId)
      .executeTakeFirst();
  const successions = async (): Promise<readonly string[]> => {
    const rows = await reader
      .selectFrom('log_records')
      .leftJoin('log_leaves', 'log_leaves.event_id', 'log_records.record_id')
      .leftJoin('log_pending', 'log_pending.event_id', 'log_records.record_id')
      .select(['raw', 'leaf_index', 'position'])
      .where('kind', '=', 'log-key')
      .execute();
    return rows
      .toSorted((left, right) => placeOf(left) - placeOf(right))
      .map(({ raw }) => String((JSON.parse(raw) as { readonly note?: unknown }).note));
  };
  return {
    /** `checkpoint` is empty until the first was signed. */
    head,

    /** True when the sequencer has something to do. */
    async isWaiting(): Promise<boolean> {
      const pending = await reader.selectFrom('log_pending').select('position').limit(1).executeTakeFirst();
      return pending !== undefined || (await head())?.checkpoint === '';
    },

    /** The first `width` hashes of a tile; undefined where the log does not have them. */
    async tile(level: number, index: number, width: number): Promise<Buffer | undefined> {
      const hashes = await readTile(reader, level, index);
      return hashes === undefined || hashes.length < width * hashBytes
        ? undefined
        : hashes.subarray(0, width * hashBytes);
    },

    /** All hashes of a tile that are there. */
    anyTile: (level: number, index: number) => readTile(reader, level, index),

    /** The first `width` entries of a bundle; undefined where the log does not have them. */
    async entries(index: number, width: number): Promise<readonly Buffer[] | undefined> {
      const rows = await reader
        .selectFrom('log_leaves')
        .select('entry')
        .where('leaf_index', '>=', index * tileWidth)
        .where('leaf_index', '<', index * tileWidth + width)
        .orderBy('leaf_index')
        .execute();
      return rows.length < width ? undefined : rows.map(({ entry }) => Buffer.from(entry));
    },

    /** Leaves that no checkpoint covers. One statement, so that a sequencer at work makes no difference. */
    behindHead: (limit: number) =>
      reader
        .selectFrom('log_leaves')
        .select(['leaf_index as leaf', 'event_id as eventId'])
        .where('leaf_index', '>=', (query) => query.selectFrom('log_head').select('size'))
        .orderBy('leaf_index')
        .limit(limit)
        .execute(),

    async countWaiting(): Promise<number> {
      const { count } = await reader
        .selectFrom('log_pending')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },

    /** The proof that the tree of `size` leaves starts with that of `oldSize`; undefined for sizes that it never had. */
    async proveConsistency(oldSize: number, size: number): Promise<readonly Buffer[] | undefined> {
      const current = await head();
      if (current === undefined || oldSize < 1 || oldSize > size || size > current.size) return undefined;
      const nodeAt = nodesOf({ readTile: (level, index) => readTile(reader, level, index) });
      return consistencyProof(nodeAt, oldSize, size);
    },

    /** Notes that an old and a new key have signed, oldest first. */
    successions,

    /** All keys that have signed the log, newest first. */
    async keys() {
      const { verifierKey = '' } = (await head()) ?? {};
      return keysOfLog(verifierKey, await successions());
    },

    /** Undefined for a record that is not in the log, or not yet. */
    async proveRecord(eventId: string): Promise<RecordProof | undefined> {
      // The leaf first: the head that is read after it covers it.
      const leaf = await reader
        .selectFrom('log_leaves')
        .select(['leaf_index as leafIndex', 'entry'])
        .where('event_id', '=', eventId)
        .executeTakeFirst();
      const current = await head();
      if (leaf === undefined || current === undefined) return undefined;
      const nodeAt = nodesOf({ readTile: (level, index) => readTile(reader, level, index) });
      const proof = await inclusionProof(nodeAt, leaf.leafIndex, current.size);
      return { ...leaf, proof, checkpoint: current.checkpoint };
    },
  };
}
