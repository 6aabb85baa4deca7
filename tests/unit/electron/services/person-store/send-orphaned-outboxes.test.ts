/** Orphaned outboxes of other session folders, against a scripted collector. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Fetch } from '../../../../../electron/platform/network/network-port.ts';
import type { Clock } from '../../../../../electron/platform/time/clock.ts';
import {
  openPersonStore,
  type PersonStoreOptions,
} from '../../../../../electron/services/person-store/open-person-store.ts';
import { sendOrphanedOutboxes } from '../../../../../electron/services/person-store/send-orphaned-outboxes.ts';
import { startReporting } from '../../../../../electron/services/reporting/start-reporting.ts';
import { noProtection } from '../../../../../electron/storage/identity/secret-protection.ts';
import { parseManagedConfig } from '../../../../../shared/config/managed-config.ts';
import { createFakeClock, type FakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { allPending, machine, problemEvent, withDirectory } from '../../../../support/storage-fixtures.ts';

const collectorUrl = 'https://collector.example';
type Sent = { source: string; sequence: number; data: { text: string } };

async function withFolders(work: (world: ReturnType<typeof createWorld>) => Promise<void>): Promise<void> {
  await withDirectory(async (base) => {
    const world = createWorld(base);
    try {
      await work(world);
    } finally {
      for (const close of world.closings.splice(0)) await close();
      expect(world.fakeClock.pendingTimers()).toBe(0);
    }
  });
}

function createWorld(base: string) {
  const parsed = parseManagedConfig({ collectorUrl });
  if (!parsed.ok) throw new Error('the configuration is invalid');
  const config = parsed.value;
  const fakeClock: FakeClock = createFakeClock();
  // Retries of a folder that is held run at once.
  const impatient: Clock = {
    ...fakeClock,
    setTimer: (delayMs, fire) => {
      if (delayMs !== 100) return fakeClock.setTimer(delayMs, fire);
      queueMicrotask(fire);
      return () => undefined;
    },
  };
  const store: PersonStoreOptions = {
    directory: path.join(base, 'pc'),
    config,
    machine,
    clock: impatient,
    protection: noProtection,
    onFault: () => undefined,
    onOutboxFault: () => undefined,
  };
  const sent: Sent[] = [];
  let answer: 'stored' | 'nothing' | 'silence' = 'stored';
  const fetch: Fetch = (_url, { body = '[]', signal }) => {
    if (answer === 'nothing') return Promise.reject(new Error('ECONNREFUSED'));
    if (answer === 'silence') {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    }
    const events = JSON.parse(body) as (Sent & { id: string })[];
    sent.push(...events);
    return Promise.resolve(Response.json({ results: events.map(({ id }) => ({ id, status: 'stored' })) }));
  };
  const closings: (() => Promise<void>)[] = [];
  const ending = new AbortController();
  const start = async (name: string, ...texts: string[]) => {
    const opened = await openPersonStore(store);
    if (!opened.ok) throw new Error(opened.error);
    const agentToken = 'token'.padEnd(16, '-');
    await opened.value.identity?.saveEnrolment({ agentId: name, agentToken, collectorUrl });
    for (const text of texts) await opened.value.outbox.append(problemEvent(text));
    closings.push(() => opened.value.outbox.close());
    return opened.value;
  };
  return {
    base,
    fakeClock,
    sent,
    closings,
    ending,
    start,
    setAnswer: (to: typeof answer) => {
      answer = to;
    },
    send: (ownDirectory: string) =>
      sendOrphanedOutboxes({
        store,
        ownDirectory,
        startReporting: (from) =>
          startReporting({
            config,
            machine,
            store: from,
            clock: fakeClock,
            fetch,
            agentVersion: '0.1.0',
            capabilities: () => [],
            onFault: () => undefined,
          }),
        signal: ending.signal,
        log: () => undefined,
      }),
  };
}

it('sends an orphaned outbox under the name of the agent that wrote it, whichever folder this agent has', async () => {
  await withFolders(async ({ start, send, sent, base }) => {
    const first = await start('agent-1', 'one', 'two');
    const second = await start('agent-2', 'three');
    const third = await start('agent-3', 'own');
    await second.outbox.close();
    await send(third.directory);
    // The first agent still runs and sends its own.
    expect(sent.map(({ source, sequence, data }) => [source, sequence, data.text])).toEqual([
      ['porthor:agent:agent-2', 1, 'three'],
    ]);
    await first.outbox.close();
    await send(third.directory);
    await send(third.directory);
    expect(sent.slice(1).map(({ source, sequence, data }) => [source, sequence, data.text])).toEqual([
      ['porthor:agent:agent-1', 1, 'one'],
      ['porthor:agent:agent-1', 2, 'two'],
    ]);
    // Sending created no folder, and every folder is free again.
    expect(await readdir(base)).toEqual(['pc', 'pc-2', 'pc-3']);
    expect((await start('agent-1')).directory).toBe(path.join(base, 'pc'));
  });
});

it('leaves the events on disk and releases the folder when the collector does not answer', async () => {
  await withFolders(async ({ start, send, setAnswer, sent, base }) => {
    const first = await start('agent-1', 'one');
    const second = await start('agent-2');
    await first.outbox.close();
    setAnswer('nothing');
    await send(second.directory);
    const again = await start('agent-1');
    expect(again.directory).toBe(path.join(base, 'pc'));
    expect((await allPending(again.outbox)).map(({ sequence }) => sequence)).toEqual([1]);
    expect(sent).toEqual([]);
  });
});

it.each([
  ['a minute', ({ fakeClock }: ReturnType<typeof createWorld>) => fakeClock.advance(60_000)],
  ['the agent stops', ({ ending }: ReturnType<typeof createWorld>) => ending.abort()],
])('releases the folder after %s, even when the collector never answers', async (_name, end) => {
  await withFolders(async (world) => {
    const first = await world.start('agent-1', 'one');
    const second = await world.start('agent-2');
    await first.outbox.close();
    world.setAnswer('silence');
    const done = world.send(second.directory);
    await expect.poll(() => world.fakeClock.pendingTimers()).toBeGreaterThan(2);
    end(world);
    await done;
    expect((await world.start('agent-1')).directory).toBe(path.join(world.base, 'pc'));
  });
});
