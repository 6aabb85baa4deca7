/** Events that this version of the collector cannot read: it keeps and counts each, and reads it after an upgrade. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import {
  acknowledgedData,
  makeAgent,
  publishTexts,
  report,
  sendText,
  startTestCollector,
  type TestAgent,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { makeSigningAgent, signFacts } from '../support/collector/evidence.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';

function rows(dataDirectory: string, query: string) {
  const database = new DatabaseSync(`${dataDirectory}/collector.sqlite`);
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

const reasons = (dataDirectory: string) =>
  rows(dataDirectory, 'select unreadable from events order by position').map((row) => row['unreadable']);

const knownPolicies = (dataDirectory: string) =>
  rows(dataDirectory, 'select policy_id from latest_acceptances').map((row) => row['policy_id']);

describe('an event that cannot be read', () => {
  it.each<[string, (agent: TestAgent) => object, RegExp]>([
    ['has a type that is not ours', (agent) => ({ ...agent.event(), type: 'com.example.thing' }), /^type: /u],
    ['has a time that is not UTC', (agent) => ({ ...agent.event(), time: 'yesterday' }), /^time: /u],
    ['has no subject', (agent) => ({ ...agent.event(), subject: undefined }), /^subject: /u],
    [
      'has another CloudEvents version',
      (agent) => ({ ...agent.event(), specversion: '2' }),
      /^specversion: /u,
    ],
    ['has data of another form', (agent) => ({ ...agent.acknowledgement(), data: {} }), /^data\.action: /u],
    [
      'has a word that this version does not know',
      (agent) => agent.acknowledgement({ language: 'gd-GB' as 'en-GB' }),
      /^data\.language: /u,
    ],
  ])('%s: the collector stores it verbatim with the reason, and counts it', async (_name, make, reason) => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const event = make(agent);
    expect(await report(agent, [event])).toMatchObject([{ status: 'stored' }]);
    expect(await report(agent, [event])).toMatchObject([{ status: 'duplicate' }]);
    expect(await exportedTexts(running.dataDirectory)).toEqual([JSON.stringify(event)]);
    expect(reasons(running.dataDirectory)).toEqual([expect.stringMatching(reason)]);
    const metrics = await (await fetch(`${running.address}/metrics`)).text();
    expect(metrics).toContain('porthor_events_unreadable 1\n');
    expect(knownPolicies(running.dataDirectory)).toEqual([]);
    expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
  });

  it('has two members of one name: the collector must not guess which one counts', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const text = JSON.stringify(agent.acknowledgement());
    const twice = text.replace('"action":"accepted"', '"action":"declined","action":"accepted"');
    const response = await sendText(agent, `[${twice}]`);
    expect(await response.json()).toMatchObject({ results: [{ status: 'stored' }] });
    expect(reasons(running.dataDirectory)).toEqual(['event: two members have one name']);
    expect(knownPolicies(running.dataDirectory)).toEqual([]);
  });
});

describe('an event of a newer agent', () => {
  it('counts in full when it only has more members, at any depth', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const data = acknowledgedData();
    const newer = {
      ...data,
      account: { ...data.account, tenant: 'x' },
      statements: data.statements.map((one) => ({ ...one, shownAt: 'top' })),
      readingSeconds: 42,
    };
    const event = { ...(await agent.state(agent.acknowledgement(newer))), traceparent: '00-1' };
    expect(await report(agent, [event])).toMatchObject([{ status: 'stored' }]);
    expect(reasons(running.dataDirectory)).toEqual([null]);
    expect(rows(running.dataDirectory, 'select evidence, standing from acknowledgements')).toEqual([
      { evidence: 'valid', standing: 'counts' },
    ]);
    expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
  });

  it('does not count when an unknown member differs from its signed value', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const signed = { ...acknowledgedData(), readingSeconds: 42 };
    const evidence = await signFacts(signed, agent.publicKey.x, agent.privateKey);
    await report(agent, [agent.acknowledgement({ ...signed, ...{ readingSeconds: 1 }, evidence })]);
    expect(rows(running.dataDirectory, 'select evidence, standing from acknowledgements')).toEqual([
      { evidence: 'other-facts', standing: 'bad-evidence' },
    ]);
  });
});

it('a collector reads unreadable events again at its start, as after an upgrade', async () => {
  const first = await startTestCollector();
  const agent = await makeSigningAgent(first);
  await report(agent, [await agent.signed(), agent.event(), { ...agent.acknowledgement(), data: {} }]);
  await first.collector.close();
  const database = new DatabaseSync(`${first.dataDirectory}/collector.sqlite`);
  // An earlier version could not read the first event and listed nothing of it.
  database.exec(`update events set unreadable = 'data: not valid' where position = 1;
    delete from acknowledgements; delete from latest_acceptances;`);
  database.close();
  await startTestCollector({ dataDirectory: first.dataDirectory });
  expect(reasons(first.dataDirectory)).toEqual([null, null, expect.stringMatching(/^data/u)]);
  expect(rows(first.dataDirectory, 'select evidence, standing from acknowledgements')).toEqual([
    { evidence: 'valid', standing: 'counts' },
  ]);
  expect(knownPolicies(first.dataDirectory)).toEqual(['staff']);
});

it('an acceptance counts once the collector publishes its text', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  await report(agent, [agent.acknowledgement({ policyId: 'later', policyVersion: '2' })]);
  expect(knownPolicies(running.dataDirectory)).toEqual([]);
  await publishTexts(running.dataDirectory, [{ policyId: 'later', policyVersion: '2' }]);
  expect(knownPolicies(running.dataDirectory)).toEqual(['later']);
});
