/** `POST /v1/events`, row by row of the contract, against a real server and a real database. */
import { describe, expect, it } from 'vitest';
import { maxBatchBytes, problemSchema } from '../../shared/wire/collector-api.ts';
import {
  containing,
  makeAgent,
  report,
  sendText,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';

async function startWithAgent(options: Parameters<typeof startTestCollector>[0] = {}) {
  const running: TestCollector = await startTestCollector(options);
  return { ...running, agent: await makeAgent(running) };
}

describe('an accepted batch', () => {
  it('is answered event by event, in the order of the batch', async () => {
    const { agent } = await startWithAgent();
    const known = agent.event();
    await report(agent, [known]);
    const bad = { ...agent.event(), sequence: 'seven' };
    const fresh = agent.event();
    expect(await report(agent, [bad, known, fresh, fresh])).toEqual([
      { id: bad.id, status: 'rejected', reason: containing('sequence') },
      { id: known.id, status: 'duplicate' },
      { id: fresh.id, status: 'stored' },
      { id: fresh.id, status: 'duplicate' },
    ]);
  });

  it('is stored as the agent wrote each event, whatever its spacing, escapes and order of keys', async () => {
    const { agent, dataDirectory } = await startWithAgent();
    const first = JSON.stringify(agent.event({ data: { note: 'caf\u00e9 "],[" \\ \u2028' } }), null, 2);
    const second = JSON.stringify(agent.event()).replace('"inserted"', '"\\u0069nserted \\ud800"');
    const response = await sendText(agent, `\n [ ${first} ,\r\n${second}]\n`);
    expect(await response.json()).toMatchObject({ results: [{ status: 'stored' }, { status: 'stored' }] });
    expect(await exportedTexts(dataDirectory)).toEqual([first, second]);
  });

  it('may hold events of an unknown type, which are stored with their data unread', async () => {
    const { agent, dataDirectory } = await startWithAgent();
    const event = agent.event({ type: 'porthor.printer.jammed.v7', data: { tray: [1, { deep: true }] } });
    expect(await report(agent, [event])).toEqual([{ id: event.id, status: 'stored' }]);
    expect(await exportedTexts(dataDirectory)).toEqual([JSON.stringify(event)]);
  });

  it('may be empty', async () => {
    const { agent } = await startWithAgent();
    expect(await report(agent, [])).toEqual([]);
  });

  it('may hold 500 events, each of which is stored', async () => {
    const { agent, dataDirectory } = await startWithAgent();
    const events = Array.from({ length: 500 }, (_, index) =>
      index % 2 === 0 ? agent.event() : agent.acknowledgement(),
    );
    const results = await report(agent, events);
    expect(results.map(({ id, status }) => `${id} ${status}`)).toEqual(
      events.map(({ id }) => `${id} stored`),
    );
    expect(await exportedTexts(dataDirectory)).toEqual(events.map((event) => JSON.stringify(event)));
  });
});

describe('a repeated event', () => {
  it('is a duplicate when the same event is written another way', async () => {
    const { agent, dataDirectory } = await startWithAgent();
    const event = agent.event();
    await report(agent, [event]);
    const reordered = Object.fromEntries(Object.entries(event).reverse());
    expect(await report(agent, [reordered])).toEqual([{ id: event.id, status: 'duplicate' }]);
    expect(await exportedTexts(dataDirectory)).toEqual([JSON.stringify(event)]);
  });

  it('is rejected when the id comes again with other content', async () => {
    const { agent, dataDirectory } = await startWithAgent();
    const event = agent.event();
    await report(agent, [event]);
    const changed = { ...event, data: { arrival: 'present' } };
    expect(await report(agent, [changed])).toMatchObject([{ id: event.id, status: 'rejected' }]);
    const twice = agent.event();
    expect(await report(agent, [twice, { ...twice, subject: 'other' }])).toMatchObject([
      { status: 'stored' },
      { status: 'rejected' },
    ]);
    expect(await exportedTexts(dataDirectory)).toEqual([JSON.stringify(event), JSON.stringify(twice)]);
  });

  it('is rejected when the id comes from another agent', async () => {
    const { collector, address, agent } = await startWithAgent();
    const other = await makeAgent({ collector, address });
    const event = agent.event();
    await report(agent, [event]);
    const copied = { ...event, source: `porthor:agent:${other.agentId}` };
    expect(await report(other, [copied])).toMatchObject([{ id: event.id, status: 'rejected' }]);
  });

  it('is stored once when identical batches arrive at the same time', async () => {
    const { agent, dataDirectory } = await startWithAgent();
    const events = Array.from({ length: 50 }, () => agent.event());
    const answers = await Promise.all(Array.from({ length: 8 }, () => report(agent, events)));
    for (const [index, { id }] of events.entries()) {
      const statuses = answers.map((results) => results[index]?.status).sort();
      expect([id, ...statuses]).toEqual([id, ...Array.from({ length: 7 }, () => 'duplicate'), 'stored']);
    }
    expect(await exportedTexts(dataDirectory)).toHaveLength(50);
  });
});

describe('the collector rejects one event without harm to its batch', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['another agent’s source', { source: 'porthor:agent:someone-else' }, 'source'],
    ['an id that is no UUIDv7', { id: '6f0e3c1a-0000-4000-8000-000000000000' }, 'id'],
    ['sequence 0', { sequence: 0 }, 'sequence'],
    ['a sequence that is no whole number', { sequence: 1.5 }, 'sequence'],
  ])('%s', async (_name, changes, word) => {
    const { agent, dataDirectory } = await startWithAgent();
    const good = agent.event();
    const bad = { ...agent.event(), ...changes };
    expect(await report(agent, [bad, good])).toEqual([
      { id: bad.id, status: 'rejected', reason: containing(word) },
      { id: good.id, status: 'stored' },
    ]);
    expect(await exportedTexts(dataDirectory)).toEqual([JSON.stringify(good)]);
  });

  it('an element that is not an event', async () => {
    const { agent } = await startWithAgent();
    const good = agent.event();
    const results = await report(agent, [null, 7, 'x', [], {}, { id: 5 }, good]);
    expect(results.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 6 }, () => 'rejected'),
      'stored',
    ]);
    expect(results.slice(0, 6).map(({ id }) => id)).toEqual(Array.from({ length: 6 }, () => ''));
  });

  it('an event above 64 KiB, counted in bytes; one of exactly 64 KiB is stored', async () => {
    const { agent } = await startWithAgent();
    const padded = (bytes: number) => {
      const event = agent.event({ data: { pad: '' } });
      const rest = bytes - Buffer.byteLength(JSON.stringify(event));
      return { ...event, data: { pad: 'ŵ'.repeat(Math.floor(rest / 2)) + 'w'.repeat(rest % 2) } };
    };
    const results = await report(agent, [padded(65_536), padded(65_537)]);
    expect(results).toMatchObject([{ status: 'stored' }, { status: 'rejected' }]);
  });

  it('an event nested so deeply that comparing it would exhaust the stack', async () => {
    const { agent } = await startWithAgent();
    const { data: _, ...rest } = agent.event();
    const nested = `${JSON.stringify(rest).slice(0, -1)},"data":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`;
    const response = await sendText(agent, `[${nested},${nested}]`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      results: [
        { status: 'rejected', reason: containing('nested') },
        { status: 'rejected', reason: containing('nested') },
      ],
    });
  });
});

