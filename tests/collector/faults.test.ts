/** Faults of the database and of the clock: `/readyz` and the log say them, and two commands mend them. */
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { problemSchema } from '../../shared/wire/collector-api.ts';
import {
  makeAgent,
  makeFolder,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';

async function readiness({ address }: TestCollector): Promise<{ status: number; detail: string }> {
  const response = await fetch(`${address}/readyz`);
  const body: unknown = await response.json();
  return { status: response.status, detail: problemSchema.safeParse(body).data?.detail ?? '' };
}

const databaseOf = (folder: string) => path.join(folder, 'collector.sqlite');

/** Changes one bit of a text in the only page of an index. */
async function damageIndex(folder: string, index: string, text: string): Promise<void> {
  const database = new DatabaseSync(databaseOf(folder));
  const root = Number(
    database.prepare('select rootpage from sqlite_master where name = ?').get(index)?.['rootpage'],
  );
  const size = Number(database.prepare('pragma page_size').get()?.['page_size']);
  database.close();
  const bytes = await readFile(databaseOf(folder));
  const place = bytes.indexOf(text, (root - 1) * size);
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThan(root * size);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(databaseOf(folder), bytes);
}

async function withAcceptance() {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  await report(agent, [agent.acknowledgement()]);
  const known = async ({ address }: TestCollector) => {
    const response = await fetch(`${address}/v1/acknowledgements?account=school%5Ccarys`, {
      headers: { authorization: `Bearer ${agent.agentToken}` },
    });
    return ((await response.json()) as { acknowledgements: unknown[] }).acknowledgements.length;
  };
  expect(await known(running)).toBe(1);
  return { running, agent, known, folder: running.dataDirectory };
}

/** Each test starts several programs, one after the other. */
const timeout = 240_000;

describe('a changed bit in an index, which hides an acceptance', { timeout }, () => {
  it('makes the collector not ready, says why once, and is mended by recover', async () => {
    const { running, known, folder } = await withAcceptance();
    await running.collector.close();
    await damageIndex(folder, 'sqlite_autoindex_latest_acceptances_1', 'school\\carys');
    const damaged = await startTestCollector({ dataDirectory: folder });
    expect(await known(damaged)).toBe(0);
    await expect.poll(async () => (await readiness(damaged)).status).toBe(503);
    expect((await readiness(damaged)).detail).toMatch(/The database is damaged .*collector -- recover/u);
    expect(damaged.logged.filter((line) => line.includes('is damaged'))).toHaveLength(1);
    const refused = await runCollector('recover', '--data', folder);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('A collector runs at')]);
    await damaged.collector.close();

    const { code, stdout } = await runCollector('recover', '--data', folder);
    expect(stdout).toContain('The indexes are built again, and the database is sound.');
    expect(code).toBe(0);
    const aside = (await readdir(folder)).find((name) => name.startsWith('replaced-')) ?? '';
    expect(await readdir(path.join(folder, aside))).toContain('collector.sqlite');
    const mended = await startTestCollector({ dataDirectory: folder });
    expect(await known(mended)).toBe(1);
    expect(await readiness(mended)).toEqual({ status: 200, detail: '' });
    expect((await runCollector('verify', '--data', folder)).code).toBe(3);
  });

  it('is nothing that recover changes in a sound database', async () => {
    const { running, folder } = await withAcceptance();
    await running.collector.close();
    const { code, stdout } = await runCollector('recover', '--data', folder);
    expect([code, stdout]).toEqual([0, 'The database is sound. Nothing is changed.\n']);
  });
});

describe('an older database in place of the newest', { timeout }, () => {
  it('makes the collector not ready until a technician restores it on purpose', async () => {
    const { running, agent, folder } = await withAcceptance();
    const backup = path.join(await makeFolder(), 'monday.sqlite');
    expect((await runCollector('backup', backup, '--data', folder)).code).toBe(0);
    await report(agent, [agent.event(), agent.event()]);
    await running.collector.close();
    for (const name of await readdir(folder)) {
      if (name.startsWith('collector.sqlite')) await rm(path.join(folder, name));
    }
    await copyFile(backup, databaseOf(folder));
    const older = await startTestCollector({ dataDirectory: folder });
    expect(await readiness(older)).toMatchObject({
      status: 503,
      detail: expect.stringMatching(/^2 events that were stored are no longer in the database/u) as string,
    });
    // A restart does not make it forget.
    await older.collector.close();
    const again = await startTestCollector({ dataDirectory: folder });
    expect((await readiness(again)).status).toBe(503);
    const refused = await runCollector('restore', backup, '--data', folder);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('A collector runs at')]);
    await again.collector.close();

    const { code, stdout } = await runCollector('restore', backup, '--data', folder);
    expect(stdout).toContain('Run verify, then start the collector.');
    expect(code).toBe(0);
    const restored = await startTestCollector({ dataDirectory: folder });
    expect(await readiness(restored)).toEqual({ status: 200, detail: '' });
    expect(await report({ ...agent, address: restored.address }, [agent.event()])).toMatchObject([
      { status: 'stored' },
    ]);
    expect(await restored.collector.sequenceGaps()).toMatchObject([{ firstSequence: 2, lastSequence: 3 }]);
  });

  it('shows when the log of the database was lost', async () => {
    const { running, agent, folder } = await withAcceptance();
    await report(agent, [agent.event()]);
    const copy = await makeFolder();
    // The files as a crash leaves them: what is not yet written back is in the log alone.
    await expect
      .poll(
        async (): Promise<unknown> => JSON.parse(await readFile(path.join(folder, 'watermark.json'), 'utf8')),
      )
      .toMatchObject({ position: 2 });
    for (const name of ['collector.sqlite', 'watermark.json']) {
      await copyFile(path.join(folder, name), path.join(copy, name));
    }
    await running.collector.close();
    const started = await startTestCollector({ dataDirectory: copy });
    expect((await readiness(started)).detail).toContain('are no longer in the database');
  });

  it('is refused by restore when the backup itself is damaged or not there', async () => {
    const { running, folder } = await withAcceptance();
    await running.collector.close();
    const damaged = path.join(await makeFolder(), 'damaged.sqlite');
    const bytes = await readFile(databaseOf(folder));
    bytes.fill(0x55, 4096, 8192);
    await writeFile(damaged, bytes);
    for (const [file, reason] of [
      [damaged, 'cannot be used'],
      [path.join(folder, 'none'), 'There is no file'],
    ] as const) {
      const { code, stderr } = await runCollector('restore', file, '--data', folder);
      expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
    }
    expect((await startTestCollector({ dataDirectory: folder })).logged).toEqual([]);
  });
});

it('a clock that was set back makes the collector not ready until it is right again', async () => {
  let nowMs = Date.now();
  const now = () => new Date(nowMs);
  const first = await startTestCollector({ now });
  await first.collector.close();
  nowMs -= 60 * 60_000;
  const back = await startTestCollector({ dataDirectory: first.dataDirectory, now });
  expect((await readiness(back)).detail).toMatch(/^The clock of this computer says /u);
  nowMs += 60 * 60_000;
  await expect.poll(async () => (await readiness(back)).status).toBe(200);
  expect(back.logged).toEqual([
    expect.stringMatching(/^clock: The clock of this computer says /u),
    'clock: all is well again',
  ]);
});
