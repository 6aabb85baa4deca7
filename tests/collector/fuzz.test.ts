/**
 * Every route of the API's own description, with requests that nearly fit it: no fault of the collector, no hang, and no
 * growth. The suite sends a small number; a long run sets `PORTHOR_FUZZ_REQUESTS=50000`, and `PORTHOR_FUZZ_SEED` to repeat one.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { batchMediaType } from '../../shared/wire/collector-api.ts';
import {
  acknowledgedData,
  enrolmentRequest,
  makeAgent,
  report,
  startTestCollector,
  type TestAgent,
} from '../support/collector/collector.ts';
import { seededRandom } from '../support/seeded-random.ts';

const requests = Number(process.env['PORTHOR_FUZZ_REQUESTS'] ?? 1000);
const seed = Number(process.env['PORTHOR_FUZZ_SEED'] ?? 20_261_129);
const answerDeadlineMs = 10_000;
const atOnce = 8;
/** Statements and limits that are kept per agent or per text grow at first, and then no more. */
const mostGrowthBytes = 48 * 1024 * 1024;

const parameterSchema = z.object({ name: z.string(), in: z.enum(['query', 'path', 'header']) });
const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({ parameters: z.array(parameterSchema).optional(), requestBody: z.unknown().optional() }),
    ),
  ),
});

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly z.infer<typeof parameterSchema>[];
}

type Random = () => number;

function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

const oddTexts: readonly string[] = [
  '',
  ' ',
  'staff',
  'school\\carys',
  '1',
  '-1',
  '1e999',
  '0x10',
  'null',
  'true',
  "'; drop table events; --",
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '%00',
  '%2e%2e%2f',
  '\u0000',
  '\ud800',
  '\u202e\u200b\ufeff',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢'.repeat(50),
  'x'.repeat(5000),
  '<script>alert(1)</script>',
  '{{7*7}}',
  'S-1-5-21-1-2-3-1001',
  '__proto__',
  '*',
  'W/"x", "y"',
];

function oddValue(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 6 : 8));
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return pick(random, [0, -0, -1, 1, 1.5, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER, 1e308]);
    case 3:
    case 4:
    case 5:
      return pick(random, oddTexts);
    case 6:
      return Array.from({ length: Math.floor(random() * 4) }, () => oddValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, () => [
          pick(random, oddTexts),
          oddValue(random, depth + 1),
        ]),
      );
  }
}

/** The same value with one or two places changed, at any depth. */
function changed(random: Random, value: unknown): unknown {
  if (random() < 0.08) return oddValue(random);
  if (Array.isArray(value)) {
    const copy = value.map((one: unknown) => (random() < 0.5 ? changed(random, one) : one));
    if (random() < 0.1) copy.push(oddValue(random));
    return random() < 0.05 ? Array.from({ length: 600 }, () => copy[0]) : copy;
  }
  if (typeof value !== 'object' || value === null) return random() < 0.15 ? oddValue(random) : value;
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (random() < 0.04) return [];
    return [[name, random() < 0.4 ? changed(random, member) : member]];
  });
  if (random() < 0.1) members.push([pick(random, oddTexts), oddValue(random)]);
  return Object.fromEntries(members);
}

function bodyFor(random: Random, path: string, agent: TestAgent): string | Uint8Array<ArrayBuffer> {
  const sound: unknown = path.includes('agents')
    ? enrolmentRequest('pte_made-up')
    : [agent.event(), agent.acknowledgement(acknowledgedData()), agent.event()];
  const text =
    random() < 0.1 ? `${'['.repeat(200)}${']'.repeat(200)}` : JSON.stringify(changed(random, sound));
  const kind = random();
  if (kind < 0.05) return text.slice(0, Math.floor(random() * text.length));
  if (kind < 0.1) return new Uint8Array([0xff, 0xfe, ...Buffer.from(text).subarray(0, 20)]);
  if (kind < 0.12) return ' '.repeat(1_100_000);
  if (kind < 0.15) return text.replace('"id"', '"id":"twice","id"');
  return text;
}

function requestFor(
  random: Random,
  operation: Operation,
  agent: TestAgent,
): { url: string; init: RequestInit } {
  const { method, path, parameters } = operation;
  let url = path;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  const inHeader = (text: string): string => text.replace(/[^\x20-\x7e]/gu, '?').slice(0, 4000);
  for (const { name, in: place } of parameters) {
    const text = pick(random, [...oddTexts, 'staff', 'staff']);
    if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(Buffer.from(text).toString()));
    else if (place === 'header') headers[name] = inHeader(text);
    else if (random() < 0.9)
      for (let times = random() < 0.1 ? 2 : 1; times > 0; times -= 1) query.append(name, text);
  }
  if (random() < 0.1) query.append(pick(random, oddTexts), pick(random, oddTexts));
  // Most requests are those of a known agent, because the others end at its token.
  if (random() < 0.95) headers['authorization'] = `Bearer ${agent.agentToken}`;
  if (random() < 0.05) headers['accept'] = inHeader(pick(random, oddTexts));
  const usedMethod =
    random() < 0.05 ? pick(random, ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) : method.toUpperCase();
  if (usedMethod === 'POST') {
    const own = path.includes('agents') ? 'application/json' : batchMediaType;
    headers['content-type'] = random() < 0.9 ? own : pick(random, ['text/plain', 'application/xml', '', 'x']);
    if (random() < 0.03) headers['content-encoding'] = 'gzip';
  }
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return {
    url: `${agent.address}${url}${search}`,
    init: {
      method: usedMethod,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerDeadlineMs),
      ...(usedMethod === 'POST' ? { body: bodyFor(random, path, agent) } : {}),
    },
  };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it(`answers ${requests} made-up requests without a fault (seed ${seed})`, {
  timeout: 120_000 + requests * 100,
}, async () => {
  const many = Number.MAX_SAFE_INTEGER;
  const limits = { enrolmentsPerMinute: many, batchesPerMinute: many, questionsPerMinute: many };
  const running = await startTestCollector({ limits });
  const agent = await makeAgent(running);
  const document = documentSchema.parse(await (await fetch(`${running.address}/v1/openapi.json`)).json());
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]): Operation => ({ method, path, parameters })),
  );
  expect(operations.length).toBeGreaterThan(8);
  const random = seededRandom(seed);
  const statuses = new Map<number, number>();
  let atFirst = 0;
  for (let sent = 0; sent < requests; sent += atOnce) {
    const batch = Array.from({ length: atOnce }, () => requestFor(random, pick(random, operations), agent));
    const answers = await Promise.all(
      batch.map(async ({ url, init }) => {
        const response = await fetch(url, init);
        const text = await response.text();
        if (response.status >= 500) {
          throw new Error(`${init.method ?? ''} ${url.slice(0, 200)}: ${response.status} ${text}`);
        }
        return response.status;
      }),
    );
    for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (atFirst === 0 && sent >= requests / 4) atFirst = usedBytes();
  }
  expect(usedBytes() - atFirst).toBeLessThan(mostGrowthBytes);
  // The requests went past the door: some were taken, and some were refused for each of the usual reasons.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]));
  expect(running.logged).toEqual([]);
  expect(await report(agent, [agent.event()])).toMatchObject([{ status: 'stored' }]);
});
