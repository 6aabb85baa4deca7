/** An attacker with write access to the database: `verify` names every leaf of the log that they changed. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceReport } from '../../collector/src/evidence/verify-evidence.ts';
import {
  openCheckpoint,
  readLogKey,
  signCheckpoint,
  writeLogKey,
} from '../../collector/src/log/checkpoint.ts';
import { startCollector } from '../../collector/src/server.ts';
import { makeAgent, publishTexts, report } from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { rowsOf, verifyFolder, waitForLog } from '../support/collector/evidence-database.ts';
import { tamperCopy } from '../support/collector/tamper.ts';

const count = 300;
let folder = '';
let pristine = '';
/** The leaf of the first acknowledgement: published texts and the agent's key come before it. */
let base = 0;
/** Checkpoints of 120 leaves and of all. */
let older = '';
let newest = '';
let verifierKey = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-verify-log-'));
  pristine = path.join(folder, 'pristine');
  await publishTexts(pristine);
  const collector = await startCollector({ dataDirectory: pristine, port: 0, log: () => undefined });
  const agent = await makeAgent({ collector, address: collector.address });
  const keyText = await readFile(path.join(pristine, 'log.key'), 'utf8');
  verifierKey = readLogKey(keyText)?.verifierKey ?? '';
  const addLeaves = async (added: number): Promise<string> => {
    await report(
      agent,
      Array.from({ length: added }, () => agent.acknowledgement()),
    );
    return waitForLog(pristine, collector.address);
  };
  await waitForLog(pristine, collector.address);
  base = Number(rowsOf(pristine, 'select count(*) as leaves from log_leaves')[0]?.['leaves']);
  older = await addLeaves(120);
  newest = await addLeaves(180);
  await collector.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tamper = (deed: (database: DatabaseSync) => void): Promise<string> =>
  tamperCopy(folder, pristine, deed);

const verifyIn = (data: string, kept?: string): Promise<EvidenceReport> =>
  verifyFolder(data, { kept: kept === undefined ? [] : [kept] });

/** Leaves are counted from the first acknowledgement. */
const brief = ({ findings }: EvidenceReport) =>
  findings.map(({ kind, leaf, detail }) => `${kind} ${leaf === undefined ? '-' : leaf - base}: ${detail}`);
const ofTheLog = (report: EvidenceReport) =>
  brief(report).filter((line) => !/in no leaf|numbers|has sent|question at login/u.test(line));
const eventAt = (leaf: number) => `(select event_id from log_leaves where leaf_index = ${base + leaf})`;
const zeroHash = (leaf: number) => {
  const at = base + leaf;
  return `update log_tiles set hashes = unhex(substr(hex(hashes), 1, ${at * 64}) || hex(zeroblob(32))
     || substr(hex(hashes), ${at * 64 + 65})) where level = 0 and tile_index = 0`;
};
const swap = (left: number, right: number) =>
  `create temporary table two as select * from log_leaves where leaf_index in (${base + left}, ${base + right});
   delete from log_leaves where leaf_index in (${base + left}, ${base + right});
   insert into log_leaves select ${2 * base + left + right} - leaf_index, event_id, entry from two`;

