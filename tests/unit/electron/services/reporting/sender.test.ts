/** The client and the sender against a scripted collector: what they send, when, and how they treat the answers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../../../electron/platform/network/network-port.ts';
import { createCollectorClient } from '../../../../../electron/services/reporting/collector-client.ts';
import { createCollectorSession } from '../../../../../electron/services/reporting/collector-session.ts';
import { createSender } from '../../../../../electron/services/reporting/sender.ts';
import { openIdentity } from '../../../../../electron/storage/identity/identity.ts';
import { noProtection } from '../../../../../electron/storage/identity/secret-protection.ts';
import { openReceipts } from '../../../../../electron/storage/receipts/receipts.ts';
import { recordAcceptance } from '../../../../../electron/storage/receipts/record-acceptance.ts';
import { openSettings } from '../../../../../electron/storage/settings/settings.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { accountKey } from '../../../../../shared/wire/account.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import {
  acceptanceEvent,
  account,
  allPending,
  machine,
  opened,
  problemEvent,
  testProof,
  withDirectory,
} from '../../../../support/storage-fixtures.ts';

const url = 'https://collector.example/porthor/';
const title = { 'en-GB': 'Staff', 'cy-GB': 'Staff' };

type Asked = { method: string; path: string; token: string; body: unknown };
type Answer = Response | Error | 'never';

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const problem = (status: number, headers: Record<string, string> = {}): Response =>
  json(
    status,
    { type: 'about:blank', title: 'No', status },
    { 'content-type': 'application/problem+json', ...headers },
  );
const idsOf = (asked: Asked): string[] => (asked.body as { id: string }[]).map(({ id }) => id);
const stored = (asked: Asked, status = 'stored'): Response =>
  json(200, { results: idsOf(asked).map((id) => ({ id, status })) });
const enrolled = (token = 'token-1'): Response =>
  json(200, { agentId: 'agent-1', agentToken: token.padEnd(16, '-') });

/** Answers each request by `answer`; the deadline aborts a `never`. */
function scriptedFetch(answer: (asked: Asked, index: number) => Answer) {
  const asked: Asked[] = [];
  const fetch: Fetch = (address, init) => {
    const one: Asked = {
      method: init.method,
      path: address.replace('https://collector.example/porthor', ''),
      token: init.headers['authorization']?.replace('Bearer ', '').replace(/-+$/u, '') ?? '',
      body: init.body === undefined ? undefined : JSON.parse(init.body),
    };
    asked.push(one);
    const given = answer(one, asked.length - 1);
    if (given instanceof Response) return Promise.resolve(given);
    if (given instanceof Error) return Promise.reject(given);
    return new Promise((_resolve, reject) => {
      init.signal.addEventListener('abort', () => reject(init.signal.reason as Error));
    });
  };
  return { asked, fetch };
}

async function withSender(
  answer: (asked: Asked, index: number) => Answer,
  work: (parts: Awaited<ReturnType<typeof makeParts>>) => Promise<void>,
  changes: { enrolmentToken?: string; configured?: boolean } = {},
): Promise<void> {
  await withDirectory(async (directory) => {
    const parts = await makeParts(directory, answer, changes);
    try {
      await work(parts);
    } finally {
      await parts.sender.stop();
      await parts.outbox.close();
      expect(parts.clock.pendingTimers()).toBe(0);
    }
  });
}

async function makeParts(
  directory: string,
  answer: (asked: Asked, index: number) => Answer,
  { enrolmentToken = 'school', configured = true }: { enrolmentToken?: string; configured?: boolean } = {},
) {
  const clock = createFakeClock();
  const faults: StorageFault[] = [];
  const onFault = (fault: StorageFault): void => {
    faults.push(fault);
  };
  const { nowUtc } = clock;
  const { asked, fetch } = scriptedFetch(answer);
  const outbox = await opened(directory, { nowUtc, faults });
  const receipts = await openReceipts({ directory, nowUtc, onFault, proof: testProof });
  const settings = await openSettings({ directory, nowUtc, onFault });
  const identity = await openIdentity({ directory, protection: noProtection, nowUtc, onFault });
  if (!receipts.ok || !settings.ok || !identity.ok) throw new Error('the state did not open');
  const client = createCollectorClient({ collectorUrl: url, fetch, clock });
  const session = createCollectorSession({
    client,
    identity: identity.value,
    enrolmentToken,
    machine,
    agentVersion: '0.1.0',
    clock,
    onFault,
  });
  const sender = createSender({
    outbox,
    receipts: receipts.value,
    settings: settings.value,
    collector: configured ? { client, session } : undefined,
    clock,
    random: () => 0,
    agentVersion: '0.1.0',
    heartbeatSeconds: 3600,
    describeHeartbeat: (queueLength) => ({
      type: 'porthor.agent.heartbeat.v1',
      subject: machine.id,
      data: { agentVersion: '0.1.0', machine, capabilities: [], queueLength },
    }),
    onFault,
  });
  return {
    directory,
    clock,
    faults,
    asked,
    outbox,
    receipts: receipts.value,
    settings: settings.value,
    session,
    sender,
  };
}

