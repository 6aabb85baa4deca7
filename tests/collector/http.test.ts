/** What holds for every address of the collector: problems, methods, headers, health, and its own description. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { buildConsole } from '../../build/bundle/build-console.ts';
import { problemSchema } from '../../shared/wire/collector-api.ts';
import { makeAgent, report, sendText, startTestCollector } from '../support/collector/collector.ts';

const operationSchema = z.object({
  operationId: z.string().optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: z.looseObject({}) })).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/u),
    z.object({
      description: z.string(),
      content: z.record(z.string(), z.object({ schema: z.looseObject({}) })).optional(),
    }),
  ),
});
const openApiSchema = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.partialRecord(z.enum(['get', 'post']), operationSchema)),
});

/** Every address of the public API and how a request to it can go wrong. */
const publicOperations = [
  'POST /v1/agents 200 400 401 403 413 415 429 503',
  'POST /v1/events 200 400 401 403 413 415 429 503',
  'GET /v1/acknowledgements 200 400 401 403 429 503',
  'GET /v1/media-register 200 304 400 401 403 429 503',
  'GET /v1/policies 200 304 400 429 503',
  'GET /v1/policies/{id}/{version} 200 304 400 404 429 503',
  'GET /v1/log/checkpoint 200 404 429 503',
  'GET /v1/log/keys 200 429 503',
  'GET /v1/log/consistency 200 400 404 429 503',
  'GET /v1/log/tile/entries/{tile} 200 400 404 429 503',
  'GET /v1/log/tile/{level}/{tile} 200 400 404 429 503',
  'GET /v1/log/records/{eventId} 200 400 404 429 503',
  'GET /healthz 200',
  'GET /readyz 200 401 403 503',
  'GET /metrics 200 401 403 503',
  'GET /v1/openapi.json 200',
];

const addresses = [
  '/',
  '/sign-in',
  '/api/session',
  '/api/acknowledgements',
  '/api/acknowledgements/stream',
  '/v1/agents',
  '/v1/events',
  '/v1/acknowledgements',
  '/v1/media-register',
  '/v1/policies',
  '/v1/policies/staff/1',
  '/v1/log/checkpoint',
  '/v1/log/keys',
  '/v1/log/consistency?from=1&to=1',
  '/v1/log/tile/0/000',
  '/v1/log/tile/entries/000',
  '/v1/log/records/none',
  '/v1/openapi.json',
  '/healthz',
  '/readyz',
  '/metrics',
  '/nowhere',
  '/%ff',
  '/v1/policies/..%2f..%2fetc/passwd',
];

