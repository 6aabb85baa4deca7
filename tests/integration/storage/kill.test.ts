/** Killed at any moment, the agent has lost nothing that it had called recorded, and has nothing twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openReceipts } from '../../../electron/storage/receipts/receipts.ts';
import { reconcileReceipts } from '../../../electron/storage/receipts/record-acceptance.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { account, allPending, opened, testProof, withDirectory } from '../../support/storage-fixtures.ts';

const kills = Number(process.env['PORTHOR_KILLS'] ?? 200);
const seed = Number(process.env['PORTHOR_SEED'] ?? 20_261_122);
const childPath = fileURLToPath(new URL('kill-child.ts', import.meta.url));

async function runUntilKilled(directory: string, childSeed: number, random: () => number): Promise<void> {
  const out = openSync(join(directory, 'told'), 'a');
  const errors = openSync(join(directory, 'errors'), 'a');
  const child = spawn(process.execPath, ['--no-warnings', childPath, directory, String(childSeed)], {
    stdio: ['ignore', out, errors],
  });
  const exited = once(child, 'exit');
  const readyBefore = count(lines(join(directory, 'told')), 'ready');
  // One in five dies while it opens its files, the others at work.
  if (random() < 0.2) await delay(80 + random() * 200);
  else {
    const giveUpAt = Date.now() + 20_000;
    while (count(lines(join(directory, 'told')), 'ready') === readyBefore) {
      if (child.exitCode !== null || Date.now() > giveUpAt) break;
      await delay(5);
    }
    await delay(random() * 70);
  }
  child.kill('SIGKILL');
  const code: unknown = (await exited)[0];
  closeSync(out);
  closeSync(errors);
  expect(code, readFileSync(join(directory, 'errors'), 'utf8')).toBeNull();
}

const lines = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
const count = (texts: readonly string[], text: string): number =>
  texts.filter((each) => each === text).length;

/**
 * Removes what a power cut at this moment could: bytes after the last event that was confirmed, or whose receipt is
 * saved. Saving a receipt starts when its event is on disk. Of a log that was rewritten nothing that it had then: it got
 * its name when all of it was on disk, and its first line says which numbers were given out by that time.
 */
function cutPower(directory: string, told: readonly string[], random: () => number): void {
  const receiptsPath = join(directory, 'receipts.json');
  const receipts = existsSync(receiptsPath) ? readFileSync(receiptsPath, 'utf8') : '';
  const known = new Set([
    ...told,
    ...[...receipts.matchAll(/"eventId": "([^"]+)"/gu)].map((match) => match[1] ?? ''),
  ]);
  const path = join(directory, 'outbox.log');
  if (!existsSync(path)) return;
  const log = readFileSync(path, 'latin1');
  let safe = log.indexOf('\n') + 1;
  const nextWhenNamed = Number(/"nextSequence":(\d+)/u.exec(log.slice(0, safe))?.[1] ?? 1);
  const events = /"kind":"event","event":\{[^\n]*?"id":"([0-9a-f-]{36})"[^\n]*?"sequence":(\d+)[^\n]*\n/gu;
  for (const match of log.matchAll(events)) {
    const isOnDisk = known.has(match[1] ?? '') || Number(match[2]) < nextWhenNamed;
    if (isOnDisk) safe = match.index + match[0].length;
  }
  truncateSync(path, safe + Math.floor(random() * (log.length - safe + 1)));
}

it(`loses nothing over ${kills} kills (seed ${seed})`, { timeout: 600_000 }, async () => {
  const random = seededRandom(seed);
  await withDirectory(async (directory) => {
    let torn = 0;
    let firstLog = 0;
    for (let kill = 1; kill <= kills; kill += 1) {
      await runUntilKilled(directory, seed + kill, random);

      const told = lines(join(directory, 'told'));
      const accepted = told.flatMap((line) => (line.startsWith('accepted ') ? line.slice(9) : []));
      const reported = told.flatMap((line) => (line.startsWith('done ') ? (line.split(' ')[1] ?? '') : []));
      const sent = new Map<string, number>();
      for (const line of lines(join(directory, 'sent'))) {
        const [id = '', sequence] = line.split(' ');
        sent.set(id, Number(sequence));
      }
      if (random() < 0.4) cutPower(directory, [...accepted, ...reported, ...sent.keys()], random);

      const faults: { fault: string; subject: string; reason: string }[] = [];
      const receipts = await openReceipts({
        proof: testProof,
        directory,
        nowUtc: () => new Date(),
        onFault: (fault) => faults.push(fault),
      });
      if (!receipts.ok) throw new Error(JSON.stringify(receipts.error));
      const outbox = await opened(directory, { faults, canForget: (event) => receipts.value.covers(event) });
      await reconcileReceipts(outbox, receipts.value);
      const pending = await allPending(outbox);
      const held = receipts.value.forAccount(accountKey(account));
      await outbox.close();

      const where = `kill ${kill}, seed ${seed}`;
      expect(
        faults.filter(({ fault }) => fault !== 'outbox-torn'),
        where,
      ).toEqual([]);
      torn += faults.length;
      if (readFileSync(join(directory, 'outbox.log'), 'latin1').includes('"nextSequence":1}')) {
        firstLog += 1;
      }

      const everywhere = new Map([...sent, ...pending.map(({ id, sequence }) => [id, sequence] as const)]);
      expect(new Set(pending.map(({ id }) => id)).size, where).toBe(pending.length);
      for (const id of [...accepted, ...reported]) expect(everywhere.has(id), `${where}: ${id}`).toBe(true);
      // Every number from 1 on is there once: none left out, none given to two events.
      const numbers = [...everywhere.values()].sort((left, right) => left - right);
      expect(numbers, where).toEqual(numbers.map((_, index) => index + 1));

      const heldIds = new Set(held.map(({ eventId }) => eventId));
      expect(heldIds.size, where).toBe(held.length);
      for (const { eventId } of held) expect(everywhere.has(eventId), `${where}: ${eventId}`).toBe(true);
      // Of a policy accepted very often only the latest are held; this PC has always the newest of each.
      for (const id of accepted.slice(-50)) expect(heldIds.has(id), `${where}: ${id}`).toBe(true);
    }
    const told = lines(join(directory, 'told'));
    console.log(
      JSON.stringify({
        kills,
        seed,
        accepted: told.filter((line) => line.startsWith('accepted ')).length,
        reported: told.filter((line) => line.startsWith('done ')).length,
        delivered: new Set(lines(join(directory, 'sent'))).size,
        tornLines: torn,
        startsOnRewrittenLog: kills - firstLog,
      }),
    );
    expect(torn).toBeGreaterThan(0);
    // Rewriting, where most can go wrong, happened many times over.
    expect(firstLog).toBeLessThan(kills / 2);
  });
});
