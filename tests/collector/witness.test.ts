/** A witness signs a log only as long as it grows, and verify shows until when. */
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type LogKey, readLogKey, signCheckpoint, writeLogKey } from '../../collector/src/log/checkpoint.ts';
import { consistencyProof, leafHash, rootHash } from '../../collector/src/log/merkle.ts';
import { growTree, nodesOf } from '../../collector/src/log/tiles.ts';
import { openCosigned, witnessVerifierKey } from '../../collector/src/witness/cosignature.ts';
import { startWitness } from '../../collector/src/witness/witness-server.ts';
import { makeFolder, report, startTestCollector, withStorage } from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { makeSigningAgent } from '../support/collector/evidence.ts';
import { rowsOf, waitForLog } from '../support/collector/evidence-database.ts';

function makeKey(name: string, seed: number): LogKey {
  const key = readLogKey(writeLogKey(name, Buffer.alloc(32, seed)));
  if (key === undefined) throw new Error('no key');
  return key;
}

const logKey = makeKey('porthor.collector/one', 1);
const otherKey = makeKey('porthor.collector/one', 2);
const witnessKey = makeKey('porthor.witness/w', 3);
const cosignerKey = witnessVerifierKey(witnessKey);

/** A log of 20 leaves, of which those after a place may be others. */
function makeTree(otherFrom = 20) {
  const leaves = Array.from({ length: 20 }, (_, at) =>
    leafHash(Buffer.from(`${at}${at < otherFrom ? '' : 'x'}`)),
  );
  const { tiles } = growTree({ size: 0, partial: new Map() }, leaves);
  const nodeAt = nodesOf({
    readTile: (level, index) =>
      Promise.resolve(tiles.find((tile) => tile.level === level && tile.index === index)?.hashes),
  });
  return {
    note: async (size: number, key = logKey, origin = logKey.name) =>
      signCheckpoint({ origin, size, root: await rootHash(nodeAt, size) }, key),
    proof: async (from: number, to: number) =>
      (await consistencyProof(nodeAt, from, to)).map((hash) => `${hash.toString('base64')}\n`).join(''),
  };
}

async function startOne(stateDirectory: string) {
  const witness = await startWitness({
    stateDirectory,
    logKeys: [logKey.verifierKey],
    key: witnessKey,
    host: '127.0.0.1',
    port: 0,
    now: () => new Date('2026-11-30T12:00:00Z'),
  });
  onTestFinished(() => witness.close());
  return {
    ...witness,
    async add(body: string) {
      const response = await fetch(`${witness.address}/add-checkpoint`, { method: 'POST', body });
      return {
        status: response.status,
        text: await response.text(),
        type: response.headers.get('content-type'),
      };
    },
  };
}