/** An acknowledgement, which a script may refuse. */
const isRefusable = (asked: Asked, id: string): boolean =>
  (asked.body as { id: string; type: string }[]).some(
    (event) => event.id === id && event.type === 'porthor.policy.acknowledged.v1',
  );
const sends = (asked: readonly Asked[]): Asked[] => asked.filter(({ path }) => path === '/v1/events');
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5000, interval: 2 });

describe('the sender', () => {
  it('enrols, sends appended events, marks receipts delivered and settles', async () => {
    await withSender(
      (asked) => (asked.path === '/v1/agents' ? enrolled() : stored(asked)),
      async ({ sender, outbox, receipts, asked, clock }) => {
        await recordAcceptance({ outbox, receipts }, acceptanceEvent(), title);
        sender.start();
        await until(() => expect(sender.status()).toMatchObject({ collector: 'reached', queueLength: 0 }));
        expect(sender.status().reachedAt).toBe(clock.nowUtc().toISOString());
        expect(receipts.forAccount(accountKey(account))[0]?.delivered).toBe(true);
        await outbox.append(problemEvent('later'));
        await until(() => expect(outbox.pendingCount()).toBe(0));
        expect(asked.map(({ path, token }) => [path, token])).toEqual([
          ['/v1/agents', ''],
          ['/v1/events', 'token-1'],
          ['/v1/events', 'token-1'],
        ]);
        expect(asked[1]?.body).toMatchObject([{ source: 'porthor:agent:agent-1', sequence: 1 }]);
      },
    );
  });

  it('offers refused acknowledgements again when the collector changes version, and forgets those it takes', async () => {
    const answers = { version: '1', status: 'rejected' };
    await withSender(
      (asked) =>
        asked.path === '/v1/agents'
          ? enrolled()
          : json(200, {
              results: idsOf(asked).map((id) => ({
                id,
                status: isRefusable(asked, id) ? answers.status : 'stored',
              })),
              version: answers.version,
            }),
      async ({ sender, outbox, receipts, settings, asked }) => {
        const recorded = await recordAcceptance({ outbox, receipts }, acceptanceEvent(), title);
        const id = recorded.ok ? recorded.value.eventId : '';
        sender.start();
        await until(() => expect(settings.current().offeredRefusedTo).toBe('0.1.0 1'));
        await until(() => expect(outbox.pendingCount()).toBe(0));
        const offers = () => sends(asked).filter((one) => idsOf(one).includes(id)).length;
        expect((await outbox.refused()).map((event) => event.id)).toEqual([id]);
        const before = offers();
        await outbox.append(problemEvent('the same version'));
        await until(() => expect(outbox.pendingCount()).toBe(0));
        expect(offers()).toBe(before);
        Object.assign(answers, { version: '2', status: 'stored' });
        await outbox.append(problemEvent('a new version'));
        await until(() => expect(settings.current().offeredRefusedTo).toBe('0.1.0 2'));
        expect(offers()).toBe(before + 1);
        expect(await outbox.refused()).toEqual([]);
      },
    );
  });

  it('backs off while the collector does not answer, and then sends everything', async () => {
    let up = false;
    await withSender(
      (asked) => {
        if (!up) return new Error('ECONNREFUSED');
        return asked.path === '/v1/agents' ? enrolled() : stored(asked);
      },
      async ({ sender, outbox, asked, clock }) => {
        // The sender reports each append and each failure; by then the pause is set.
        let changes = 0;
        sender.onChange(() => {
          changes += 1;
        });
        await outbox.append(problemEvent('one'));
        sender.start();
        await until(() => expect(changes).toBe(1));
        expect(sender.status()).toMatchObject({ collector: 'not-reached', reason: 'ECONNREFUSED' });
        for (const [index, pauseMs] of [2000, 4000, 8000].entries()) {
          expect(asked).toHaveLength(index + 1);
          clock.advance(pauseMs - 1);
          await outbox.append(problemEvent('in the pause'));
          expect(asked).toHaveLength(index + 1);
          clock.advance(1);
          await until(() => expect(asked).toHaveLength(index + 2));
          await until(() => expect(changes).toBe(2 * index + 3));
        }
        up = true;
        clock.advance(16_000);
        await until(() => expect(outbox.pendingCount()).toBe(0));
        expect(sender.status()).toMatchObject({ collector: 'reached', reason: '' });
      },
    );
  });

  it('waits as the collector asks, also over a restart, and wakes for no other reason', async () => {
    await withDirectory(async (directory) => {
      const answer = (asked: Asked, index: number): Answer => {
        if (asked.path === '/v1/agents') return enrolled();
        return index === 1 ? problem(429, { 'retry-after': '600' }) : stored(asked);
      };
      const before = await makeParts(directory, answer);
      before.sender.start();
      await before.outbox.append(problemEvent('one'));
      await until(() => expect(before.settings.current().sendNotBefore).toBe('2026-11-22T08:50:00.000Z'));
      await before.sender.stop();
      await before.outbox.close();

      const after = await makeParts(directory, (asked) => stored(asked));
      after.sender.start();
      after.sender.wake();
      await after.outbox.append(problemEvent('two'));
      after.clock.advance(599_999);
      expect(after.asked).toEqual([]);
      after.clock.advance(1);
      await until(() => expect(after.outbox.pendingCount()).toBe(0));
      expect(after.asked.map(({ path }) => path)).toEqual(['/v1/events']);
      // The sender forgets the time once it is over: a clock that is set back later must not bring it back.
      await until(() => expect(after.settings.current().sendNotBefore).toBeUndefined());
      await after.sender.stop();
      expect(await readFile(join(directory, 'settings.json'), 'utf8')).not.toContain('sendNotBefore');
      await after.outbox.close();
      expect(after.clock.pendingTimers()).toBe(0);
    });
  });

  it('does not wait for a time that was written while the clock was ten years ahead, and forgets it', async () => {
    await withSender(
      (asked) => (asked.path === '/v1/agents' ? enrolled() : stored(asked)),
      async ({ sender, outbox, settings }) => {
        await settings.update((current) => ({ ...current, sendNotBefore: '2036-11-22T08:40:00.000Z' }));
        await outbox.append(problemEvent('one'));
        sender.start();
        await until(() => expect(outbox.pendingCount()).toBe(0));
        await until(() => expect(settings.current().sendNotBefore).toBeUndefined());
      },
    );
  });

  it('enrols again under the same key when its token is refused, and pauses when the new token is refused too', async () => {
    let refuseAll = false;
    let tokens = 0;
    await withSender(
      (asked) => {
        if (asked.path === '/v1/agents') {
          tokens += 1;
          return enrolled(`token-${tokens}`);
        }
        return refuseAll || asked.token === 'token-1' ? problem(401) : stored(asked);
      },
      async ({ sender, outbox, asked }) => {
        sender.start();
        await outbox.append(problemEvent('one'));
        await until(() => expect(outbox.pendingCount()).toBe(0));
        expect(asked.map(({ path, token }) => [path, token])).toEqual([
          ['/v1/agents', ''],
          ['/v1/events', 'token-1'],
          ['/v1/agents', ''],
          ['/v1/events', 'token-2'],
        ]);
        const keys = asked
          .filter(({ path }) => path === '/v1/agents')
          .map(({ body }) => (body as { publicKey: unknown }).publicKey);
        expect(keys[0]).toEqual(keys[1]);
        refuseAll = true;
        await outbox.append(problemEvent('two'));
        await until(() => expect(sender.status().collector).toBe('not-enrolled'));
        expect(outbox.pendingCount()).toBe(1);
      },
    );
  });

  it('continues with its token when enrolment is refused or impossible, once the collector accepts the token again', async () => {
    await withDirectory(async (directory) => {
      const before = await makeParts(directory, (asked) =>
        asked.path === '/v1/agents' ? enrolled() : stored(asked),
      );
      before.sender.start();
      await before.outbox.append(problemEvent('one'));
      await until(() => expect(before.outbox.pendingCount()).toBe(0));
      await before.sender.stop();
      await before.outbox.close();

      let refuses = true;
      const after = await makeParts(directory, (asked) => (refuses ? problem(401) : stored(asked)), {
        enrolmentToken: '',
      });
      after.sender.start();
      await after.outbox.append(problemEvent('two'));
      await until(() => expect(after.sender.status().collector).toBe('not-enrolled'));
      await until(() => expect(after.clock.pendingTimers()).toBe(2));
      expect(await after.session.knownAcknowledgements('k', 1500)).toMatchObject({
        ok: false,
        error: { kind: 'not-enrolled' },
      });
      refuses = false;
      after.clock.advance(2000);
      await until(() => expect(after.outbox.pendingCount()).toBe(0));
      expect(sends(after.asked).map(({ token }) => token)).toEqual(['token-1', 'token-1']);
      await after.sender.stop();
      await after.outbox.close();
    });
  });

  it.each([
    ['the collector refuses the enrolment token', 'school', problem(401)],
    ['there is no enrolment token', '', problem(500)],
  ])('stays unenrolled, and keeps everything, when %s', async (_name, enrolmentToken, answer) => {
    await withSender(
      () => answer.clone(),
      async ({ sender, outbox, asked, clock }) => {
        sender.start();
        await outbox.append(acceptanceEvent());
        await until(() => expect(sender.status().collector).toBe('not-enrolled'));
        await until(() => expect(clock.pendingTimers()).toBe(2));
        expect(sends(asked)).toEqual([]);
        expect(outbox.pendingCount()).toBe(1);
      },
      { enrolmentToken },
    );
  });

  it('puts a refused acknowledgement aside and goes on with the rest', async () => {
    await withSender(
      (asked) => {
        if (asked.path === '/v1/agents') return enrolled();
        const results = (asked.body as { id: string; data: { policyId?: string } }[]).map(({ id, data }) =>
          data.policyId === 'bad'
            ? { id, status: 'rejected', reason: 'not known here' }
            : { id, status: 'stored' },
        );
        return json(200, { results });
      },
      async ({ sender, outbox, faults, directory }) => {
        await outbox.append(acceptanceEvent({ policyId: 'bad' }));
        await outbox.append(acceptanceEvent());
        sender.start();
        await until(() => expect(outbox.pendingCount()).toBe(0));
        expect(faults).toMatchObject([{ fault: 'event-refused' }]);
        expect(await readFile(join(directory, 'refused.log'), 'utf8')).toContain('not known here');
      },
    );
  });

  it('finds the one event in a batch that the collector refuses, and sends the others', async () => {
    const taken: string[] = [];
    await withSender(
      (asked) => {
        if (asked.path === '/v1/agents') return enrolled();
        const events = asked.body as { id: string; data: { text?: string } }[];
        if (events.some(({ data }) => data.text === 'poison')) return problem(413);
        taken.push(...events.flatMap(({ data }) => data.text ?? []));
        return stored(asked);
      },
      async ({ sender, outbox, faults }) => {
        for (const text of ['a', 'b', 'poison', 'c', 'd', 'e']) await outbox.append(problemEvent(text));
        sender.start();
        await until(() => expect(outbox.pendingCount()).toBe(0));
        expect(taken).toEqual(['a', 'b', 'c', 'd', 'e']);
        expect(faults).toMatchObject([{ fault: 'event-refused' }]);
      },
    );
  });

  it.each<[string, () => Answer]>([
    ['a portal’s page', () => new Response('<html>Sign in</html>', { status: 200 })],
    ['a proxy’s 403', () => new Response('Blocked by policy', { status: 403 })],
    ['a web filter’s 401', () => new Response('<html>Sign in', { status: 401 })],
    ['a proxy’s 400', () => new Response('<html>', { status: 400 })],
    ['an answer without end', () => new Response('x'.repeat(3 * 1024 * 1024), { status: 200 })],
    ['results for other events', () => json(200, { results: [{ id: 'other', status: 'stored' }] })],
    ['silence', () => 'never'],
  ])('settles no event and does not hurry on %s', async (name, answer) => {
    await withSender(
      (asked) => (asked.path === '/v1/agents' ? enrolled() : answer()),
      async ({ sender, outbox, asked, clock }) => {
        await outbox.append(acceptanceEvent());
        sender.start();
        await until(() => expect(sends(asked)).toHaveLength(1));
        if (name === 'silence') {
          await until(() => expect(clock.pendingTimers()).toBe(2));
          clock.advance(30_000);
        }
        await until(() => expect(sender.status().reason).not.toBe(''));
        expect(outbox.pendingCount()).toBe(1);
        expect(sends(asked)).toHaveLength(1);
        clock.advance(2000);
        await until(() => expect(sends(asked)).toHaveLength(2));
      },
    );
  });

  it('records a heartbeat with the length of the queue', async () => {
    await withSender(
      (asked) => (asked.path === '/v1/agents' ? enrolled() : stored(asked)),
      async ({ sender, asked, clock }) => {
        sender.start();
        clock.advance(3_600_000);
        await until(() => expect(sends(asked)).toHaveLength(1));
        clock.advance(3_600_000);
        await until(() => expect(sends(asked)).toHaveLength(2));
        expect(sends(asked)[0]?.body).toMatchObject([
          { type: 'porthor.agent.heartbeat.v1', data: { queueLength: 0 } },
        ]);
      },
    );
  });

  it('keeps events and sets no timer where no collector is set', async () => {
    await withSender(
      () => new Error('nobody must be asked'),
      async ({ sender, outbox, asked, clock }) => {
        const seen: number[] = [];
        sender.onChange(({ queueLength }) => seen.push(queueLength));
        sender.start();
        await outbox.append(problemEvent('one'));
        await until(() => expect(seen).toEqual([1]));
        expect(sender.status().collector).toBe('not-configured');
        expect(clock.pendingTimers()).toBe(0);
        expect(asked).toEqual([]);
      },
      { configured: false },
    );
  });

  it('stops at once in the middle of a request, with nothing lost', async () => {
    await withSender(
      (asked) => (asked.path === '/v1/agents' ? enrolled() : 'never'),
      async ({ sender, outbox, asked, clock }) => {
        await outbox.append(problemEvent('one'));
        sender.start();
        await until(() => expect(sends(asked)).toHaveLength(1));
        await sender.stop();
        expect(clock.pendingTimers()).toBe(0);
        expect(await allPending(outbox)).toHaveLength(1);
      },
    );
  });
});

