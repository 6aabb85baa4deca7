/** The PCs of the console's API: order, search, pages, and what each PC last reported. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { createAgentRepository } from '../../collector/src/repositories/agents.ts';
import { pcPageSchema, pcRecordSchema } from '../../shared/console/pcs.ts';
import {
  machine,
  makeAgent,
  report,
  sendText,
  startTestCollector,
  withStorage,
} from '../support/collector/collector.ts';
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

async function pcOf(client: ConsoleClient, agentId: string) {
  const answer = await client.ask('GET', `/api/pcs/${agentId}`);
  expect(answer.status).toBe(200);
  return pcRecordSchema.parse(await answer.json());
}

function auditOf(dataDirectory: string): readonly unknown[] {
  const database = new DatabaseSync(path.join(dataDirectory, 'collector.sqlite'), { readOnly: true });
  try {
    const rows = database.prepare(
      `select act, actor, subject, detail, (select count(*) from log_records where record_id = 'audit:' || position) as leaves
       from audit where act like 'agent-%' or act = 'pcs-exported' order by position`,
    );
    return rows.all().map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

it('shows what one PC reported: capabilities, faults, gaps and forks, newest first', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const capabilities = [{ name: 'idle', level: 'degraded', reason: 'no sensor\u202e' }];
  const fault = (subject: string) => ({
    type: 'porthor.agent.fault.v1',
    data: { fault: 'config-invalid', subject, reason: 'not a number', machine },
  });
  const first = agent.event(fault('idle'));
  agent.event();
  const second = agent.event(fault('media'));
  const beat = agent.event({
    ...heartbeat(2, { secondsToGate: 3.5, gate: 'open' }),
    data: { ...heartbeat(2, { secondsToGate: 3.5, gate: 'open' }).data, capabilities },
  });
  await report(agent, [first, second, beat]);
  const { id: _id, ...copied } = beat;
  await report(agent, [{ ...agent.event(), ...copied }]);
  const pc = await pcOf(await signInByLink(running.collector), agent.agentId);
  expect(pc).toMatchObject({
    gate: 'open',
    secondsToGate: 3.5,
    queueLength: 2,
    capabilities: [{ name: 'idle', level: 'degraded', reason: 'no sensor[U+202E]' }],
    faultList: [{ subject: 'media' }, { subject: 'idle', fault: 'config-invalid', reason: 'not a number' }],
    gapList: [{ first: 2, last: 2 }],
    forkList: [{ sequence: 4, type: 'porthor.agent.heartbeat.v1' }],
  });
});

it('approves a waiting PC, renames and expels it, and logs each act with the person who did it', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  await withStorage(running.dataDirectory, (storage) =>
    createAgentRepository(storage, () => new Date()).setState('school', agent.agentId, 'waiting'),
  );
  const send = async () => (await sendText(agent, JSON.stringify([agent.event()]))).status;
  expect(await send()).toBe(403);
  const technician = await signInByLink(running.collector);
  const decide = async (verb: string) =>
    (await technician.ask('POST', `/api/pcs/${agent.agentId}/${verb}`)).status;
  expect([await decide('approve'), await decide('approve'), await send()]).toEqual([204, 409, 200]);
  const renamed = await technician.ask('PATCH', `/api/pcs/${agent.agentId}`, { label: ' Library ' });
  expect([renamed.status, (await pcOf(technician, agent.agentId)).label]).toEqual([204, 'Library']);
  const acknowledged = agent.acknowledgement();
  await report(agent, [acknowledged]);
  expect([await decide('expel'), await decide('expel'), await decide('approve')]).toEqual([204, 409, 409]);
  expect(await send()).toBe(403);
  const stands = await technician.ask('GET', `/api/acknowledgements/${acknowledged.id}`);
  expect([stands.status, (await pcOf(technician, agent.agentId)).state]).toEqual([200, 'expelled']);
  const subject = agent.agentId;
  const actor = expect.stringMatching(/^one-time-link:/u) as unknown;
  expect(auditOf(running.dataDirectory)).toEqual([
    { act: 'agent-waiting', actor: 'command line', subject, detail: '', leaves: 1 },
    { act: 'agent-active', actor, subject, detail: '', leaves: 1 },
    { act: 'agent-renamed', actor, subject, detail: 'Library', leaves: 1 },
    { act: 'agent-expelled', actor, subject, detail: '', leaves: 1 },
  ]);
});

it('filters by state, and finds the PCs that have been silent for a week', async () => {
  let nowMs = Date.now();
  const running = await startTestCollector({ now: () => new Date(nowMs) });
  const silent = await makeAgent(running);
  nowMs += 8 * 86_400_000;
  const [active, expelled] = [await makeAgent(running), await makeAgent(running)];
  const technician = await signInByLink(running.collector);
  await technician.ask('POST', `/api/pcs/${expelled.agentId}/expel`);
  const idsIn = async (state: string) =>
    (await pcsOf(technician, `?state=${state}`)).items.map(({ agentId }) => agentId);
  expect(await idsIn('silent')).toEqual([silent.agentId]);
  expect(await idsIn('expelled')).toEqual([expelled.agentId]);
  expect(await idsIn('active')).toEqual([active.agentId, silent.agentId]);
  expect(await idsIn('waiting')).toEqual([]);
});

it('exports the filtered list as CSV in the language of the page, and notes that without the search', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  await report(agent, [agent.event(heartbeat(3, { secondsToGate: 2.5, gate: 'shown' }))]);
  const technician = await signInByLink(running.collector);
  await technician.ask('PATCH', `/api/pcs/${agent.agentId}`, { label: '=1+1' });
  const answer = await technician.ask('GET', '/api/pcs.csv?search=lab&lang=cy-GB');
  const [headings, row, end] = (await answer.text()).split('\r\n');
  expect(headings).toContain('Cyfrifiadur,Label,Cyfrif');
  expect(row).toMatch(/^LAB-01,'=1\+1,,Yn adrodd,.*,3,2\.5,0,0,0,/u);
  expect(end).toBe('');
  const missed = await technician.ask('GET', '/api/pcs.csv?search=nowhere');
  expect((await missed.text()).split('\r\n')).toHaveLength(2);
  expect(auditOf(running.dataDirectory)).toContainEqual(
    expect.objectContaining({ act: 'pcs-exported', detail: '{"state":"all","search":"…"}', leaves: 1 }),
  );
});
