/**
 * The transparency log: leaves sequenced per second, divided by a bare Merkle tree of the same leaves in memory; and the
 * time of one inclusion proof from a log of ten million leaves.
 */
import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import {
  openCheckpoint,
  readLogKey,
  signCheckpoint,
  writeLogKey,
} from '../../collector/src/log/checkpoint.ts';
import { edgeRoot, growTree, type TreeEdge } from '../../collector/src/log/tiles.ts';
import { createLogRepository } from '../../collector/src/repositories/log.ts';
import { openSqlite } from '../../collector/src/storage/sqlite.ts';
import type { Storage } from '../../collector/src/storage/storage.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';

/** Set fewer for a quick try. The defaults are the numbers that count. */
const leaves = Number(process.env['PORTHOR_BENCH_LEAVES'] ?? 1_000_000);
const provenLeaves = Number(process.env['PORTHOR_BENCH_PROVEN_LEAVES'] ?? 10_000_000);
const runs = 3;
const sequencingTarget = 0.3;
const proofMs = 5;
const proofs = 200;
const mostLeaves = 10_000;
const leavesPerStep = 100_000;

const keyText = writeLogKey('porthor.bench/log', Buffer.alloc(32, 1));
const entryOf = (index: number): string =>
  `porthor-leaf-v1 acknowledgement ${index.toString(16).padStart(64, '0')}`;

async function withStorage<Value>(
  use: (storage: Storage, database: DatabaseSync) => Promise<Value>,
): Promise<Value> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-bench-log-'));
  try {
    const storage = await openSqlite({ dataDirectory: folder, create: true, thread: false });
    const database = new DatabaseSync(path.join(folder, 'collector.sqlite'), { timeout: 5000 });
    try {
      return await use(storage, database);
    } finally {
      database.close();
      await storage.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('begin immediate');
  work();
  database.exec('commit');
}

/** The tree level by level, with nothing else: no tiles, no storage, no signature. */
function bareRun(): { readonly root: Buffer; readonly perSecond: number } {
  const startedAtMs = performance.now();
  let level: Buffer[] = Array.from({ length: leaves }, (_, index) =>
    hash('sha256', Buffer.concat([Buffer.from([0]), Buffer.from(entryOf(index))]), 'buffer'),
  );
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index], level[index + 1]];
      if (left === undefined) break;
      above.push(
        right === undefined ? left : hash('sha256', Buffer.concat([Buffer.from([1]), left, right]), 'buffer'),
      );
    }
    level = above;
  }
  const [root = Buffer.alloc(0)] = level;
  return { root, perSecond: leaves / ((performance.now() - startedAtMs) / 1000) };
}

function sequencingRun(expected: Buffer): Promise<number> {
  return withStorage(async (storage, database) => {
    const insert = database.prepare('insert into log_pending (event_id, entry) values (?, ?)');
    inTransaction(database, () => {
      for (let index = 0; index < leaves; index += 1) {
        insert.run(`01970000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`, entryOf(index));
      }
    });
    const startedAtMs = performance.now();
    while ((await storage.write('log.sequence', { keyText, mostLeaves })) === 'more');
    const elapsedMs = performance.now() - startedAtMs;
    const head = await createLogRepository(storage.reader).head();
    const signed = openCheckpoint(head?.checkpoint ?? '', head?.verifierKey ?? '');
    if (signed?.size !== leaves || !signed.root.equals(expected)) {
      throw new Error('the log is not the tree of these leaves');
    }
    return leaves / (elapsedMs / 1000);
  });
}

/** Writes the tiles of a large log, and the one leaf row that each proof needs. */
function fillTiles(database: DatabaseSync): void {
  let edge: TreeEdge = { size: 0, partial: new Map() };
  const insert = database.prepare(
    'insert or replace into log_tiles (level, tile_index, hashes) values (?, ?, ?)',
  );
  for (let start = 0; start < provenLeaves; start += leavesPerStep) {
    const hashes = Array.from({ length: Math.min(leavesPerStep, provenLeaves - start) }, (_, index) =>
      hash('sha256', `${start + index}`, 'buffer'),
    );
    const grown = growTree(edge, hashes);
    ({ edge } = grown);
    inTransaction(database, () => {
      for (const { level, index, hashes: bytes } of grown.tiles) insert.run(level, index, bytes);
    });
  }
  const key = readLogKey(keyText);
  if (key === undefined) throw new Error('no key');
  const checkpoint = signCheckpoint({ origin: key.name, size: provenLeaves, root: edgeRoot(edge) }, key);
  database
    .prepare('update log_head set size = ?, verifier_key = ?, checkpoint = ?')
    .run(provenLeaves, key.verifierKey, checkpoint);
  const insertLeaf = database.prepare(
    'insert into log_leaves (leaf_index, event_id, entry) values (?, ?, ?)',
  );
  inTransaction(database, () => {
    for (let proof = 0; proof < proofs; proof += 1) insertLeaf.run(leafOf(proof), `event-${proof}`, 'x');
  });
}

/** Spread over the whole log, so that no two proofs read the same tile of leaves. */
function leafOf(proof: number): number {
  return Math.floor(((proof + 0.5) * provenLeaves) / proofs);
}

function proofTimes(): Promise<readonly number[]> {
  return withStorage(async (storage, database) => {
    fillTiles(database);
    const repository = createLogRepository(storage.reader);
    const times: number[] = [];
    for (let proof = 0; proof < proofs; proof += 1) {
      const startedAtMs = performance.now();
      const proven = await repository.proveRecord(`event-${proof}`);
      times.push(performance.now() - startedAtMs);
      if (proven === undefined || proven.proof.length < 1) throw new Error('no proof');
    }
    return times;
  });
}

export async function run(): Promise<Figure[]> {
  const rates = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < runs; round += 1) {
    const { root, perSecond } = bareRun();
    rates.floor.push(perSecond);
    rates.ours.push(await sequencingRun(root));
  }
  console.error(`log: ${provenLeaves} leaves are being hashed for the proofs`);
  const times = await proofTimes();
  return [
    figure({
      bench: 'log-sequencing',
      ours: median(rates.ours),
      floor: median(rates.floor),
      unit: 'leaves/s',
      target: sequencingTarget,
      good: 'at-least-target',
      runs,
    }),
    figure({
      bench: 'log-inclusion-proof',
      ours: median(times),
      floor: proofMs,
      unit: 'ms',
      target: 1,
      good: 'at-most-target',
      runs: proofs,
    }),
  ];
}
