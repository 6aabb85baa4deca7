/** Hostile, damaged and half-written state files: never a crash, never a forged receipt, never overwritten. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StorageFile } from '../../../../electron/storage/durable-file.ts';
import { loadLog } from '../../../../electron/storage/outbox/load-log.ts';
import { openReceipts } from '../../../../electron/storage/receipts/receipts.ts';
import {
  reconcileReceipts,
  recordAcceptance,
} from '../../../../electron/storage/receipts/record-acceptance.ts';
import type { StorageFault } from '../../../../electron/storage/storage-fault.ts';
import { accountKey } from '../../../../shared/wire/account.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import {
  acceptanceEvent,
  account,
  allPending,
  opened,
  problemEvent,
  quickParent,
  testProof,
  withDirectory,
} from '../../../support/storage-fixtures.ts';

const mutations = Number(process.env['PORTHOR_MUTATIONS'] ?? 10_000);
/** Each of these writes and syncs files. On a busy disk that takes a hundred times as long as a reading from memory. */
const onDisk = mutations / 5;
const timeout = 300_000;
const seed = Number(process.env['PORTHOR_SEED'] ?? 20_261_122);
const nowUtc = (): Date => new Date('2026-09-01T07:45:00Z');

/** Damages bytes as disks, editors and attackers do. */
function mutate(bytes: Buffer, random: () => number): Buffer {
  const at = (length: number): number => Math.floor(random() * (length + 1));
  let mutated = Buffer.from(bytes);
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    const from = at(mutated.length);
    const to = Math.min(mutated.length, from + at(200));
    const piece = mutated.subarray(from, to);
    const choice = Math.floor(random() * 9);
    if (choice === 0 && mutated.length > 0) {
      const position = Math.min(from, mutated.length - 1);
      mutated[position] = (mutated[position] ?? 0) ^ (1 << Math.floor(random() * 8));
    } else if (choice === 1) mutated = Buffer.from(mutated.subarray(0, from));
    else if (choice === 2) mutated.fill(Math.floor(random() * 256), from, to);
    else if (choice === 3) mutated = Buffer.concat([mutated.subarray(0, from), mutated.subarray(to)]);
    else if (choice === 4) mutated = Buffer.concat([mutated.subarray(0, to), piece, mutated.subarray(to)]);
    else if (choice === 5)
      mutated = Buffer.concat([mutated.subarray(0, from), Buffer.from('\n'), mutated.subarray(from)]);
    else if (choice === 6) mutated = Buffer.from(mutated.toString('utf8').replace('accepted', 'declined'));
    else if (choice === 7) mutated = Buffer.concat([mutated.subarray(to), mutated.subarray(0, to)]);
    else {
      // The edit of a user who wants to look as if they had accepted another text.
      const text = mutated.toString('latin1');
      mutated = Buffer.from(text.replace(/(ab){16}/u, 'cd'.repeat(16)).replace('"2"', '"3"'), 'latin1');
    }
  }
  return mutated;
}

function memoryFile(bytes: Buffer): StorageFile {
  const readOnly = (): Promise<never> => Promise.reject(new Error('reading must not write'));
  return {
    read: (buffer, offset, length, position) =>
      Promise.resolve({ bytesRead: bytes.copy(buffer, offset, position, position + length) }),
    stat: () => Promise.resolve({ size: bytes.length }),
    write: readOnly,
    datasync: readOnly,
    sync: readOnly,
    truncate: readOnly,
    close: () => Promise.resolve(),
  };
}

async function records(directory: string): Promise<{ log: Buffer; receipts: Buffer }> {
  const receipts = await openReceipts({ directory, nowUtc, onFault: () => undefined, proof: testProof });
  if (!receipts.ok) throw new Error(receipts.error.kind);
  const outbox = await opened(directory);
  for (const policyId of ['staff', 'visitor']) {
    const title = { 'en-GB': 'Staff', 'cy-GB': 'Staff' };
    await recordAcceptance({ outbox, receipts: receipts.value }, acceptanceEvent({ policyId }), title);
    await outbox.append(problemEvent('between'));
  }
  await outbox.append(acceptanceEvent({ action: 'declined', policyId: 'pupil' }));
  const first = await allPending(outbox);
  await outbox.settle([{ id: first[0]?.id ?? '', outcome: 'delivered' }]);
  await outbox.append(problemEvent('last'));
  await outbox.close();
  return {
    log: await readFile(join(directory, 'outbox.log')),
    receipts: await readFile(join(directory, 'receipts.json')),
  };
}

