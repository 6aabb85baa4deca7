/** The transparency log of a running collector: every acknowledgement gets into it, with a proof, whatever happens meanwhile. */
import { createHash } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, readLogKey } from '../../collector/src/log/checkpoint.ts';
import { leafHash, nodeHash } from '../../collector/src/log/merkle.ts';
import { logProofSchema } from '../../shared/wire/log.ts';
import {
  enrol,
  knownAgent,
  makeAgent,
  makeDataFolder,
  makeFolder,
  report,
  startTestCollector,
} from '../support/collector/collector.ts';
import { runCollector, serve } from '../support/collector/command-line.ts';
import { waitForLog } from '../support/collector/evidence-database.ts';

const keyIn = async (folder: string) => {
  const key = readLogKey(await readFile(path.join(folder, 'log.key'), 'utf8'));
  if (key === undefined) throw new Error('no key');
  return key;
};

async function checkpointOf(address: string, verifierKey: string) {
  const response = await fetch(`${address}/v1/log/checkpoint`);
  return response.ok ? openCheckpoint(await response.text(), verifierKey) : undefined;
}

const getBytes = async (address: string, tile: string) => {
  const response = await fetch(`${address}/v1/log/tile/${tile}`);
  return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
};

const proofOf = async (address: string, eventId: string) =>
  logProofSchema.parse(await (await fetch(`${address}/v1/log/records/${eventId}`)).json());

/** The root that a proof leads to, by the algorithm of RFC 9162, section 2.1.3.2. */
function rootFrom(proof: { leafIndex: number; entry: string; proof: readonly string[] }, size: number) {
  let [first, last] = [proof.leafIndex, size - 1];
  let root = leafHash(Buffer.from(proof.entry));
  for (const text of proof.proof) {
    const beside = Buffer.from(text, 'base64');
    if (first % 2 === 1 || first === last) {
      root = nodeHash(beside, root);
      while (first % 2 === 0 && first > 0) {
        first = Math.floor(first / 2);
        last = Math.floor(last / 2);
      }
    } else {
      root = nodeHash(root, beside);
    }
    first = Math.floor(first / 2);
    last = Math.floor(last / 2);
  }
  expect(last).toBe(0);
  return root;
}