describe('the collector refuses a whole batch', () => {
  async function expectProblem(response: Response, status: number): Promise<void> {
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problemSchema.parse(await response.json()).status).toBe(status);
  }

  it.each([
    ['application/json', 415],
    ['application/cloudevents+json', 415],
    ['text/plain', 415],
    ['', 415],
    ['application/cloudevents-batch+json; charset=utf-8', 200],
    ['Application/CloudEvents-Batch+JSON', 200],
  ])('content type "%s": %i', async (contentType, status) => {
    const { agent } = await startWithAgent();
    const response = await sendText(agent, '[]', { 'content-type': contentType });
    expect(response.status).toBe(status);
  });

  it('401 without a token, with a wrong one, and with the enrolment token', async () => {
    const { collector, agent, address } = await startWithAgent();
    const enrolmentToken = await collector.createEnrolmentToken();
    for (const agentToken of ['', 'pta_wrong', enrolmentToken, `${agent.agentToken}x`]) {
      const response = await sendText({ address, agentToken }, '[]');
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      await expectProblem(response, 401);
    }
  });

  it('413 above 1 MiB, and 413 above 500 events; it stores none of them', async () => {
    const { agent, dataDirectory } = await startWithAgent();
    const full = `[${JSON.stringify(agent.event())}]`;
    await expectProblem(await sendText(agent, full + ' '.repeat(maxBatchBytes - full.length + 1)), 413);
    await expectProblem(
      await sendText(agent, JSON.stringify(Array.from({ length: 501 }, () => agent.event()))),
      413,
    );
    expect(await exportedTexts(dataDirectory)).toEqual([]);
    expect((await sendText(agent, full + ' '.repeat(maxBatchBytes - full.length))).status).toBe(200);
  });

  it.each([
    ['no JSON', '{"a"'],
    ['an object', '{}'],
    ['nothing', ''],
    ['a string', '"[]"'],
    ['two arrays', '[][]'],
  ])('400 for %s', async (_name, body) => {
    const { agent } = await startWithAgent();
    await expectProblem(await sendText(agent, body), 400);
  });

  it('400 for bytes that are not UTF-8', async () => {
    const { agent } = await startWithAgent();
    await expectProblem(await sendText(agent, Uint8Array.from([0x5b, 0x22, 0xff, 0x22, 0x5d])), 400);
  });

  it('429 with Retry-After for an agent that sends too often, but not for its neighbour', async () => {
    const { collector, address, agent } = await startWithAgent({ limits: { batchesPerMinute: 2 } });
    const neighbour = await makeAgent({ collector, address });
    await report(agent, []);
    await report(agent, []);
    const refused = await sendText(agent, '[]');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectProblem(refused, 429);
    expect(await report(neighbour, [])).toEqual([]);
  });
});
