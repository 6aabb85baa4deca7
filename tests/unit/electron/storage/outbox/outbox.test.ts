/** The outbox: an acknowledgement is on disk before it counts, numbers never repeat, damage is never overlooked. */
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStorageFile, type StorageFile } from '../../../../../electron/storage/durable-file.ts';
import { openIdentity } from '../../../../../electron/storage/identity/identity.ts';
import { noProtection } from '../../../../../electron/storage/identity/secret-protection.ts';
import { encodeLine } from '../../../../../electron/storage/outbox/log-line.ts';
import { openOutbox } from '../../../../../electron/storage/outbox/outbox.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import type { OutboxEvent } from '../../../../../shared/wire/events.ts';
import { chainedEventText } from '../../../../../shared/wire/evidence.ts';
import {
  acceptanceEvent,
  allPending,
  opened,
  outboxOptions,
  problemEvent,
  withDirectory,
} from '../../../../support/storage-fixtures.ts';

const logOf = (directory: string) => join(directory, 'outbox.log');

async function appended(outbox: Awaited<ReturnType<typeof opened>>, text: string) {
  const result = await outbox.append(problemEvent(text));
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.reason}`);
  return result.value;
}

/** Lets the first writes through and then behaves like a disk that has `roomBytes` left. */
function fullDisk() {
  const disk = { roomBytes: Number.POSITIVE_INFINITY, truncateFails: false, syncFails: false };
  const openFile = async (path: string, flags: string, mode: number): Promise<StorageFile> => {
    const file = await openStorageFile(path, flags, mode);
    const enospc = () => Object.assign(new Error('ENOSPC: full'), { code: 'ENOSPC' });
    return {
      read: (buffer, offset, length, position) => file.read(buffer, offset, length, position),
      stat: () => file.stat(),
      close: () => file.close(),
      sync: () => file.sync(),
      datasync: () =>
        disk.syncFails ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) : file.datasync(),
      truncate: (length) => (disk.truncateFails ? Promise.reject(enospc()) : file.truncate(length)),
      write: (buffer, offset, length, position) => {
        const part = Math.min(length, disk.roomBytes);
        if (part <= 0) return Promise.reject(enospc());
        disk.roomBytes -= part;
        return file.write(buffer, offset, part, position);
      },
    };
  };
  return { disk, openFile };
}

describe('appending', () => {
  it('numbers events from 1 without gaps, also for appends at the same time, and finds all of them again', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, index) => appended(outbox, `text ${index}`)),
      );
      expect(results.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
      expect(new Set(results.map(({ id }) => id)).size).toBe(40);
      await outbox.close();

      const again = await opened(directory);
      expect(await allPending(again)).toEqual(results);
      expect((await appended(again, 'next')).sequence).toBe(41);
      await again.close();
    });
  });

  it('names in each event the hash of the one before it, also after a restart and a compaction', async () => {
    await withDirectory(async (directory) => {
      const hashes = new Map<number, string>();
      const check = (event: OutboxEvent) => {
        expect(event.previous).toBe(hashes.get(event.sequence - 1));
        hashes.set(event.sequence, createHash('sha256').update(chainedEventText(event)).digest('hex'));
      };
      const options = { compactAtBytes: 1 };
      const outbox = await opened(directory, options);
      for (const text of ['a', 'b', 'c']) check(await appended(outbox, text));
      await outbox.close();
      const again = await opened(directory, options);
      check(await appended(again, 'd'));
      await again.settle((await allPending(again)).map(({ id }) => ({ id, outcome: 'delivered' })));
      expect((await readFile(logOf(directory), 'utf8')).split('\n')).toHaveLength(2);
      await again.close();
      const third = await opened(directory, options);
      check(await appended(third, 'e'));
      expect(hashes.size).toBe(5);
      await third.close();
    });
  });

  it('refuses an event that does not fit the wire, and gives it no number', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      const tooLarge = acceptanceEvent({
        statements: Array.from({ length: 20 }, (_, index) => ({
          id: `s-${index}`,
          text: 'ŵ'.repeat(4000),
          ticked: true,
        })),
      });
      expect(await outbox.append(tooLarge)).toMatchObject({ ok: false, error: { kind: 'too-large' } });
      expect(await outbox.append(acceptanceEvent({ textSha256: 'no hash' }))).toMatchObject({
        ok: false,
        error: { kind: 'invalid', reason: expect.stringContaining('textSha256') as string },
      });
      expect((await appended(outbox, 'after')).sequence).toBe(1);
      await outbox.close();
      expect(await outbox.append(problemEvent('late'))).toMatchObject({
        ok: false,
        error: { kind: 'closed' },
      });
    });
  });

  it('reports disk-full, cuts the partial line off, and goes on when there is room again', async () => {
    await withDirectory(async (directory) => {
      const { disk, openFile } = fullDisk();
      const outbox = await opened(directory, { openFile });
      await appended(outbox, 'before');
      const before = await readFile(logOf(directory));
      disk.roomBytes = 30;
      expect(await outbox.append(problemEvent('no room'))).toMatchObject({
        ok: false,
        error: { kind: 'disk-full', reason: 'ENOSPC' },
      });
      expect(await readFile(logOf(directory))).toEqual(before);
      disk.roomBytes = Number.POSITIVE_INFINITY;
      expect((await appended(outbox, 'room again')).sequence).toBe(2);
      await outbox.close();
    });
  });

  it('never writes after a partial line that it could not cut off', async () => {
    await withDirectory(async (directory) => {
      const { disk, openFile } = fullDisk();
      const outbox = await opened(directory, { openFile });
      disk.roomBytes = 30;
      disk.truncateFails = true;
      expect(await outbox.append(problemEvent('partial'))).toMatchObject({ ok: false });
      disk.roomBytes = Number.POSITIVE_INFINITY;
      expect(await outbox.append(problemEvent('still not'))).toMatchObject({ ok: false });
      disk.truncateFails = false;
      const event = await appended(outbox, 'now');
      expect(event.sequence).toBe(1);
      await outbox.close();
      const faults: StorageFault[] = [];
      const again = await opened(directory, { faults });
      expect(faults).toEqual([]);
      expect(await allPending(again)).toEqual([event]);
      await again.close();
    });
  });

  it('reports nothing as recorded when the sync fails', async () => {
    await withDirectory(async (directory) => {
      const { disk, openFile } = fullDisk();
      const outbox = await opened(directory, { openFile });
      disk.syncFails = true;
      expect(await outbox.append(problemEvent('unsynced'))).toMatchObject({
        ok: false,
        error: { kind: 'write-failed', reason: 'EIO' },
      });
      expect(outbox.pendingCount()).toBe(0);
      disk.syncFails = false;
      expect((await appended(outbox, 'synced')).sequence).toBe(1);
      await outbox.close();
    });
  });
});

describe('settling', () => {
  it('gives out the oldest events first, within the limits, and never a settled one again', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      const events = [];
      for (let index = 0; index < 5; index += 1) events.push(await appended(outbox, `text ${index}`));
      const two = await outbox.pending({ maxEvents: 2, maxBytes: 1e6 });
      expect(two).toMatchObject({ ok: true, value: events.slice(0, 2) });
      const one = await outbox.pending({ maxEvents: 100, maxBytes: 10 });
      expect(one).toMatchObject({ ok: true, value: events.slice(0, 1) });
      await outbox.settle(events.slice(0, 3).map(({ id }) => ({ id, outcome: 'delivered' as const })));
      expect(outbox.pendingCount()).toBe(2);
      await outbox.close();
      const again = await opened(directory);
      expect(await allPending(again)).toEqual(events.slice(3));
      await again.close();
    });
  });

  it('keeps a refused acknowledgement for good and reports the refusal once', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory, { compactAtBytes: 1 });
      const accepted = await outbox.append(acceptanceEvent());
      if (!accepted.ok) throw new Error('not appended');
      await outbox.settle([{ id: accepted.value.id, outcome: 'refused', reason: 'unknown-policy' }]);
      const faults = await allPending(outbox);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatchObject({ type: 'porthor.agent.fault.v1', data: { fault: 'event-refused' } });
      // A refused report of a refusal must not cause another report.
      await outbox.settle(faults.map(({ id }) => ({ id, outcome: 'refused' as const, reason: 'no' })));
      expect(outbox.pendingCount()).toBe(0);
      await outbox.close();
      const lines = (await readFile(join(directory, 'refused.log'), 'utf8')).trim().split('\n');
      expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
        { refusedAt: '2026-09-01T07:45:00.000Z', reason: 'unknown-policy', event: accepted.value },
      ]);
    });
  });

  it('rewrites the log when most of it is settled, and keeps its numbers and the acceptances that it must not forget', async () => {
    await withDirectory(async (directory) => {
      let canForget = false;
      const outbox = await opened(directory, { compactAtBytes: 2000, canForget: () => canForget });
      const accepted = await outbox.append(acceptanceEvent());
      if (!accepted.ok) throw new Error('not appended');
      await outbox.settle([{ id: accepted.value.id, outcome: 'delivered' }]);
      for (let index = 0; index < 30; index += 1) {
        const { id } = await appended(outbox, 'x'.repeat(300));
        await outbox.settle([{ id, outcome: 'delivered' }]);
      }
      expect((await stat(logOf(directory))).size).toBeLessThan(6000);
      expect(await outbox.acceptances()).toMatchObject([
        { event: { id: accepted.value.id }, delivered: true },
      ]);
      await outbox.close();

      canForget = true;
      const again = await opened(directory, { compactAtBytes: 2000, canForget: () => canForget });
      expect(await again.acceptances()).toMatchObject([{ event: accepted.value, delivered: true }]);
      expect((await appended(again, 'next')).sequence).toBe(32);
      for (let index = 0; index < 30; index += 1) {
        const { id } = await appended(again, 'x'.repeat(300));
        await again.settle([{ id, outcome: 'delivered' }]);
      }
      expect(await again.acceptances()).toEqual([]);
      await again.close();

      const third = await opened(directory);
      expect((await appended(third, 'last')).sequence).toBe(63);
      await third.close();
    });
  });

  it('drops the oldest reports over the limit, says which, and never an acknowledgement', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory, { maxBytes: 20_000 });
      const acknowledgements = [];
      for (let index = 0; index < 60; index += 1) {
        await appended(outbox, 'x'.repeat(400));
        if (index % 10 === 0) {
          const accepted = await outbox.append(
            acceptanceEvent({ decidedAt: `2026-09-01T08:${10 + index}:00Z` }),
          );
          if (accepted.ok) acknowledgements.push(accepted.value.id);
        }
      }
      expect((await stat(logOf(directory))).size).toBeLessThan(25_000);
      const pending = await allPending(outbox);
      expect(pending.filter(({ type }) => type.includes('acknowledged')).map(({ id }) => id)).toEqual(
        acknowledgements,
      );
      const told = new Set<number>();
      for (const { data } of pending) {
        if (data['fault'] !== 'events-evicted') continue;
        const text = String(data['reason']).split(': ')[1] ?? '';
        for (const range of text.matchAll(/(\d+)(?:-(\d+))?/gu)) {
          for (let at = Number(range[1]); at <= Number(range[2] ?? range[1]); at += 1) told.add(at);
        }
      }
      expect(told.size).toBeGreaterThan(10);
      expect(pending.filter(({ sequence }) => told.has(sequence))).toEqual([]);
      await outbox.close();
    });
  });

  it('keeps acknowledgements past every limit', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory, { maxBytes: 3000 });
      for (let index = 0; index < 20; index += 1) {
        expect((await outbox.append(acceptanceEvent())).ok).toBe(true);
      }
      expect(await allPending(outbox)).toHaveLength(20);
      await outbox.close();
    });
  });
});

describe('opening', () => {
  it('answers in-use for a second opening, and takes over from a holder that has ended', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      expect(await openOutbox(outboxOptions(directory))).toEqual({
        ok: false,
        error: { kind: 'in-use', holderPid: process.pid },
      });
      await outbox.close();
      // The same process number with another start: the system has given the number to another process since.
      await writeFile(
        join(directory, 'agent.lock'),
        JSON.stringify({ pid: process.pid, mark: 'another boot:1', nonce: 'x' }),
      );
      await (await opened(directory)).close();
      await writeFile(join(directory, 'agent.lock'), 'not a lock');
      await (await opened(directory)).close();
      expect(await readdir(directory)).toEqual(['outbox.log']);
    });
  });

  it('cuts a torn last line off, keeps it aside and reports it', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      const first = await appended(outbox, 'first');
      await appended(outbox, 'second');
      await outbox.close();
      await truncate(logOf(directory), (await stat(logOf(directory))).size - 7);
      const faults: StorageFault[] = [];
      const again = await opened(directory, { faults });
      expect(faults.map(({ fault }) => fault)).toEqual(['outbox-torn']);
      const pending = await allPending(again);
      expect(pending[0]).toEqual(first);
      expect(pending[1]).toMatchObject({ sequence: 2, data: { fault: 'outbox-torn' } });
      expect(await readFile(join(directory, 'outbox.torn'), 'utf8')).toContain('second');
      await again.close();
    });
  });

  it('accepts a last line that lacks only its line end', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      const events = [await appended(outbox, 'first'), await appended(outbox, 'second')];
      await outbox.close();
      await truncate(logOf(directory), (await stat(logOf(directory))).size - 1);
      const faults: StorageFault[] = [];
      const again = await opened(directory, { faults });
      events.push(await appended(again, 'third'));
      await again.close();
      const third = await opened(directory, { faults });
      expect(await allPending(third)).toEqual(events);
      expect(faults).toEqual([]);
      await third.close();
    });
  });

  it('keeps a damaged log aside complete, goes on with the good lines, and reuses no number', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      for (const text of ['one', 'two', 'three', 'four']) await appended(outbox, text);
      await outbox.close();
      const whole = await readFile(logOf(directory));
      const damaged = Buffer.from(whole);
      damaged.fill('#', whole.indexOf('two') - 2, whole.indexOf('two') + 5);
      await writeFile(logOf(directory), damaged);
      const faults: StorageFault[] = [];
      const again = await opened(directory, { faults });
      expect(faults).toHaveLength(1);
      expect(faults[0]?.reason).toContain('Numbers that may be lost: 2.');
      const pending = await allPending(again);
      expect(pending.map(({ sequence }) => sequence)).toEqual([1, 3, 4, 5]);
      await again.close();
      const names = await readdir(directory);
      const copy = names.find((name) => name.startsWith('outbox.damaged-'));
      expect(await readFile(join(directory, copy ?? ''))).toEqual(damaged);
      const third = await opened(directory, { faults });
      expect(faults).toHaveLength(1);
      await third.close();
    });
  });

  it.each(['the last event', 'the header', 'everything', 'nothing left of it'])(
    'leaves a gap rather than reuse a number when %s is damaged',
    async (what) => {
      await withDirectory(async (directory) => {
        const outbox = await opened(directory);
        for (const text of ['one', 'two', 'three']) await appended(outbox, text);
        await outbox.close();
        const bytes = await readFile(logOf(directory));
        if (what === 'the last event') bytes.fill('#', bytes.indexOf('three'), bytes.indexOf('three') + 5);
        if (what === 'the header') bytes.fill('#', 10, 14);
        if (what === 'everything') bytes.fill(0);
        await writeFile(logOf(directory), what === 'nothing left of it' ? Buffer.alloc(0) : bytes);
        const again = await opened(directory);
        const { sequence } = await appended(again, 'next');
        expect(sequence).toBeGreaterThan(1_000_000);
        await again.close();
        const third = await opened(directory);
        expect((await appended(third, 'next')).sequence).toBe(sequence + 1);
        await third.close();
      });
    },
  );

  it('leaves a gap when the log of an agent that has reported before is missing', async () => {
    await withDirectory(async (directory) => {
      const faults: StorageFault[] = [];
      await (await opened(directory)).close();
      const identity = await openIdentity({
        directory,
        protection: noProtection,
        nowUtc: () => new Date(),
        onFault: (fault) => faults.push(fault),
      });
      expect(identity.ok).toBe(true);
      await rm(logOf(directory));
      const outbox = await opened(directory, { faults });
      expect(faults.map(({ fault }) => fault)).toEqual(['outbox-lost']);
      expect((await appended(outbox, 'next')).sequence).toBeGreaterThan(50_000_000);
      await outbox.close();
    });
  });

  it('leaves a log of a future format alone', async () => {
    await withDirectory(async (directory) => {
      await (await opened(directory)).close();
      const line = encodeLine({ kind: 'header', format: 1, nextSequence: 9 }).toString('utf8').slice(9, -1);
      const { crc32 } = await import('node:zlib');
      const json = line.replace('"format":1', '"format":2');
      const bytes = `${crc32(json).toString(16).padStart(8, '0')} ${json}\nsomething new\n`;
      await writeFile(logOf(directory), bytes);
      expect(await openOutbox(outboxOptions(directory))).toEqual({
        ok: false,
        error: { kind: 'future-format', format: 2 },
      });
      expect(await readFile(logOf(directory), 'utf8')).toBe(bytes);
      expect(await readdir(directory)).toEqual(['outbox.log']);
    });
  });

  it('reports a problem for a log that cannot be read, and leaves it alone', async () => {
    await withDirectory(async (directory) => {
      const { mkdir } = await import('node:fs/promises');
      await mkdir(logOf(directory));
      const result = await openOutbox(outboxOptions(directory));
      expect(result).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
      expect((await stat(logOf(directory))).isDirectory()).toBe(true);
    });
  });

  it('reads megabytes without a line end in bounded time and keeps them aside', async () => {
    await withDirectory(async (directory) => {
      const outbox = await opened(directory);
      const event = await appended(outbox, 'first');
      await outbox.close();
      const junk = randomBytes(3 * 1024 * 1024).map((byte) => (byte === 0x0a ? 0x0b : byte));
      await appendFile(logOf(directory), junk);
      const again = await opened(directory);
      expect((await allPending(again))[0]).toEqual(event);
      expect((await stat(logOf(directory))).size).toBeLessThan(5000);
      await again.close();
    });
  });
});

describe('delivered events', () => {
  const days = (count: number) => count * 86_400_000;
  const rewriteAt = { maxBytes: 1024 * 1024, compactAtBytes: 1 };

  async function delivered(directory: string, keepDeliveredMs: number, laterMs = 0) {
    const nowUtc = () => new Date(Date.now() + laterMs);
    const outbox = await opened(directory, { ...rewriteAt, keepDeliveredMs, nowUtc });
    const events = [
      await appended(outbox, 'one'),
      await appended(outbox, 'two'),
      await appended(outbox, 'three'),
    ];
    await outbox.settle(events.map(({ id }) => ({ id, outcome: 'delivered' })));
    await appended(outbox, 'waits');
    return { outbox, events };
  }

  it('stay for as long as the agent may have to send them again, in their order, also after a restart', async () => {
    await withDirectory(async (directory) => {
      const { outbox, events } = await delivered(directory, days(35));
      expect(outbox.pendingCount()).toBe(1);
      await outbox.close();
      const again = await opened(directory, { ...rewriteAt, keepDeliveredMs: days(35) });
      expect(await again.resend()).toBe(3);
      const pending = await allPending(again);
      expect(pending.slice(0, 3)).toEqual(events);
      expect(pending).toHaveLength(4);
      expect(await again.settle(pending.map(({ id }) => ({ id, outcome: 'delivered' })))).toBe(4);
      expect(again.pendingCount()).toBe(0);
      await again.close();
    });
  });

  it('go when they are older, and where the agent does not keep them', async () => {
    for (const [keep, later] of [
      [days(35), days(36)],
      [0, 0],
    ] as const) {
      await withDirectory(async (directory) => {
        const { outbox, events } = await delivered(directory, keep, later);
        const log = await readFile(logOf(directory), 'utf8');
        for (const { id } of events) expect(log).not.toContain(`"id":"${id}"`);
        expect(await outbox.resend()).toBe(0);
        await outbox.close();
      });
    }
  });

  it('never take the room of events that wait', async () => {
    await withDirectory(async (directory) => {
      const faults: StorageFault[] = [];
      const maxBytes = 400_000;
      const outbox = await opened(directory, {
        maxBytes,
        compactAtBytes: 10_000,
        keepDeliveredMs: days(35),
        faults,
        nowUtc: () => new Date(),
      });
      for (let round = 0; round < 120; round += 1) {
        const event = await appended(outbox, `${round} `.padEnd(4000, 'x'));
        await outbox.settle([{ id: event.id, outcome: 'delivered' }]);
      }
      expect((await stat(logOf(directory))).size).toBeLessThan(maxBytes);
      expect(faults).toEqual([]);
      await outbox.close();
    });
  });
});

it('reads the log of a newer agent that has added members', async () => {
  await withDirectory(async (directory) => {
    const first = await opened(directory);
    const event = await appended(first, 'from before');
    await first.close();
    const header = { kind: 'header', format: 1, nextSequence: 1, added: true };
    const newer = { kind: 'event', event: { ...event, added: { by: 'a newer agent' } }, added: 1 };
    await writeFile(
      logOf(directory),
      Buffer.concat([header, newer].map((record) => encodeLine(record as Parameters<typeof encodeLine>[0]))),
    );
    const faults: StorageFault[] = [];
    const again = await opened(directory, { faults });
    expect((await allPending(again)).map(({ id }) => id)).toEqual([event.id]);
    expect(faults).toEqual([]);
    await again.close();
  });
});