function rows(folder: string, query: string) {
  const database = new DatabaseSync(path.join(folder, 'collector.sqlite'), { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

/** Leaves of published texts, agents and tokens: waits until none is pending. */
async function leavesNow(dataDirectory: string, address: string): Promise<number> {
  await waitForLog(dataDirectory, address);
  return Number(rows(dataDirectory, 'select count(*) as leaves from log_leaves')[0]?.['leaves']);
}

describe('the log', () => {
  it('has a signed checkpoint at first, with a key that its owner alone reads', async () => {
    const { address, dataDirectory } = await startTestCollector();
    const { verifierKey } = await keyIn(dataDirectory);
    await expect.poll(() => checkpointOf(address, verifierKey)).toBeDefined();
    expect((await stat(path.join(dataDirectory, 'log.key'))).mode & 0o777).toBe(0o600);
    expect((await fetch(`${address}/v1/log/tile/0/001.p/1`)).status).toBe(404);
  });

  it('proves every acknowledgement, and holds a salted hash of its bytes and no name', async () => {
    const running = await startTestCollector();
    const { address, dataDirectory } = running;
    const { verifierKey } = await keyIn(dataDirectory);
    const agent = await makeAgent(running);
    const base = await leavesNow(dataDirectory, address);
    const size = base + 300;
    const sent = Array.from({ length: 300 }, (_, index) =>
      agent.acknowledgement({ fullName: `Person ${index}` }),
    );
    await report(agent, [agent.event(), ...sent]);
    await expect.poll(() => checkpointOf(address, verifierKey)).toMatchObject({ size });
    const rest = size - 256;
    const leaves = await Promise.all([getBytes(address, '0/000'), getBytes(address, `0/001.p/${rest}`)]);
    expect(leaves.map((tile) => tile?.length)).toEqual([256 * 32, rest * 32]);
    const atTheEdge = 256 - base;
    for (const event of [sent[0], sent[atTheEdge - 1], sent[atTheEdge], sent[299]]) {
      const proof = await proofOf(address, event?.id ?? '');
      const checkpoint = openCheckpoint(proof.checkpoint, verifierKey);
      expect(rootFrom(proof, size).equals(checkpoint?.root ?? Buffer.alloc(0))).toBe(true);
      const [row] = rows(
        dataDirectory,
        `select raw, log_salts.salt, arrival from events join log_salts using (event_id) where event_id = '${event?.id ?? ''}'`,
      );
      const salt = Buffer.from(String(row?.['salt']), 'hex');
      const digest = createHash('sha256')
        .update(salt)
        .update(`${String(row?.['arrival'])}\n${String(row?.['raw'])}`)
        .digest('hex');
      expect(proof.entry).toBe(`porthor-leaf-v2 acknowledgement ${digest}`);
    }
    const bundle = await getBytes(address, `entries/001.p/${rest}`);
    expect(bundle?.readUInt16BE(0)).toBe(
      Buffer.byteLength((await proofOf(address, sent[atTheEdge]?.id ?? '')).entry),
    );
    expect(bundle?.includes('Person')).toBe(false);
    expect((await fetch(`${address}/v1/log/records/none`)).status).toBe(404);
    for (const wrong of [`0/001.p/${rest + 1}`, '0/002', '1/000', '6/000', '0/0', 'entries/001', 'x/000']) {
      expect((await fetch(`${address}/v1/log/tile/${wrong}`)).status).toBe(404);
    }
  });

  it('loses and doubles no leaf when the collector is killed at any moment', {
    timeout: 240_000,
  }, async () => {
    const dataDirectory = await makeDataFolder();
    const compileCache = await makeFolder();
    const { stdout: token } = await runCollector('token', 'create', '--data', dataDirectory);
    let stored = 0;
    for (const batchSize of [40, 1, 300]) {
      const served = await serve(['--data', dataDirectory, '--port', '0'], { compileCache });
      const { agentId, agentToken } = await enrol(served.address, token.trim());
      const agent = knownAgent(served.address, agentId, agentToken);
      await report(
        agent,
        Array.from({ length: batchSize }, () => agent.acknowledgement()),
      );
      stored += batchSize;
      await served.end('SIGKILL');
    }
    const { address } = await startTestCollector({ dataDirectory });
    const { verifierKey } = await keyIn(dataDirectory);
    const leaves = await leavesNow(dataDirectory, address);
    expect(await checkpointOf(address, verifierKey)).toMatchObject({ size: leaves });
    const kinds = "sum(entry like 'porthor-leaf-v2 acknowledgement %') as stored";
    expect(
      rows(
        dataDirectory,
        `select count(distinct event_id) as leaves, max(leaf_index) as last, ${kinds} from log_leaves`,
      ),
    ).toEqual([{ leaves, last: leaves - 1, stored }]);
  });
});

describe('a collector that must not sign', () => {
  it('stores and answers, and says that its key is another', async () => {
    const dataDirectory = await makeFolder();
    const first = await startTestCollector({ dataDirectory });
    const { verifierKey } = await keyIn(dataDirectory);
    await expect.poll(() => checkpointOf(first.address, verifierKey)).toBeDefined();
    await first.collector.close();
    await rm(path.join(dataDirectory, 'log.key'));
    const keyless = await startTestCollector({ dataDirectory });
    expect(keyless.logged.join('\n')).toContain('There is no log.key');
    await keyless.collector.close();

    const other = await startTestCollector();
    await writeFile(
      path.join(dataDirectory, 'log.key'),
      await readFile(path.join(other.dataDirectory, 'log.key'), 'utf8'),
    );
    const second = await startTestCollector({ dataDirectory });
    const signed = await checkpointOf(second.address, verifierKey);
    const agent = await makeAgent(second);
    await report(agent, [agent.acknowledgement()]);
    await expect.poll(() => second.logged.join('\n')).toContain('another key');
    expect(await checkpointOf(second.address, verifierKey)).toEqual(signed);
  });

  it('signs nothing over a log that was altered', async () => {
    const dataDirectory = await makeFolder();
    const first = await startTestCollector({ dataDirectory });
    const { verifierKey } = await keyIn(dataDirectory);
    const agent = await makeAgent(first);
    await report(agent, [agent.acknowledgement(), agent.acknowledgement()]);
    const size = await leavesNow(dataDirectory, first.address);
    await first.collector.close();
    const database = new DatabaseSync(path.join(dataDirectory, 'collector.sqlite'));
    database.exec('update log_tiles set hashes = zeroblob(length(hashes))');
    database.close();
    const second = await startTestCollector({ dataDirectory });
    await report({ ...agent, address: second.address }, [agent.acknowledgement()]);
    await expect.poll(() => second.logged.join('\n')).toContain('not the log that was signed');
    expect(await checkpointOf(second.address, verifierKey)).toMatchObject({ size });
  });
});