describe('hostile state files', () => {
  it(`reads from ${mutations} damaged logs only records that were written (seed ${seed})`, {
    timeout,
  }, async () => {
    const random = seededRandom(seed);
    const { log } = await withDirectory(records);
    const lines = new Set(log.toString('latin1').split('\n'));
    let whole = 0;
    for (let turn = 0; turn < mutations; turn += 1) {
      const where = `turn ${turn}, seed ${seed}`;
      const bytes = mutate(log, random);
      const loaded = await loadLog(memoryFile(bytes));
      if (!loaded.ok) throw new Error(`${where}: no mutation can forge the checksum of another format`);
      const { entries, damage, torn, highestSequence } = loaded.value;
      for (const { offset, length, id, sequence } of entries) {
        const line = bytes.toString('latin1', offset, offset + length).replace(/\n$/u, '');
        expect(lines.has(line) && line.includes(id), where).toBe(true);
        expect(sequence, where).toBeLessThanOrEqual(highestSequence);
      }
      expect(new Set(entries.map(({ id }) => id)).size, where).toBe(entries.length);
      if (damage === undefined && torn === undefined) whole += 1;
    }
    // The mutations cause real damage: few of them leave a log without a finding.
    expect(whole).toBeLessThan(mutations / 3);
  });

  it(`opens ${mutations / 10} damaged logs, keeps each one aside complete and appends after the good records`, {
    timeout,
  }, async () => {
    const random = seededRandom(seed + 2);
    const answers = { untouched: 0, keptAside: 0 };
    const { log } = await withDirectory(records);
    for (let turn = 0; turn < mutations / 10; turn += 1) {
      const bytes = mutate(log, random);
      await withDirectory(async (directory) => {
        const where = `turn ${turn}, seed ${seed}`;
        await writeFile(join(directory, 'outbox.log'), bytes);
        const outbox = await opened(directory);
        const before = await allPending(outbox);
        const next = await outbox.append(problemEvent('next'));
        if (!next.ok) throw new Error(`${where}: ${next.error.kind}`);
        for (const { sequence } of before) expect(next.value.sequence, where).toBeGreaterThan(sequence);
        await outbox.close();
        const copy = (await readdir(directory)).find((name) => name.startsWith('outbox.damaged'));
        if (copy === undefined) {
          answers.untouched += 1;
        } else {
          answers.keptAside += 1;
          expect(await readFile(join(directory, copy)), where).toEqual(bytes);
        }
        const faults: StorageFault[] = [];
        const again = await opened(directory, { faults });
        expect(await allPending(again), where).toEqual([...before, next.value]);
        // A repaired log is complete.
        expect(faults, where).toEqual([]);
        await again.close();
      }, quickParent);
    }
    expect(answers.untouched).toBeGreaterThan(mutations / 200);
    expect(answers.keptAside).toBeGreaterThan(mutations / 40);
  });

  it(`never reads a receipt that was not written, over ${onDisk} damaged files`, { timeout }, async () => {
    const random = seededRandom(seed + 1);
    await withDirectory(async (template) => {
      const { receipts: original } = await records(template);
      const written = await openReceipts({
        directory: template,
        nowUtc,
        onFault: () => undefined,
        proof: testProof,
      });
      if (!written.ok) throw new Error(written.error.kind);
      const held = new Set(written.value.forAccount(accountKey(account)).map((each) => JSON.stringify(each)));
      await withDirectory(async (directory) => {
        const path = join(directory, 'receipts.json');
        for (let turn = 0; turn < onDisk; turn += 1) {
          const where = `turn ${turn}, seed ${seed}`;
          const bytes = mutate(original, random);
          await writeFile(path, bytes);
          let clock = 0;
          const receipts = await openReceipts({
            proof: testProof,
            directory,
            nowUtc: () => new Date(Date.UTC(2026, 8, 1) + turn + clock++),
            onFault: () => undefined,
          });
          if (!receipts.ok) {
            expect(await readFile(path), where).toEqual(bytes);
            continue;
          }
          for (const receipt of receipts.value.forAccount(accountKey(account))) {
            expect(held.has(JSON.stringify(receipt)), where).toBe(true);
          }
          const names = (await readdir(directory)).filter((name) => name.includes('damaged'));
          if (receipts.value.forAccount(accountKey(account)).length === 0) {
            // Every line that the agent did not understand is kept, byte for byte.
            expect(names, where).toHaveLength(1);
            expect(await readFile(join(directory, names[0] ?? '')), where).toEqual(bytes);
          }
          for (const name of names) await rm(join(directory, name));
        }
      }, quickParent);
    });
  });

  it('restores from the outbox the receipts that a damaged file lost', async () => {
    await withDirectory(async (directory) => {
      await records(directory);
      await writeFile(join(directory, 'receipts.json'), '{"format":1,');
      const faults: string[] = [];
      const receipts = await openReceipts({
        directory,
        nowUtc,
        onFault: ({ fault }) => faults.push(fault),
        proof: testProof,
      });
      if (!receipts.ok) throw new Error(receipts.error.kind);
      expect(receipts.value.forAccount(accountKey(account))).toEqual([]);
      const outbox = await opened(directory);
      await reconcileReceipts(outbox, receipts.value);
      await outbox.close();
      expect(faults).toEqual(['store-damaged']);
      const recovered = receipts.value.forAccount(accountKey(account));
      expect(recovered.map(({ policyId, delivered }) => [policyId, delivered]).sort()).toEqual([
        ['staff', true],
        ['visitor', false],
      ]);
    });
  });
});
