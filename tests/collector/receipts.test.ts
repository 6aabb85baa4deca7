/** Receipts: what the collector signs when it has stored an acknowledgement, and that the log keeps the promise. */
import { createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readLogKey } from '../../collector/src/log/checkpoint.ts';
import { leafHash } from '../../collector/src/log/merkle.ts';
import { readLogReceipt } from '../../shared/wire/log-receipt.ts';
import { makeAgent, report, startTestCollector } from '../support/collector/collector.ts';
import { rowsOf, waitForLog } from '../support/collector/evidence-database.ts';

async function isSigned(dataDirectory: string, note: string): Promise<boolean> {
  const key = readLogKey(await readFile(path.join(dataDirectory, 'log.key'), 'utf8'));
  if (key === undefined) return false;
  const end = note.lastIndexOf('\n\n');
  const [, signature = ''] = /^— \S+ (\S+)\n$/u.exec(note.slice(end + 2)) ?? [];
  const bytes = Buffer.from(signature, 'base64').subarray(4);
  return verify(null, Buffer.from(note.slice(0, end + 1)), createPublicKey(key.privateKey), bytes);
}

it('an acknowledgement is answered with a signed receipt, and its leaf gets into the log', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const [accepted, other] = [agent.acknowledgement(), agent.event()];
  const [first, second] = await report(agent, [accepted, other]);
  expect(second).toEqual({ id: other.id, status: 'stored' });
  const note = first?.receipt ?? '';
  const receipt = readLogReceipt(note);
  expect(receipt?.eventId).toBe(accepted.id);
  expect(Date.parse(receipt?.inLogBy ?? '') - Date.parse(receipt?.receivedAt ?? '')).toBe(60_000);
  expect(await isSigned(running.dataDirectory, note)).toBe(true);
  expect(await isSigned(running.dataDirectory, note.replace(accepted.id, other.id))).toBe(false);
  await waitForLog(running.dataDirectory, running.address);
  const [leaf] = rowsOf(
    running.dataDirectory,
    `select entry from log_leaves where event_id = '${accepted.id}'`,
  );
  expect(leafHash(Buffer.from(String(leaf?.['entry']))).toString('hex')).toBe(receipt?.leafSha256);
});

it('an agent that lost the answer gets the same receipt, before and after the sequencer', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const accepted = agent.acknowledgement();
  const [first] = await report(agent, [accepted]);
  const [again] = await report(agent, [accepted]);
  await waitForLog(running.dataDirectory, running.address);
  const [later] = await report(agent, [accepted]);
  expect(again).toEqual({ ...first, status: 'duplicate' });
  expect(later).toEqual(again);
});
