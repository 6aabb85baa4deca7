/** A new key of the log: the old one names it, verify and agents follow, and a key that none has named is found. */
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { openCheckpoint, readLogKey } from '../../collector/src/log/checkpoint.ts';
import { followSuccessions } from '../../electron/services/reporting/log-proofs.ts';
import { logKeysSchema } from '../../shared/wire/log-note.ts';
import { makeFolder, report, startTestCollector } from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { makeSigningAgent } from '../support/collector/evidence.ts';
import { rowsOf, verifyFolder, waitForLog } from '../support/collector/evidence-database.ts';

const keyOf = async (data: string) =>
  readLogKey(await readFile(path.join(data, 'log.key'), 'utf8'))?.verifierKey;

it('is followed by a running collector, verify, the anchor and agents', { timeout: 120_000 }, async () => {
  const anchorFile = path.join(await makeFolder(), 'anchor');
  const running = await startTestCollector({ anchorFile });
  const { address, dataDirectory: data } = running;
  const agent = await makeSigningAgent(running);
  await report(agent, [await agent.signed()]);
  const before = await waitForLog(data, address);
  const first = (await keyOf(data)) ?? '';
  for (let times = 0; times < 2; times += 1) {
    const rotated = await runCollector('log', 'rotate-key', '--data', data);
    expect([rotated.code, rotated.stderr]).toEqual([0, '']);
    expect(rotated.stdout).toContain((await keyOf(data)) ?? 'none');
    const [, answer] = [await report(agent, [agent.event()]), await report(agent, [await agent.signed()])];
    await waitForLog(data, address);
    await vi.waitFor(async () => {
      const newest = await (await fetch(`${address}/v1/log/checkpoint`)).text();
      expect(openCheckpoint(newest, (await keyOf(data)) ?? '')?.size).toBeGreaterThan(2 * times + 2);
    });
    expect(answer[0]?.receipt).toBeDefined();
  }
  const last = (await keyOf(data)) ?? '';
  expect(last).not.toBe(first);
  expect((await readdir(data)).filter((name) => name.startsWith('log.key'))).toEqual(['log.key']);
  expect((await stat(path.join(data, 'log.key'))).mode & 0o777).toBe(0o600);
  expect(running.logged).toEqual([]);

  const keys = logKeysSchema.parse(await (await fetch(`${address}/v1/log/keys`)).json());
  expect(keys.verifierKey).toBe(last);
  expect(followSuccessions(first, keys.successions)).toBe(last);
  expect(followSuccessions(first, keys.successions.slice(1))).toBe(first);
  expect(followSuccessions(first, [keys.successions[0]?.replace('porthor-log-key-v1', 'x') ?? ''])).toBe(
    first,
  );
  // Signed with the first key.
  expect((await verifyFolder(data, { kept: [before] })).findings).toEqual([]);
  const line = await runCollector('log', 'line', '--data', data);
  expect(line.stdout).toMatch(/^porthor-log \d{4}-\d\d-\d\d porthor\.collector\/\w+ \d+ \S{44}\n$/u);
  const lineFile = path.join(await makeFolder(), 'line.txt');
  await writeFile(lineFile, line.stdout);
  expect((await runCollector('verify', '--data', data, '--checkpoint', lineFile)).code).toBe(0);
  await writeFile(lineFile, line.stdout.replace(/ \S{44}\n/u, ` ${Buffer.alloc(32).toString('base64')}\n`));
  expect((await runCollector('verify', '--data', data, '--checkpoint', lineFile)).code).toBe(2);
  await running.collector.close();
  const again = await startTestCollector({ dataDirectory: data, anchorFile });
  expect(again.logged).toEqual([]);
  await again.collector.close();

  const database = new DatabaseSync(path.join(data, 'collector.sqlite'));
  database.exec("delete from log_records where kind = 'log-key'");
  database.close();
  const { findings } = await verifyFolder(data, { kept: [before] });
  expect(findings.map(({ detail }) => detail)).toContain(
    'the key of the log: it did not sign the checkpoint that was kept elsewhere',
  );
});

it('takes its place after a kill between the log and the file', async () => {
  const running = await startTestCollector();
  const { dataDirectory: data } = running;
  await waitForLog(data, running.address);
  const old = await readFile(path.join(data, 'log.key'), 'utf8');
  await running.collector.close();
  expect((await runCollector('log', 'rotate-key', '--data', data)).code).toBe(0);
  await rename(path.join(data, 'log.key'), path.join(data, 'log.key.next'));
  await writeFile(path.join(data, 'log.key'), old, { mode: 0o600 });
  const again = await startTestCollector({ dataDirectory: data });
  const agent = await makeSigningAgent(again);
  const [result] = await report(agent, [await agent.signed()]);
  expect(result?.receipt).toBeDefined();
  await waitForLog(data, again.address);
  expect(again.logged).toEqual([]);
  expect(await keyOf(data)).toBe(rowsOf(data, 'select verifier_key from log_head')[0]?.['verifier_key']);
  expect((await verifyFolder(data)).findings).toEqual([]);
});
