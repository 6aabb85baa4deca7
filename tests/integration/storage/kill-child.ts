/**
 * Accepts, reports and delivers as fast as it can until it is killed. Standard output is a file; a line there is an
 * event that was confirmed as recorded. `sent` in the folder holds what a collector has been given.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openOutbox } from '../../../electron/storage/outbox/outbox.ts';
import { openReceipts } from '../../../electron/storage/receipts/receipts.ts';
import { reconcileReceipts, recordAcceptance } from '../../../electron/storage/receipts/record-acceptance.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { acceptanceEvent, outboxOptions, problemEvent, testProof } from '../../support/storage-fixtures.ts';

const [directory = '', seed = '0'] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const tell = (line: string): number => writeSync(1, `${line}\n`);

const receipts = await openReceipts({
  proof: testProof,
  directory,
  nowUtc: () => new Date(),
  onFault: (fault) => tell(`fault ${fault.fault}`),
});
if (!receipts.ok) throw new Error(JSON.stringify(receipts.error));
const opened = await openOutbox(
  outboxOptions(directory, {
    compactAtBytes: 4000,
    nowUtc: () => new Date(),
    canForget: (event) => receipts.value.covers(event),
    onFault: (fault) => tell(`fault ${fault.fault}`),
  }),
);
if (!opened.ok) throw new Error(JSON.stringify(opened.error));
const outbox = opened.value;
await reconcileReceipts(outbox, receipts.value);
const sent = openSync(join(directory, 'sent'), 'a');
tell('ready');

async function report(size: number): Promise<void> {
  const appended = await outbox.append(problemEvent('x'.repeat(size)));
  if (!appended.ok) throw new Error(appended.error.kind);
  tell(`done ${appended.value.id} ${appended.value.sequence}`);
}

for (;;) {
  const choice = random();
  if (choice < 0.35) {
    const recorded = await recordAcceptance(
      { outbox, receipts: receipts.value },
      acceptanceEvent({ policyId: `p-${Math.floor(random() * 5)}`, decidedAt: new Date().toISOString() }),
      { 'en-GB': 'Staff', 'cy-GB': 'Staff' },
    );
    if (!recorded.ok) throw new Error(recorded.error.kind);
    tell(`accepted ${recorded.value.eventId}`);
  } else if (choice < 0.7) {
    await Promise.all(
      Array.from({ length: 1 + Math.floor(random() * 4) }, () => report(Math.floor(random() * 900))),
    );
  } else {
    const pending = await outbox.pending({ maxEvents: 1 + Math.floor(random() * 8), maxBytes: 1e6 });
    if (!pending.ok) throw new Error(pending.error.reason);
    for (const event of pending.value) writeSync(sent, `${event.id} ${event.sequence}\n`);
    const ids = pending.value.map(({ id }) => id);
    await receipts.value.markDelivered(new Set(ids));
    await outbox.settle(ids.map((id) => ({ id, outcome: 'delivered' as const })));
  }
}
