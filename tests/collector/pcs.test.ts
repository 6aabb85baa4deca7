/** The PCs of the console's API: order, search, pages, and what each PC last reported. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { pcPageSchema } from '../../shared/console/pcs.ts';
import { machine, makeAgent, report, startTestCollector } from '../support/collector/collector.ts';
import { type ConsoleClient, signInByLink } from '../support/collector/console-client.ts';

const heartbeat = (queueLength: number, logon?: { secondsToGate: number; gate: 'shown' | 'open' }) => ({
  type: 'porthor.agent.heartbeat.v1',
  data: {
    agentVersion: '1.0.0',
    machine,
    capabilities: [],
    queueLength,
    ...(logon === undefined ? {} : { logon }),
  },
});

async function pcsOf(client: ConsoleClient, query = '') {
  const answer = await client.ask('GET', `/api/pcs${query}`);
  expect(answer.status).toBe(200);
  return pcPageSchema.parse(await answer.json());
}

it('lists the slowest logon first, by the newest heartbeat of each agent', async () => {
  const running = await startTestCollector();
  const [slow, quick, silent] = [
    await makeAgent(running),
    await makeAgent(running),
    await makeAgent(running),
  ];
  await report(quick, [quick.event(heartbeat(0, { secondsToGate: 60, gate: 'shown' }))]);
  await report(quick, [quick.event(heartbeat(4, { secondsToGate: 2.5, gate: 'open' })), quick.event()]);
  await report(slow, [slow.event(heartbeat(1, { secondsToGate: 31, gate: 'shown' }))]);
  await report(silent, [silent.event(heartbeat(0))]);
  const technician = await signInByLink(running.collector);
  const { items } = await pcsOf(technician, '?sort=slowest');
  expect(items.map(({ secondsToGate, queueLength }) => [secondsToGate, queueLength])).toEqual([
    [31, 1],
    [2.5, 4],
    [undefined, 0],
  ]);
});

it('counts faults, missing events and forks of each PC', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const well = await makeAgent(running);
  const fault = { fault: 'config-invalid', subject: 'idle', reason: 'not a number', machine };
  const first = agent.event({ type: 'porthor.agent.fault.v1', data: fault });
  agent.event();
  agent.event();
  const last = agent.event();
  await report(agent, [first, last]);
  const { id: _id, ...copied } = last;
  await report(agent, [{ ...agent.event(), ...copied }]);
  await report(well, [well.event()]);
  const technician = await signInByLink(running.collector);
  const { items } = await pcsOf(technician);
  const byId = new Map(items.map((pc) => [pc.agentId, pc]));
  expect(byId.get(agent.agentId)).toMatchObject({ faults: 1, missingEvents: 2, forkedEvents: 1 });
  expect(byId.get(well.agentId)).toMatchObject({ faults: 0, missingEvents: 0, forkedEvents: 0 });
});

it.each(['seen', 'name'])(
  'pages through all PCs once, in the order %s, and finds them by name',
  async (sort) => {
    const running = await startTestCollector();
    const agents = [];
    for (let count = 0; count < 55; count += 1) agents.push(await makeAgent(running));
    const technician = await signInByLink(running.collector);
    const first = await pcsOf(technician, `?sort=${sort}`);
    const second = await pcsOf(technician, `?sort=${sort}&cursor=${first.next ?? ''}`);
    expect([first.items.length, second.items.length, second.next]).toEqual([50, 5, undefined]);
    const listed = [...first.items, ...second.items].map(({ agentId }) => agentId);
    expect(new Set(listed)).toEqual(new Set(agents.map(({ agentId }) => agentId)));
    expect((await pcsOf(technician, '?search=lab-0')).items).toHaveLength(50);
    expect((await pcsOf(technician, '?search=nowhere')).items).toHaveLength(0);
  },
);

it('does not show the PCs of another school', async () => {
  const running = await startTestCollector();
  await makeAgent(running);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'));
  database.exec("insert into schools (school_id, name, created_at) values ('another', '', '')");
  database.close();
  const technician = await signInByLink(running.collector, 'another');
  expect((await pcsOf(technician)).items).toEqual([]);
});