describe('the log of a database that was changed', () => {
  const textDetail = 'the text of the event, or its salt, is not what the log holds';
  const deeds: readonly (readonly [name: string, deed: () => string, expected: () => readonly string[]])[] = [
    [
      'a text',
      () => `update events set raw = raw || ' ' where event_id = ${eventAt(7)}`,
      () => [`altered 7: ${textDetail}`],
    ],
    [
      'a salt',
      () =>
        `update log_salts set salt = replace(salt, substr(salt, 1, 1), 'g') where event_id = ${eventAt(299)}`,
      () => [`altered 299: ${textDetail}`],
    ],
    [
      'a salt, deleted',
      () => `delete from log_salts where event_id = ${eventAt(0)}`,
      () => ['removed 0: the salt of its leaf'],
    ],
    [
      'an event, deleted',
      () => `delete from events where event_id = ${eventAt(256)}`,
      () => ['removed 256: the event itself; its leaf is still in the log'],
    ],
    ['a hash in a tile', () => zeroHash(9), () => ['altered 9: the leaf, or its hash in the tile']],
    [
      'an upper tile',
      () => 'update log_tiles set hashes = zeroblob(32) where level = 1',
      () => ['altered -: tile 1/0 of the log'],
    ],
    [
      'a tile, deleted',
      () => 'delete from log_tiles where level = 0 and tile_index = 1',
      () => ['removed -: tile 0/1 of the log'],
    ],
    [
      'a leaf, deleted',
      () => `delete from log_leaves where leaf_index = ${base + 40}`,
      () => ['removed 40: the leaf'],
    ],
    [
      'two leaves, swapped',
      () => swap(3, 200),
      () => ['moved 3: it was leaf 200', 'moved 200: it was leaf 3'],
    ],
    [
      'the tail of the leaves, deleted',
      () => `delete from log_leaves where leaf_index >= ${base + 290}`,
      () => [`removed 290: the log ends here and had ${base + 300} leaves`],
    ],
    [
      'a leaf behind the end',
      () => `insert into log_leaves values (${base + 300}, 'x', 'porthor-leaf-v1 act 00')`,
      () => ['inserted 300: behind the end of the signed log'],
    ],
    ['the signed head, deleted', () => 'delete from log_head', () => ['removed -: the head of the log']],
  ];

  it.each(deeds)('is found: %s', async (_name, deed, expected) => {
    const data = await tamper((database) => database.exec(deed()));
    // What is said of leaves of the same tile that were swapped names the leaf of the log.
    const found = ofTheLog(await verifyIn(data)).map((line) =>
      line.replace(/was leaf (\d+)/u, (_all, leaf: string) => `was leaf ${Number(leaf) - base}`),
    );
    expect(found).toEqual(expected());
  });

  it('names an acknowledgement that has no leaf', async () => {
    const data = await tamper((database) =>
      database.exec(`update log_leaves set event_id = 'x' where leaf_index = ${base + 5}`),
    );
    expect(brief(await verifyIn(data))).toEqual([
      'removed 5: the event itself; its leaf is still in the log',
      'inserted -: it is in no leaf of the log',
    ]);
  });

  it('does not believe a head with another size, or one that another key has signed', async () => {
    const resized = await tamper((database) => database.exec('update log_head set size = size - 1'));
    expect(brief(await verifyIn(resized))).toContain(
      'altered -: the size of the log: another one was signed',
    );
    const forged = await tamper((database) =>
      database.exec(`update log_head set checkpoint = replace(checkpoint, '${base + 300}', '${base + 299}')`),
    );
    expect(brief(await verifyIn(forged))[0]).toBe(
      'altered -: the signed head of the log: its signature does not match',
    );
    const key = readLogKey(writeLogKey('porthor.collector/other', Buffer.alloc(32, 1)));
    const { root } = openCheckpoint(newest, verifierKey) ?? {};
    if (key === undefined || root === undefined) throw new Error('no key');
    const signed = signCheckpoint({ origin: key.name, size: base + count, root }, key);
    const rekeyed = await tamper((database) => {
      database.prepare('update log_head set verifier_key = ?, checkpoint = ?').run(key.verifierKey, signed);
    });
    expect(brief(await verifyIn(rekeyed))).toEqual([]);
    expect(brief(await verifyIn(rekeyed, older))).toEqual([
      'altered -: the key of the log: it did not sign the checkpoint that was kept elsewhere',
    ]);
  });

  it('misses none of 200 made-up changes of one byte in leaves, tiles, salts and texts', {
    timeout: 240_000,
  }, async () => {
    const choose = (index: number, below: number) =>
      createHash('sha256').update(`porthor ${index}`).digest().readUInt32BE() % below;
    const data = await tamper(() => undefined);
    const missed: number[] = [];
    const ids = rowsOf(
      data,
      `select event_id from log_leaves where leaf_index >= ${base} order by leaf_index`,
    ).map(({ event_id }) => String(event_id));
    for (let index = 0; index < 200; index += 1) {
      const leaf = choose(index, count);
      const [table, column] = [
        ['log_leaves', 'entry'],
        ['log_salts', 'salt'],
        ['events', 'raw'],
        ['log_tiles', 'hashes'],
      ][index % 4] ?? ['', ''];
      const where =
        table === 'log_tiles' ? `level = 0 and tile_index = ${leaf % 2}` : `event_id = '${ids[leaf] ?? ''}'`;
      const database = new DatabaseSync(path.join(data, 'collector.sqlite'));
      const value = database.prepare(`select ${column} as value from ${table} where ${where}`).get()?.[
        'value'
      ];
      const bytes = Buffer.from(value as string);
      const position = choose(index + 1000, bytes.length);
      bytes[position] = (bytes[position] ?? 0) ^ 1;
      const write = database.prepare(`update ${table} set ${column} = ? where ${where}`);
      write.run(typeof value === 'string' ? bytes.toString('utf8') : bytes);
      database.close();
      if ((await verifyIn(data)).findings.length === 0) missed.push(index);
      const undo = new DatabaseSync(path.join(data, 'collector.sqlite'));
      undo.prepare(`update ${table} set ${column} = ? where ${where}`).run(value as string);
      undo.close();
    }
    expect(missed).toEqual([]);
    expect(brief(await verifyIn(data))).toEqual([]);
  });
});

describe('the command', () => {
  it('ends with 3 without a kept checkpoint, 0 with one, 2 after a change, and writes nothing', async () => {
    const data = await tamper(() => undefined);
    const before = await readFile(path.join(data, 'collector.sqlite'));
    const alone = await runCollector('verify', '--data', data);
    expect(alone.stdout).toContain(`All ${base + 300} leaves of the log are as they were signed.`);
    expect(alone.stdout).toContain('nothing to compare with');
    expect(alone.code).toBe(3);
    const kept = path.join(data, 'kept');
    await writeFile(kept, older);
    expect((await runCollector('verify', '--data', data, '--checkpoint', kept)).code).toBe(0);
    expect(await readdir(data)).toEqual(['collector.sqlite', 'kept']);
    expect((await readFile(path.join(data, 'collector.sqlite'))).equals(before)).toBe(true);
    expect(await runCollector('verify', '--data', data, '--checkpoint', `${kept}-none`)).toMatchObject({
      code: 64,
    });

    const broken = await tamper((database) => database.exec(zeroHash(9)));
    const found = await runCollector('verify', '--data', broken, '--checkpoint', kept);
    expect(found.stdout).toContain(`altered: leaf ${base + 9}: the leaf, or its hash in the tile`);
    expect(found.code).toBe(2);
  });
});
