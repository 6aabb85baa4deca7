/** The log of two collectors on one PostgreSQL, checked by Go's own packages for transparency logs. */
import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ensurePrograms } from '../../build/runtime/system-packages.ts';
import { openCheckpoint, readLogKey } from '../../collector/src/log/checkpoint.ts';
import { startCollector } from '../../collector/src/server.ts';
import { openPostgres } from '../../collector/src/storage/postgres.ts';
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
  const storage = await openPostgres(url);
  onTestFinished(() => storage.close());
  const { reader: database } = storage;
  const log = `${two.address}/v1/log`;
  const agent = await makeAgent(one);
  const elsewhere = { ...agent, address: two.address };
  const batch = (count: number) => Array.from({ length: count }, () => agent.acknowledgement());

  // Published texts and the agent's key have leaves too: one acknowledgement less for each of them.
  await expect
    .poll(() => database.selectFrom('log_pending').select('position').execute(), { timeout: 60_000 })
    .toEqual([]);
  const { base } = await database
    .selectFrom('log_leaves')
    .select(({ fn }) => fn.countAll<number>().as('base'))
    .executeTakeFirstOrThrow();
  const [older, all] = [100, 513];
  const [early, late] = [batch(70), batch(200)];
  await Promise.all([report(agent, early), report(elsewhere, batch(30 - base))]);
  const olderFile = path.join(await makeFolder(), 'older');
  await writeFile(olderFile, await waitForSize(log, verifierKey, older));
  await report(elsewhere, late);
  await report(agent, batch(213));
  await waitForSize(log, verifierKey, all);
  const ids = [early[0], early[69], late[0], late[199]].map((event) => event?.id ?? '');
  expect(await read(program, log, verifierKey, olderFile, ...ids)).toBe(`size ${all}`);

  const readAll = () => read(program, log, verifierKey, olderFile, ...ids);
  for (const level of [0, 1]) {
    const { hashes } = await database
      .selectFrom('log_tiles')
      .select('hashes')
      .where('level', '=', level)
      .where('tile_index', '=', 0)
      .executeTakeFirstOrThrow();
    const changed = Buffer.from(hashes);
    changed[5] = (changed[5] ?? 0) ^ 1;
    const tile = database.updateTable('log_tiles').where('level', '=', level).where('tile_index', '=', 0);
    await tile.set({ hashes: changed }).execute();
    expect(await readAll()).toMatch(/^tiles: /u);
    await tile.set({ hashes }).execute();
  }
  const leaf = database.updateTable('log_leaves').where('leaf_index', '=', 300);
  const { entry } = await database
    .selectFrom('log_leaves')
    .select('entry')
    .where('leaf_index', '=', 300)
    .executeTakeFirstOrThrow();
  await leaf.set({ entry: entry.replace('porthor', 'porthox') }).execute();
  expect(await readAll()).toMatch(/^entry 300: /u);
  await leaf.set({ entry }).execute();
  const head = database.updateTable('log_head');
  const { checkpoint } = await database.selectFrom('log_head').select('checkpoint').executeTakeFirstOrThrow();
  await head.set({ checkpoint: checkpoint.replace(`\n${all}\n`, `\n${all + 1}\n`) }).execute();
  expect(await readAll()).toMatch(/^checkpoint: /u);
  await head.set({ checkpoint }).execute();
  const otherTree = (await readFile(olderFile, 'utf8')).replace(`\n${older}\n`, `\n${older + 1}\n`);
  const forgedFile = path.join(await makeFolder(), 'forged');
  await writeFile(forgedFile, otherTree);
  expect(await read(program, log, verifierKey, forgedFile)).toMatch(/^older checkpoint: /u);
  expect(await read(program, log, verifierKey, olderFile, ...ids)).toBe(`size ${all}`);
});
