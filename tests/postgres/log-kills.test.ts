/**
 * Two collectors on one PostgreSQL, of which one after the other is killed: the log goes on, and holds each leaf once. A long
 * run says what it has seen: PORTHOR_KILLS=200 vitest run … --project postgres tests/postgres/log-kills.test.ts
 */
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openCheckpoint, readLogKey } from '../../collector/src/log/checkpoint.ts';
import { createAgentRepository } from '../../collector/src/repositories/agents.ts';
import { defaultSchoolId } from '../../collector/src/schools.ts';
import { openPostgres } from '../../collector/src/storage/postgres.ts';
import { makeChooser } from '../support/collector/alterations.ts';
import { enrol, knownAgent, makeFolder, report, type TestAgent } from '../support/collector/collector.ts';
import { type Served, serve } from '../support/collector/command-line.ts';
import { verifyReader } from '../support/collector/evidence-database.ts';
import { startPrivateCluster } from '../support/collector/private-cluster.ts';

const kills = Number(process.env['PORTHOR_KILLS'] ?? 6);
const perBatch = 20;

/** Undefined when the collector was gone before it answered. */
async function trySend(agent: TestAgent, events: readonly unknown[]): Promise<boolean> {
  try {
    await report(agent, events);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

it(`the log outlives ${kills} kills of its collectors`, { timeout: 120_000 + kills * 20_000 }, async () => {
  const cluster = await startPrivateCluster();
  onTestFinished(() => cluster.stop());
  const url = await cluster.createDatabase('porthor_kills');
  const folders = [await makeFolder(), await makeFolder()];
  const compileCache = await makeFolder();
  const start = (place: number): Promise<Served> =>
    serve(['--data', folders[place] ?? '', '--port', '0'], {
      compileCache,
      env: { PORTHOR_DATABASE_URL: url },
    });
  const first = await start(0);
  const keyFile = path.join(folders[0] ?? '', 'log.key');
  const key = () => readFile(keyFile, 'utf8').then(readLogKey);
  await expect.poll(() => key().catch(() => undefined)).toBeDefined();
  await copyFile(keyFile, path.join(folders[1] ?? '', 'log.key'));
  const running = [first, await start(1)];
  onTestFinished(async () => void (await Promise.all(running.map((one) => one.end('SIGKILL')))));
  const storage = await openPostgres(url);
  onTestFinished(() => storage.close());
  const { token } = await createAgentRepository(storage, () => new Date()).createEnrolmentToken({
    schoolId: defaultSchoolId,
    expiresAt: undefined,
    maxUses: undefined,
  });
  const enrolled = await enrol(first.address, token);
  const agent = knownAgent(first.address, enrolled.agentId, enrolled.agentToken);
  const choose = makeChooser('porthor-kills-1');
  let stored = 0;
  let interrupted = 0;
  let signed = openCheckpoint('', '');
  for (let kill = 0; kill < kills; kill += 1) {
    const place = choose(2);
    const victim = running[place];
    const other = running[1 - place];
    if (victim === undefined || other === undefined) throw new Error('none is running');
    const batch = Array.from({ length: perBatch }, () => agent.acknowledgement());
    const sending = trySend({ ...agent, address: victim.address }, batch);
    await new Promise((resolve) => setTimeout(resolve, choose(60)));
    await victim.end('SIGKILL');
    if (!(await sending)) interrupted += 1;
    // What was not answered is sent again, to the other one.
    await report({ ...agent, address: other.address }, batch);
    stored += perBatch;
    running[place] = await start(place);
    const head = await storage.reader.selectFrom('log_head').select('checkpoint').executeTakeFirst();
    const now = openCheckpoint(head?.checkpoint ?? '', (await key())?.verifierKey ?? '');
    expect(now?.size).toBeGreaterThanOrEqual(signed?.size ?? 0);
    signed = now;
  }
  await expect
    .poll(() => storage.reader.selectFrom('log_pending').select('position').execute(), { timeout: 60_000 })
    .toEqual([]);
  const leaves = await storage.reader
    .selectFrom('log_leaves')
    .select('event_id')
    .where('entry', 'like', 'porthor-leaf-v2 acknowledgement %')
    .execute();
  expect(leaves).toHaveLength(stored);
  expect(new Set(leaves.map(({ event_id }) => event_id)).size).toBe(stored);
  const { findings, waiting } = await verifyReader(storage.reader);
  expect([findings, waiting]).toEqual([[], 0]);
  if (kills > 50) process.stderr.write(`${kills} kills, ${interrupted} in mid-answer, ${stored} leaves\n`);
});