describe('the request for what the collector knows', () => {
  const known = {
    eventId: 'e-1',
    policyId: 'staff',
    policyVersion: '2',
    textSha256: 'ab'.repeat(32),
    language: 'cy-GB',
    decidedAt: '2026-09-01T07:41:00Z',
  };

  it('enrols first on a wiped PC, and gets a new token where the old one is refused', async () => {
    let tokens = 0;
    await withSender(
      (asked) => {
        if (asked.path === '/v1/agents') {
          tokens += 1;
          return enrolled(`token-${tokens}`);
        }
        return asked.token === 'token-1' ? problem(401) : json(200, { acknowledgements: [known] });
      },
      async ({ session, asked }) => {
        expect(await session.knownAcknowledgements('ysgol\\mair & co', 1500)).toEqual({
          ok: true,
          value: [known],
        });
        expect(asked.map(({ path }) => path)).toEqual([
          '/v1/agents',
          '/v1/acknowledgements?account=ysgol%5Cmair%20%26%20co',
          '/v1/agents',
          '/v1/acknowledgements?account=ysgol%5Cmair%20%26%20co',
        ]);
      },
    );
  });

  it('keeps its token when a web filter in between answers 401', async () => {
    await withSender(
      (asked) => (asked.path === '/v1/agents' ? enrolled() : new Response('<html>Sign in', { status: 401 })),
      async ({ session, asked }) => {
        for (let each = 0; each < 2; each += 1) {
          expect(await session.knownAcknowledgements('k', 1500)).toMatchObject({
            ok: false,
            error: { kind: 'not-reached' },
          });
        }
        expect(asked.filter(({ path }) => path === '/v1/agents')).toHaveLength(1);
      },
    );
  });

  it.each(['/v1/agents', '/v1/acknowledgements'])(
    'answers within its deadline when %s is silent',
    async (silent) => {
      await withSender(
        (asked) => (asked.path.startsWith(silent) ? 'never' : enrolled()),
        async ({ session, clock, asked, sender }) => {
          const answer = session.knownAcknowledgements('k', 1500);
          await until(() => expect(asked.at(-1)?.path.startsWith(silent)).toBe(true));
          clock.advance(1500);
          expect(await answer).toMatchObject({ ok: false, error: { kind: 'not-reached' } });
          await sender.stop();
        },
      );
    },
  );
});
