/**
 * What the collector takes and how long questions at login wait meanwhile, on SQLite with its real syncs. The floor for a
 * rate is a bare loop on the same events: parse, insert, one commit a batch, the same pragmas. Rates are events per second
 * of processor time, so that load from elsewhere on the machine does not decide. The floor for a time is its limit.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { keyIdOf } from '../../collector/src/evidence/check-evidence.ts';
import {
  batchMediaType,
  enrolmentResponseSchema,
  eventsResponseSchema,
} from '../../shared/wire/collector-api.ts';
import { acknowledgedDataSchema } from '../../shared/wire/events.ts';
import { enrolmentProofText, statementHeader, statementPayload } from '../../shared/wire/evidence.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { acceptanceEvent, machine } from '../support/storage-fixtures.ts';

const runProgram = promisify(execFile);
const cliFile = fileURLToPath(new URL('../../collector/src/cli.ts', import.meta.url));
const runs = 3;
const batchSize = 250;
const batchesPerRun = 64;
/** `stat` counts processor time in hundredths of a second. */
const tickMs = 10;
const slowSyncMs = 15;

interface Server {
  readonly address: string;
  readonly pid: number;
  readonly dataDirectory: string;
  token(): Promise<string>;
  end(): Promise<void>;
}

async function startServer(folder: string, environment: NodeJS.ProcessEnv = {}): Promise<Server> {
  const dataDirectory = await mkdtemp(path.join(folder, 'data-'));
  const args = [cliFile, 'serve', '--data', dataDirectory, '--port', '0'];
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  if (child.stdout === null || child.pid === undefined) throw new Error('bench: no collector');
  let address = '';
  for await (const line of createInterface({ input: child.stdout })) {
    address = /^listening on (.+)$/u.exec(line)?.[1] ?? '';
    break;
  }
  if (address === '') throw new Error('bench: the collector did not start');
  child.stdout.resume();
  return {
    address,
    pid: child.pid,
    dataDirectory,
    async token() {
      const { stdout } = await runProgram(process.execPath, [
        cliFile,
        'token',
        'create',
        '--data',
        dataDirectory,
      ]);
      return /pte_[\w-]+/u.exec(stdout)?.[0] ?? '';
    },
    async end() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Milliseconds of processor time of all threads so far. */
function processorMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

interface Agent {
  readonly agentId: string;
  readonly agentToken: string;
  readonly x: string;
  readonly key: KeyObject;
  readonly collector: string;
  readonly school: string;
  sequence: number;
}

async function enrol(server: Server, enrolmentToken: string, index: number): Promise<Agent> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const request = {
    enrolmentToken,
    machine: { ...machine, id: `machine-${index}` },
    publicKey: { kty: 'OKP' as const, crv: 'Ed25519' as const, x },
    agentVersion: '0.1.0',
  };
  const proof = sign(null, Buffer.from(enrolmentProofText(request)), privateKey).toString('base64url');
  const response = await fetch(`${server.address}/v1/agents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, proof }),
  });
  const {
    agentId,
    agentToken,
    collector = '',
    school = '',
  } = enrolmentResponseSchema.parse(await response.json());
  return { agentId, agentToken, x, key: privateKey, collector, school, sequence: 0 };
}

const enrolMany = async (server: Server, count: number): Promise<Agent[]> => {
  const token = await server.token();
  const agents: Agent[] = [];
  for (let index = 0; index < count; index += 1) agents.push(await enrol(server, token, index));
  return agents;
};

function eventOf(agent: Agent, isSigned: boolean): string {
  agent.sequence += 1;
  const { sequence, agentId, collector, school } = agent;
  const id = uuidv7();
  const acceptance = acceptanceEvent({
    decidedAt: new Date().toISOString(),
    openedAt: new Date().toISOString(),
  });
  let data: object = {
    text: 'A report of the length that reports have on average, so about this long.',
    machine,
  };
  if (isSigned) {
    const facts = acknowledgedDataSchema.parse(acceptance.data);
    const place = { collector, school, agentId, eventId: id, sequence, previous: '' };
    const header = Buffer.from(JSON.stringify(statementHeader(keyIdOf(agent.x)))).toString('base64url');
    const input = `${header}.${Buffer.from(statementPayload(place, facts)).toString('base64url')}`;
    const signature = sign(null, Buffer.from(input), agent.key).toString('base64url');
    data = { ...facts, evidence: `${input}.${signature}` };
  }
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `porthor:agent:${agentId}`,
    type: isSigned ? acceptance.type : 'porthor.bench.noted.v1',
    subject: acceptance.subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    sequence,
    data,
  });
}

const batchOf = (agent: Agent, size: number, isSigned: boolean): string =>
  `[${Array.from({ length: size }, () => eventOf(agent, isSigned)).join(',')}]`;

async function send(server: Server, agent: Agent, body: string): Promise<void> {
  const request = {
    method: 'POST',
    headers: { 'content-type': batchMediaType, authorization: `Bearer ${agent.agentToken}` },
    body,
  };
  let response = await fetch(`${server.address}/v1/events`, request);
  // As a real agent does: wait as long as the collector asks, then send the same again.
  while (response.status === 503) {
    const seconds = Number(response.headers.get('retry-after') ?? 1);
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    response = await fetch(`${server.address}/v1/events`, request);
  }
  const { results } = eventsResponseSchema.parse(await response.json());
  if (results.some(({ status }) => status !== 'stored')) throw new Error('bench: not everything was stored');
}

interface Load {
  readonly agent: Agent;
  readonly bodies: readonly string[];
}

/** Each agent sends one batch after the other; all agents at once. Returns the milliseconds of each batch. */
async function sendAll(server: Server, loads: readonly Load[]): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(
    loads.map(async ({ agent, bodies }) => {
      for (const body of bodies) {
        const startedAtMs = performance.now();
        await send(server, agent, body);
        times.push(performance.now() - startedAtMs);
      }
    }),
  );
  return times;
}

/** Parses and inserts the same bodies without anything else. Events per second of this thread's processor time. */
function bareRate(folder: string, loads: readonly Load[], name: string): number {
  const database = new DatabaseSync(path.join(folder, `${name}.sqlite`));
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec('create table events (position integer primary key autoincrement, id text unique, raw text)');
  const insert = database.prepare('insert into events (id, raw) values (?, ?)');
  const before = process.cpuUsage();
  let count = 0;
  for (const { bodies } of loads) {
    for (const body of bodies) {
      database.exec('begin immediate');
      for (const event of JSON.parse(body) as { id: string }[]) {
        insert.run(event.id, JSON.stringify(event));
        count += 1;
      }
      database.exec('commit');
    }
  }
  const { user, system } = process.cpuUsage(before);
  database.close();
  return count / ((user + system) / 1e6);
}

interface Questions {
  stop(): Promise<readonly number[]>;
}

/** Asks as a PC at login does, every 20 ms, while something else goes on. */
function askMeanwhile(server: Server, agent: Agent): Questions {
  const times: number[] = [];
  let isStopped = false;
  const asking = (async () => {
    while (!isStopped) {
      const startedAtMs = performance.now();
      const response = await fetch(`${server.address}/v1/acknowledgements?account=school%5Casker`, {
        headers: { authorization: `Bearer ${agent.agentToken}` },
      });
      await response.text();
      if (response.status !== 200) throw new Error(`bench: a question was answered ${response.status}`);
      times.push(performance.now() - startedAtMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await asking;
      return times;
    },
  };
}

function percentile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

const timeFigure = (bench: string, oursMs: number, limitMs: number): Figure =>
  figure({ bench, ours: oursMs, floor: limitMs, unit: 'ms', target: 1, good: 'at-most-target', runs: 1 });

const questionFigures = (load: string, times: readonly number[]): Figure[] => [
  timeFigure(`ingest-question-p99-${load}`, percentile(times, 0.99), 300),
  timeFigure(`ingest-question-longest-${load}`, Math.max(...times), 1500),
];

async function measureRates(server: Server, folder: string, agents: readonly Agent[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  const [asker, ...senders] = agents;
  if (asker === undefined) throw new Error('bench: no agent asks');
  for (const [kind, target] of [
    ['plain', 0.6],
    ['signed', 0.35],
  ] as const) {
    for (const count of [1, 8, 64]) {
      const rates = { ours: [] as number[], floor: [] as number[] };
      const questions: number[] = [];
      for (let round = 0; round < runs; round += 1) {
        const loads = senders.slice(0, count).map((agent) => ({
          agent,
          bodies: Array.from({ length: batchesPerRun / count }, () =>
            batchOf(agent, batchSize, kind === 'signed'),
          ),
        }));
        rates.floor.push(bareRate(folder, loads, `${kind}-${count}-${round}`));
        const asking = askMeanwhile(server, asker);
        const before = processorMs(server.pid);
        await sendAll(server, loads);
        const usedMs = processorMs(server.pid) - before;
        questions.push(...(await asking.stop()));
        rates.ours.push((batchesPerRun * batchSize) / (usedMs / 1000));
      }
      figures.push(
        figure({
          bench: `ingest-${kind}-${count}`,
          ours: median(rates.ours),
          floor: median(rates.floor),
          unit: 'events/processor s',
          target,
          good: 'at-least-target',
          runs,
        }),
        ...questionFigures(`${kind}-${count}`, questions),
      );
    }
  }
  return figures;
}

/** 64 agents send one acknowledgement each at a time. */
async function measureSingles(server: Server, agents: readonly Agent[], load: string): Promise<Figure[]> {
  const [asker, ...senders] = agents;
  if (asker === undefined) throw new Error('bench: no agent asks');
  const loads = senders
    .slice(0, 64)
    .map((agent) => ({ agent, bodies: Array.from({ length: 20 }, () => batchOf(agent, 1, true)) }));
  const asking = askMeanwhile(server, asker);
  const startedAtMs = performance.now();
  const times = await sendAll(server, loads);
  const seconds = (performance.now() - startedAtMs) / 1000;
  console.error(`ingest: ${load}: ${(times.length / seconds).toFixed(0)} single acknowledgements a second`);
  return [
    ...(load === 'singles' ? [timeFigure('ingest-singles-p99', percentile(times, 0.99), 150)] : []),
    ...questionFigures(load, await asking.stop()),
  ];
}

/** A Monday in one school: enrol, policies, question and three events, 500 PCs at once. */
async function measureMorning(server: Server): Promise<Figure[]> {
  const token = await server.token();
  const times = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const startedAtMs = performance.now();
      const agent = await enrol(server, token, 10_000 + index);
      const headers = { authorization: `Bearer ${agent.agentToken}` };
      await (await fetch(`${server.address}/v1/policies?audience=staff`)).text();
      await (
        await fetch(`${server.address}/v1/acknowledgements?account=school%5Cpc-${index}`, { headers })
      ).text();
      await send(server, agent, batchOf(agent, 3, false));
      return performance.now() - startedAtMs;
    }),
  );
  return [timeFigure('ingest-500-pcs-p99', percentile(times, 0.99), 1000)];
}

/** A library that makes every sync last longer, as a disk of a small server does. Needs a C compiler. */
async function slowSyncLibrary(folder: string): Promise<string> {
  const source = path.join(folder, 'slow-sync.c');
  const library = path.join(folder, 'slow-sync.so');
  await writeFile(
    source,
    `#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int wait_then(const char *name, int fd) {
  usleep(${slowSyncMs * 1000});
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(fd);
}
int fsync(int fd) { return wait_then("fsync", fd); }
int fdatasync(int fd) { return wait_then("fdatasync", fd); }
`,
  );
  await runProgram('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return library;
}

/** From an empty collector to one with many events: the rate of ingest, and the questions. */
async function measureGrowth(server: Server, agents: readonly Agent[]): Promise<Figure[]> {
  const events = Number(process.env['PORTHOR_BENCH_EVENTS'] ?? 1_000_000);
  const [asker, ...senders] = agents;
  if (asker === undefined) throw new Error('bench: no agent asks');
  const step = async () => {
    const loads = senders.slice(0, 8).map((agent) => ({
      agent,
      bodies: Array.from({ length: 5 }, () => batchOf(agent, batchSize, false)),
    }));
    const asking = askMeanwhile(server, asker);
    const before = processorMs(server.pid);
    await sendAll(server, loads);
    const rate = (8 * 5 * batchSize) / ((processorMs(server.pid) - before) / 1000);
    return { rate, questions: await asking.stop() };
  };
  const first = [await step(), await step(), await step()];
  let last = first;
  for (let sent = 30_000; sent < events; sent += 10_000) last = [...last.slice(-2), await step()];
  const rateOf = (steps: typeof first) => median(steps.map(({ rate }) => rate));
  const waitOf = (steps: typeof first) => median(steps.flatMap(({ questions }) => questions));
  return [
    figure({
      bench: `ingest-at-${events}`,
      ours: rateOf(last),
      floor: rateOf(first),
      unit: 'events/processor s',
      target: 0.85,
      good: 'at-least-target',
      runs: 3,
    }),
    figure({
      bench: `ingest-question-at-${events}`,
      ours: waitOf(last),
      floor: waitOf(first),
      unit: 'ms',
      target: 1.5,
      good: 'at-most-target',
      runs: 3,
    }),
  ];
}

export async function run(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-bench-'));
  try {
    const figures: Figure[] = [];
    const onServer = async (
      environment: NodeJS.ProcessEnv,
      work: (server: Server, agents: readonly Agent[]) => Promise<Figure[]>,
    ): Promise<void> => {
      const server = await startServer(folder, environment);
      try {
        figures.push(...(await work(server, await enrolMany(server, 65))));
      } finally {
        await server.end();
      }
    };
    await onServer({}, async (server, agents) => [
      ...(await measureRates(server, folder, agents)),
      ...(await measureSingles(server, agents, 'singles')),
    ]);
    await onServer({}, measureMorning);
    await onServer({ LD_PRELOAD: await slowSyncLibrary(folder) }, (server, agents) =>
      measureSingles(server, agents, 'slow-sync'),
    );
    await onServer({}, measureGrowth);
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
