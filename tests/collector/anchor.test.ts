/** The anchor: a checkpoint outside the database, which shows an older copy of it and another log at the start. */
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { makeAgent, makeFolder, report, startTestCollector } from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { waitForLog } from '../support/collector/evidence-database.ts';

const ready = async (address: string) => {
  const response = await fetch(`${address}/readyz`);
  return { status: response.status, text: await response.text() };
};

async function startAnchored() {
  const [dataDirectory, elsewhere] = [await makeFolder(), await makeFolder()];
  const anchorFile = path.join(elsewhere, 'anchor');
  const running = await startTestCollector({ dataDirectory, anchorFile });
  const agent = await makeAgent(running);
  await report(agent, [agent.acknowledgement()]);
  await waitForLog(dataDirectory, running.address);
  return { ...running, anchorFile, agent };
}

it('holds the newest checkpoint, and serves verify', async () => {
  const { address, dataDirectory, anchorFile, collector } = await startAnchored();
  const newest = await (await fetch(`${address}/v1/log/checkpoint`)).text();
  await expect.poll(() => readFile(anchorFile, 'utf8')).toBe(newest);
  expect((await ready(address)).status).toBe(200);
  await collector.close();
  expect((await runCollector('verify', '--data', dataDirectory, '--checkpoint', anchorFile)).code).toBe(0);
  const again = await startTestCollector({ dataDirectory, anchorFile });
  expect((await ready(again.address)).status).toBe(200);
});

it('shows an older copy of the database, which is then not signed on', async () => {
  const { address, dataDirectory, anchorFile, collector, agent } = await startAnchored();
  await collector.close();
  const file = path.join(dataDirectory, 'collector.sqlite');
  await copyFile(file, `${file}.older`);
  const second = await startTestCollector({ dataDirectory, anchorFile });
  await report({ ...agent, address: second.address }, [agent.acknowledgement()]);
  await waitForLog(dataDirectory, second.address);
  await second.collector.close();
  const kept = await readFile(anchorFile, 'utf8');
  await copyFile(`${file}.older`, file);
  await rm(path.join(dataDirectory, 'watermark.json'), { force: true });

  const third = await startTestCollector({ dataDirectory, anchorFile });
  expect(await ready(third.address)).toMatchObject({ status: 503 });
  expect((await ready(third.address)).text).toContain('it is an older copy');
  const [stored] = await report({ ...agent, address: third.address }, [agent.acknowledgement()]);
  expect(stored).toEqual({ id: stored?.id, status: 'stored' });
  expect(await readFile(anchorFile, 'utf8')).toBe(kept);
  expect(address).not.toBe('');
});

it('shows leaves that were changed, and a file that was changed', async () => {
  const { dataDirectory, anchorFile, collector } = await startAnchored();
  await collector.close();
  const database = new DatabaseSync(path.join(dataDirectory, 'collector.sqlite'));
  const { hashes } = database.prepare('select hashes from log_tiles where level = 0').get() as {
    hashes: Uint8Array;
  };
  const write = database.prepare('update log_tiles set hashes = ? where level = 0');
  write.run(new Uint8Array(hashes.length));
  const changed = await startTestCollector({ dataDirectory, anchorFile });
  expect((await ready(changed.address)).text).toContain('are not those that were signed');
  await changed.collector.close();
  write.run(hashes);
  database.close();
  await writeFile(anchorFile, (await readFile(anchorFile, 'utf8')).replace(/\n\d+\n/u, '\n1\n'));
  const forged = await startTestCollector({ dataDirectory, anchorFile });
  expect((await ready(forged.address)).text).toContain('the file was changed');
});