describe('a witness', () => {
  it('signs what has grown from what it saw, also after a restart, and nothing else', async () => {
    const folder = await makeFolder();
    const first = await startOne(folder);
    const tree = makeTree();
    const forked = makeTree(3);
    const signed = await first.add(`old 0\n\n${await tree.note(5)}`);
    expect(signed.status).toBe(200);
    const cosigned = openCosigned(`${await tree.note(5)}${signed.text}`, cosignerKey);
    expect(cosigned).toMatchObject({ size: 5, at: new Date('2026-11-30T12:00:00Z') });
    expect(openCosigned(`${await tree.note(6)}${signed.text}`, cosignerKey)).toBeUndefined();
    expect(openCosigned(`${await tree.note(5)}${signed.text}`, logKey.verifierKey)).toBeUndefined();
    await first.close();

    const { add } = await startOne(folder);
    // The same again is signed again.
    expect((await add(`old 5\n\n${await tree.note(5)}`)).status).toBe(200);
    expect(await add(`old 0\n\n${await tree.note(9)}`)).toMatchObject({
      status: 409,
      text: '5\n',
      type: 'text/x.tlog.size',
    });
    const refused: readonly (readonly [status: number, body: string])[] = [
      [400, ''],
      [400, 'old x\n\nnote'],
      [400, `old 5\nshort\n\n${await tree.note(9)}`],
      [400, `old 12\n\n${await tree.note(9)}`],
      [403, `old 5\n${await tree.proof(5, 9)}\n${await tree.note(9, otherKey)}`],
      [404, `old 0\n\n${await tree.note(9, makeKey('other', 4), 'other')}`],
      [409, `old 4\n${await tree.proof(4, 9)}\n${await tree.note(9)}`],
      [409, `old 5\n\n${await forked.note(5)}`],
      [422, `old 5\n\n${await tree.note(9)}`],
      [422, `old 5\n${await tree.proof(5, 8)}\n${await tree.note(9)}`],
      [422, `old 5\n${await forked.proof(5, 9)}\n${await forked.note(9)}`],
    ];
    for (const [status, body] of refused) expect([(await add(body)).status, body]).toEqual([status, body]);
    expect((await add(`old 5\n${await tree.proof(5, 9)}\n${await tree.note(9)}`)).status).toBe(200);
    expect((await add(`old 9\n${await tree.proof(9, 20)}\n${await tree.note(20)}`)).status).toBe(200);
    // Two at a time: the second has to prove the growth from the first.
    const again = await startOne(await makeFolder());
    const both = await Promise.all(
      [7, 8].map(async (size) => again.add(`old 0\n\n${await tree.note(size)}`)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('stands beside a collector, which keeps its signature, and refuses a log that was put back', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'porthor-witness-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const running = await startTestCollector();
    const { dataDirectory: data } = running;
    const agent = await makeSigningAgent(running);
    await report(agent, [await agent.signed()]);
    await waitForLog(data, running.address);
    const verifierKey = String(rowsOf(data, 'select verifier_key from log_head')[0]?.['verifier_key']);
    await running.collector.close();
    await writeFile(path.join(folder, 'logs'), `# the neighbour\n${verifierKey}\n`);
    const cli = fileURLToPath(new URL('../../collector/src/cli.ts', import.meta.url));
    const witnessArgs = [
      'witness',
      '--data',
      path.join(folder, 'w'),
      '--port',
      '0',
      '--logs',
      path.join(folder, 'logs'),
    ];
    const child = spawn(process.execPath, [cli, ...witnessArgs], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const url = String((await lines.next()).value).replace('listening on ', '');
    const key = String((await lines.next()).value).replace('key ', '');
    expect((await stat(path.join(folder, 'w', 'witness.key'))).mode & 0o777).toBe(0o600);

    const witness = { url, verifierKey: key };
    const backup = path.join(folder, 'backup.sqlite');
    await withStorage(data, (storage) => storage.copyTo?.(backup) ?? Promise.resolve());
    const second = await startTestCollector({ dataDirectory: data });
    const later = { ...agent, address: second.address };
    await report(later, [await agent.signed(), agent.event()]);
    await waitForLog(data, second.address);
    await second.collector.close();
    const third = await startTestCollector({ dataDirectory: data, witness });
    await vi.waitFor(
      () =>
        expect(rowsOf(data, "select 1 from settings where name = 'witnessed-checkpoint'")).toHaveLength(1),
      { timeout: 10_000, interval: 50 },
    );
    expect(third.logged).toEqual([]);
    await third.collector.close();
    const verified = await runCollector('verify', '--data', data, '--witness-key', key);
    expect(verified.stdout).toMatch(/^The witness porthor\.witness\/\w+ signed \d+ leaves at 20/mu);
    expect(verified.code).toBe(0);
    expect((await runCollector('verify', '--data', data, '--witness-key', cosignerKey)).code).toBe(1);

    // Yesterday's backup, and another leaf: the witness does not sign this log.
    for (const name of [
      'collector.sqlite',
      'collector.sqlite-wal',
      'collector.sqlite-shm',
      'watermark.json',
    ]) {
      await rm(path.join(data, name), { force: true });
    }
    await copyFile(backup, path.join(data, 'collector.sqlite'));
    const restored = await startTestCollector({ dataDirectory: data, witness });
    await vi.waitFor(
      () => expect(restored.logged.join('\n')).toContain('has not signed the log: it has seen'),
      {
        timeout: 10_000,
        interval: 50,
      },
    );
  });
});
