/** A collector killed again and again under load: what it answered as stored is there, and nothing is there twice. */
import { expect, it, onTestFinished } from 'vitest';
import { type EventResult, eventsResponseSchema } from '../../shared/wire/collector-api.ts';
import type { WireEvent } from '../../shared/wire/events.ts';
import { makeChooser } from '../support/collector/alterations.ts';
import {
  enrol,
  knownAgent,
  makeDataFolder,
  makeFolder,
  sendText,
  type TestAgent,
} from '../support/collector/collector.ts';
import { runCollector, type Served, serve } from '../support/collector/command-line.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';

/** PORTHOR_KILLS=200 for a long run. */
const kills = Number(process.env['PORTHOR_KILLS'] ?? 50);
const agentCount = 4;
const seed = 'porthor-1';

/** Undefined when the collector was gone before it answered. */
async function trySend(
  agent: TestAgent,
  address: string,
  batch: readonly WireEvent[],
): Promise<readonly EventResult[] | undefined> {
  try {
    const response = await sendText({ ...agent, address }, JSON.stringify(batch));
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    return eventsResponseSchema.parse(await response.json()).results;
  } catch (error) {
    // fetch reports a broken connection as a TypeError, before or in the middle of the answer.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

it(`the collector loses and doubles no event over ${kills} kills`, {
  timeout: 240_000 + kills * 5000,
}, async () => {
  const choose = makeChooser(seed);
  const data = await makeDataFolder();
  const { stdout: token } = await runCollector('token', 'create', '--data', data);
  const compileCache = await makeFolder();
  const start = (): Promise<Served> => serve(['--data', data, '--port', '0'], { compileCache });
  let served = await start();
  onTestFinished(async () => void (await served.end('SIGKILL')));

  const agents: TestAgent[] = [];
  for (let index = 0; index < agentCount; index += 1) {
    const enrolled = await enrol(served.address, token.trim());
    agents.push(knownAgent(served.address, enrolled.agentId, enrolled.agentToken));
  }
  const answered = new Set<string>();
  const lastAnswered = new Map<TestAgent, readonly WireEvent[]>();
  const waiting = new Map<TestAgent, readonly WireEvent[]>();
  let interrupted = 0;
  const statusCounts = { stored: 0, duplicate: 0, rejected: 0 };

  const settle = (agent: TestAgent, batch: readonly WireEvent[], results: readonly EventResult[]): void => {
    // A batch is one transaction, so an interrupted batch is stored completely or not at all.
    expect(new Set(results.map(({ status }) => status)).size).toBe(1);
    for (const { id, status } of results) {
      statusCounts[status] += 1;
      answered.add(id);
    }
    lastAnswered.set(agent, batch);
    waiting.delete(agent);
  };

  for (let kill = 0; kill < kills; kill += 1) {
    const { address } = served;
    let answersUntilKill = 1 + choose(12);
    let killed: Promise<unknown> | undefined;
    const storm = async (agent: TestAgent): Promise<void> => {
      const known = lastAnswered.get(agent);
      if (known !== undefined) {
        const again = await trySend(agent, address, known);
        if (again === undefined) return;
        expect(new Set(again.map(({ status }) => status))).toEqual(new Set(['duplicate']));
      }
      while (killed === undefined) {
        const batch =
          waiting.get(agent) ??
          Array.from({ length: 1 + choose(40) }, (_, index) =>
            index % 3 === 0 ? agent.acknowledgement() : agent.event(),
          );
        waiting.set(agent, batch);
        const results = await trySend(agent, address, batch);
        if (results === undefined) {
          interrupted += 1;
          return;
        }
        settle(agent, batch, results);
        answersUntilKill -= 1;
        if (answersUntilKill <= 0) killed ??= served.end('SIGKILL');
      }
    };
    await Promise.all(agents.map(storm));
    await killed;
    served = await start();
  }
  for (const agent of agents) {
    const batch = waiting.get(agent);
    if (batch === undefined) continue;
    const results = await trySend(agent, served.address, batch);
    if (results === undefined) throw new Error('the last collector did not answer');
    settle(agent, batch, results);
  }
  await served.end('SIGTERM');

  const ids = (await exportedTexts(data)).map((line) => (JSON.parse(line) as WireEvent).id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids)).toEqual(answered);
  expect(statusCounts.rejected).toBe(0);
  // Kills without a request in flight would prove little.
  expect(interrupted).toBeGreaterThan(kills / 2);
  console.log(
    `${kills} kills, ${ids.length} events, ${interrupted} batches interrupted, ` +
      `${statusCounts.duplicate} events stored without an answer`,
  );
});
