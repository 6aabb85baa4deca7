/** The log of two collectors on one PostgreSQL, checked by Go's own packages for transparency logs. */
import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ensurePrograms } from '../../build/runtime/system-packages.ts';
import { openCheckpoint, readLogKey } from '../../collector/src/log/checkpoint.ts';
import { startCollector } from '../../collector/src/server.ts';
import { makeAgent, makeFolder, report } from '../support/collector/collector.ts';
import { type PrivateCluster, startPrivateCluster } from '../support/collector/private-cluster.ts';
import { goNeeds } from '../support/system-needs.ts';

const run = promisify(execFile);
const readerFolder = fileURLToPath(new URL('./log-reader', import.meta.url));
const deadlineMs = 300_000;

let cluster: PrivateCluster;
beforeAll(async () => {
  await ensurePrograms('the tests of the log', goNeeds);
  cluster = await startPrivateCluster();
});
afterAll(() => cluster.stop());

/** Builds without modules, so that the packages are those that Debian installed and nothing is fetched. */
async function buildReader(): Promise<string> {
  const folder = await makeFolder();
  const program = path.join(folder, 'log-reader');
  await run('go', ['build', '-o', program, '.'], {
    cwd: readerFolder,
    timeout: deadlineMs,
    env: {
      ...process.env,
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
      // Kept, because the first build compiles Go's own library.
      GOCACHE: path.join(tmpdir(), 'porthor-go-cache'),
      GOFLAGS: '',
      CGO_ENABLED: '0',
    },
  });
  return program;
}

/** What the program printed, whatever its end. */
async function read(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, [...args], { timeout: deadlineMs }).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error) return { stdout: String(error.stdout) };
    throw error;
  });
  return stdout.trim();
}

async function startTwo(databaseUrl: string) {
  const [first, second] = [await makeFolder(), await makeFolder()];
  const start = async (dataDirectory: string) => {
    const collector = await startCollector({ dataDirectory, port: 0, databaseUrl, log: () => undefined });
    onTestFinished(() => collector.close());
    return { collector, address: collector.address };
  };
  const one = await start(first);
  await copyFile(path.join(first, 'log.key'), path.join(second, 'log.key'));
  const keyText = await readFile(path.join(first, 'log.key'), 'utf8');
  return { one, two: await start(second), verifierKey: readLogKey(keyText)?.verifierKey ?? '' };
}

async function waitForSize(log: string, verifierKey: string, size: number): Promise<string> {
  const readCheckpoint = async () => (await fetch(`${log}/checkpoint`)).text();
  await expect
    .poll(async () => openCheckpoint(await readCheckpoint(), verifierKey)?.size, { timeout: 60_000 })
    .toBe(size);
  return readCheckpoint();
}

it('reads every entry, proof and checkpoint, and refuses each that was altered', {
  timeout: 900_000,
}, async () => {
  const url = await cluster.createDatabase('porthor_log');
  const { one, two, verifierKey } = await startTwo(url);
  const program = await buildReader();
  const log = `${two.address}/v1/log`;
  const agent = await makeAgent(one);
  const elsewhere = { ...agent, address: two.address };
  const batch = (count: number) => Array.from({ length: count }, () => agent.acknowledgement());

  const [early, late] = [batch(70), batch(200)];
  await Promise.all([report(agent, early), report(elsewhere, batch(30))]);
  const olderFile = path.join(await makeFolder(), 'older');
  await writeFile(olderFile, await waitForSize(log, verifierKey, 100));
  await report(elsewhere, late);
  await report(agent, batch(213));
  await waitForSize(log, verifierKey, 513);
  const ids = [early[0], early[69], late[0], late[199]].map((event) => event?.id ?? '');
  expect(await read(program, log, verifierKey, olderFile, ...ids)).toBe('size 513');

  const database = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) }),
  });
  onTestFinished(() => database.destroy());
  const afterwards = async (deed: string, undo: string) => {
    await sql.raw(deed).execute(database);
    const answer = await read(program, log, verifierKey, olderFile, ...ids);
    await sql.raw(undo).execute(database);
    return answer;
  };
  const flip = `update log_tiles set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)
    where tile_index = 0 and level = `;
  expect(await afterwards(`${flip} 0`, `${flip} 0`)).toMatch(/^tiles: /u);
  expect(await afterwards(`${flip} 1`, `${flip} 1`)).toMatch(/^tiles: /u);
  const rename = (from: string, to: string) =>
    `update log_leaves set entry = replace(entry, '${from}', '${to}') where leaf_index = 300`;
  expect(await afterwards(rename('porthor', 'porthox'), rename('porthox', 'porthor'))).toMatch(
    /^entry 300: /u,
  );
  const resize = (by: number) =>
    `update log_head set checkpoint = replace(checkpoint, '${513 + (by > 0 ? 0 : 1)}', '${513 + (by > 0 ? 1 : 0)}')`;
  expect(await afterwards(resize(1), resize(-1))).toMatch(/^checkpoint: /u);
  const otherTree = (await readFile(olderFile, 'utf8')).replace('\n100\n', '\n101\n');
  const forgedFile = path.join(await makeFolder(), 'forged');
  await writeFile(forgedFile, otherTree);
  expect(await read(program, log, verifierKey, forgedFile)).toMatch(/^older checkpoint: /u);
  expect(await read(program, log, verifierKey, olderFile, ...ids)).toBe('size 513');
});
