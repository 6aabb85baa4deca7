/** Signed statements and the history of each agent: a replay, a loss in the middle and a new order all show. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { WireEvent } from '../../shared/wire/events.ts';
import {
  makeAgent,
  makePublicKey,
  publishTexts,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { makeSigningAgent, type SigningAgent, withHistory } from '../support/collector/evidence.ts';

function onDatabase<Value>({ dataDirectory }: TestCollector, use: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(`${dataDirectory}/collector.sqlite`);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

const standings = async ({ collector }: TestCollector) =>
  (await collector.acknowledgements()).map(({ evidence, standing }) => [evidence, standing]);

const audit = (running: TestCollector) =>
  onDatabase(running, (database) =>
    database
      .prepare("select act, subject from audit where actor like 'agent:%' order by position")
      .all()
      .map(({ act, subject }) => [act, subject]),
  );

const verify = ({ dataDirectory }: TestCollector) => runCollector('verify', '--data', dataDirectory);

/** Enrols the victim's public key, which is no secret, and sends the copy under the id that the collector gives. */
async function replay(at: TestCollector, victim: SigningAgent, copy: WireEvent): Promise<void> {
  const { agentId, agentToken, address } = await makeSigningAgent(at, victim.publicKey);
  const moved = { ...copy, source: `porthor:agent:${agentId}` };
  await report({ ...victim, agentId, agentToken, address }, [moved]);
}

describe('a signed statement that is sent elsewhere', () => {
  it('to another collector, as the same key: it is stored and marked, and the user is still asked', async () => {
    const [here, elsewhere] = [await startTestCollector(), await startTestCollector()];
    const victim = await makeSigningAgent(here);
    const signed = await victim.signed();
    await report(victim, [signed]);
    await replay(elsewhere, victim, signed);
    expect(await standings(here)).toEqual([['valid', 'counts']]);
    expect(await standings(elsewhere)).toEqual([['replayed', 'bad-evidence']]);
    const { code, stdout } = await verify(elsewhere);
    expect(stdout).toContain('1 with a signed statement for another place');
    expect(code).toBe(3);
  });

  it('to another school of the same collector: the key is refused', async () => {
    const running = await startTestCollector();
    onDatabase(running, (database) =>
      database.exec("insert into schools (school_id, name, created_at) values ('other', '', '')"),
    );
    const victim = await makeSigningAgent(running);
    const token = await running.collector.createEnrolmentToken('other');
    const response = await fetch(`${running.address}/v1/agents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        enrolmentToken: token,
        machine: { id: 'm', hostname: '', os: '' },
        publicKey: victim.publicKey,
        agentVersion: '1',
      }),
    });
    expect(response.status).toBe(403);
  });

  it.each(['collector', 'school', 'agentId', 'eventId', 'sequence', 'previous'] as const)(
    'for another %s than its own: the signature does not help it',
    async (member) => {
      const running = await startTestCollector();
      const agent = await makeSigningAgent(running);
      const other = member === 'sequence' ? 99 : 'f'.repeat(64);
      await report(agent, [await agent.state(agent.acknowledgement(), { [member]: other })]);
      expect(await standings(running)).toEqual([['replayed', 'bad-evidence']]);
    },
  );

  it('by another agent of the school, as its own event', async () => {
    const running = await startTestCollector();
    const victim = await makeSigningAgent(running);
    const attacker = await makeAgent(running);
    const signed = await victim.signed();
    const copy = { ...signed, id: attacker.event().id, source: `porthor:agent:${attacker.agentId}` };
    await report(attacker, [copy]);
    expect(await standings(running)).toEqual([['replayed', 'bad-evidence']]);
  });

  it('under a new id, so that one acceptance counts twice', async () => {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running);
    const signed = await agent.signed();
    await report(agent, [signed, { ...signed, id: agent.event().id, sequence: 2 }]);
    expect(await standings(running)).toEqual([
      ['valid', 'counts'],
      ['replayed', 'bad-evidence'],
    ]);
  });
});

describe('the history of an agent', () => {
  async function started() {
    const running = await startTestCollector();
    const agent = await makeSigningAgent(running, makePublicKey());
    await publishTexts(running.dataDirectory, [{ policyVersion: '2' }]);
    const plain = [agent.event(), agent.event(), agent.acknowledgement(), agent.event(), agent.event()];
    const events = await Promise.all(
      withHistory(plain).map(async (event) => (event.type.includes('policy') ? agent.state(event) : event)),
    );
    return { running, agent, events };
  }

  it('is whole in one batch, in several, and when a late event fills a gap', async () => {
    const { running, agent, events } = await started();
    const [first, second, third, fourth, fifth] = events;
    await report(agent, [first, second]);
    await report(agent, [fourth]);
    await report(agent, [third, fifth]);
    expect(await standings(running)).toEqual([['valid', 'counts']]);
    expect(audit(running)).toEqual([]);
    expect((await verify(running)).code).toBe(3);
  });

  it('shows an event that was left out and its number given to another one', async () => {
    const { running, agent, events } = await started();
    const [first, , third] = events;
    const other = { ...agent.event(), sequence: 2, previous: events[1]?.previous };
    await report(agent, [first, other, third]);
    expect(await standings(running)).toEqual([['valid', 'other-history']]);
    expect(audit(running)).toEqual([['other-history', 'sequence 3']]);
    expect((await verify(running)).code).toBe(3);
  });

  it('shows it across batches too', async () => {
    const { running, agent, events } = await started();
    const [first, , third] = events;
    await report(agent, [first]);
    await report(agent, [{ ...agent.event(), sequence: 2, previous: events[1]?.previous }]);
    await report(agent, [third]);
    expect(audit(running)).toEqual([['other-history', 'sequence 3']]);
  });

  it('shows two events that changed places', async () => {
    const { running, agent, events } = await started();
    const [first, second, third, fourth] = events;
    const swapped = [first, { ...third, sequence: 2 }, { ...second, sequence: 3 }, fourth];
    await report(agent, swapped);
    expect(await standings(running)).toEqual([['replayed', 'bad-evidence']]);
    expect(audit(running)).toContainEqual(['other-history', 'sequence 4']);
  });

  it.each([
    ['removed', 'delete from events where sequence = 2', 'removed: event'],
    [
      'altered',
      `update events set raw = replace(raw, 'inserted', 'present') where sequence = 4`,
      'altered: event',
    ],
  ])(
    'names a report that was %s in the database, although no record chains it',
    async (_name, deed, finding) => {
      const { running, agent, events } = await started();
      await report(agent, events);
      expect((await verify(running)).code).toBe(3);
      onDatabase(running, (database) => database.exec(deed));
      const { code, stdout } = await verify(running);
      expect(stdout).toContain(finding);
      expect(code).toBe(2);
    },
  );

  it('does not start again for an agent whose log was lost: the jump says it', async () => {
    const { running, agent, events } = await started();
    await report(agent, events);
    const [afterLoss, next] = [agent.event(), agent.event()].map((event, index) => ({
      ...event,
      sequence: 60_000_000 + index,
    }));
    if (afterLoss === undefined || next === undefined) throw new Error('no events');
    await report(agent, withHistory([afterLoss, next]));
    expect(audit(running)).toEqual([['sequence-jump', '']]);
    expect((await verify(running)).code).toBe(3);
  });
});