describe('every address', () => {
  it('sends the security headers with every answer', { timeout: 240_000 }, async () => {
    const consoleDirectory = await mkdtemp(path.join(tmpdir(), 'porthor-console-'));
    onTestFinished(() => rm(consoleDirectory, { recursive: true, force: true }));
    await buildConsole(consoleDirectory);
    const { address } = await startTestCollector({ consoleDirectory });
    for (const place of addresses) {
      const { headers, status } = await fetch(address + place);
      expect([place, status < 500]).toEqual([place, true]);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';script-src 'self';/u);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toMatch(/^no-/u);
      expect(headers.get('server')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('answers a wrong method with 405 and the allowed methods, and a wrong address with 404', async () => {
    const { address } = await startTestCollector();
    const ask = async (method: string, place: string) => {
      const response = await fetch(address + place, {
        method,
        ...(method === 'GET' ? {} : { body: 'x', headers: { 'content-type': 'text/plain' } }),
      });
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(problemSchema.parse(await response.json()).status).toBe(response.status);
      return [response.status, response.headers.get('allow')];
    };
    expect(await ask('GET', '/v1/events')).toEqual([405, 'POST']);
    expect(await ask('DELETE', '/v1/agents')).toEqual([405, 'POST']);
    expect(await ask('POST', '/v1/policies/staff/1')).toEqual([405, 'GET, HEAD']);
    expect(await ask('POST', '/')).toEqual([405, 'GET, HEAD']);
    expect(await ask('OPTIONS', '/sign-in')).toEqual([405, 'GET, HEAD']);
    expect(await ask('GET', '/v2/events')).toEqual([404, null]);
    expect(await ask('PATCH', '/v2/events')).toEqual([404, null]);
    expect(await ask('GET', '/console/../../package.json')).toEqual([404, null]);
  });

  it('answers bytes that are not HTTP with a problem too', async () => {
    const { address } = await startTestCollector();
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    socket.write('NOT HTTP AT ALL\r\n\r\n');
    const answer = await text(socket);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u);
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain('x-content-type-options: nosniff');
    expect(problemSchema.parse(JSON.parse(body)).status).toBe(400);
  });
});

describe('health', () => {
  it('reports that the collector is alive and ready', async () => {
    const { address } = await startTestCollector();
    for (const place of ['/healthz', '/readyz']) {
      const response = await fetch(address + place);
      expect([place, response.status, await response.json()]).toEqual([place, 200, { status: 'ok' }]);
    }
  });

  it('counts events and requests by type and without names', async () => {
    let nowMs = Date.parse('2026-11-22T08:00:00Z');
    const running = await startTestCollector({ now: () => new Date(nowMs) });
    const before = await (await fetch(`${running.address}/metrics`)).text();
    expect(before).not.toMatch(/^porthor_last_event_age_seconds /mu);
    const agent = await makeAgent(running);
    const acknowledged = agent.acknowledgement();
    await report(agent, [acknowledged, acknowledged, agent.event({ type: 'porthor.x.y.v1' }), {}]);
    nowMs += 90_000;
    const response = await fetch(`${running.address}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const metrics = await response.text();
    for (const line of [
      'porthor_events_stored_total{type="porthor.policy.acknowledged.v1"} 1',
      'porthor_events_stored_total{type="other"} 1',
      'porthor_events_duplicate_total 1',
      'porthor_events_rejected_total 1',
      'porthor_http_requests_total{method="POST",route="/v1/events",status="200"} 1',
      'porthor_agents 1',
      'porthor_events_missing 0',
      'porthor_last_event_age_seconds 90',
    ]) {
      expect(metrics.split('\n')).toContain(line);
    }
    expect(metrics).not.toMatch(/carys/iu);
  });
});

/** The sequencer takes a record within a second. */
async function proofWhenLogged(address: string, eventId: string): Promise<Response> {
  const ask = () => fetch(`${address}/v1/log/records/${eventId}`);
  await expect.poll(async () => (await ask()).status).toBe(200);
  return ask();
}

describe('the API’s own description', () => {
  it('names every address of the contract with its answers, and nothing else', async () => {
    const { address } = await startTestCollector();
    const document = openApiSchema.parse(await (await fetch(`${address}/v1/openapi.json`)).json());
    const operations = Object.entries(document.paths).flatMap(([place, methods]) =>
      Object.entries(methods).map(([method, operation]) =>
        [method.toUpperCase(), place, ...Object.keys(operation?.responses ?? {})].join(' '),
      ),
    );
    expect(operations.sort()).toEqual([...publicOperations].sort());
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => operation?.operationId),
    );
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(publicOperations.length);
  });

  it('declares every parameter of an address, and has no broken reference', async () => {
    const { address } = await startTestCollector();
    const raw = await (await fetch(`${address}/v1/openapi.json`)).text();
    expect(raw).not.toContain('$ref');
    const { paths } = openApiSchema.parse(JSON.parse(raw));
    for (const [place, methods] of Object.entries(paths)) {
      const inAddress = [...place.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name);
      for (const operation of Object.values(methods)) {
        const declared = (operation?.parameters ?? [])
          .filter((one) => one.in === 'path')
          .map(({ name }) => name);
        expect(declared).toEqual(inAddress);
      }
    }
  });

  it('is true: every real answer matches its published schema', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const document = openApiSchema.parse(await (await fetch(`${running.address}/v1/openapi.json`)).json());
    const authorization = `Bearer ${agent.agentToken}`;
    const event = agent.acknowledgement();
    const answers: readonly (readonly [string, 'get' | 'post', Response])[] = [
      ['/v1/events', 'post', await sendText(agent, JSON.stringify([event, { ...event, id: 'x' }]))],
      ['/v1/events', 'post', await sendText({ ...agent, agentToken: 'no' }, '[]')],
      [
        '/v1/acknowledgements',
        'get',
        await fetch(`${running.address}/v1/acknowledgements?account=school%5Ccarys`, {
          headers: { authorization },
        }),
      ],
      ['/v1/policies', 'get', await fetch(`${running.address}/v1/policies?audience=staff`)],
      ['/v1/policies', 'get', await fetch(`${running.address}/v1/policies`)],
      ['/v1/log/records/{eventId}', 'get', await fetch(`${running.address}/v1/log/records/none`)],
      ['/v1/log/records/{eventId}', 'get', await proofWhenLogged(running.address, event.id)],
      ['/healthz', 'get', await fetch(`${running.address}/healthz`)],
    ];
    for (const [place, method, response] of answers) {
      const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
      const schema =
        document.paths[place]?.[method]?.responses[response.status]?.content?.[mediaType]?.schema;
      expect([place, schema !== undefined]).toEqual([place, true]);
      z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(schema)).parse(await response.json());
    }
  });
});
